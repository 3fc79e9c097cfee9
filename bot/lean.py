"""Puts the shorter ways in the place of Rasa's own, each by itself, and only where they fit.

They lean on names inside Rasa, so they are meant for one version of it. Another version, or one that lacks a name,
serves as it comes: slower, and otherwise the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import Text, Tuple

import rasa
import structlog

MADE_FOR = "3.6.21"
# In this order: the later ones wrap the earlier.
PARTS: Tuple[Text, ...] = (
    "fast_validator",
    "lean_actions",
    "lean_requests",
    "lean_graph",
    "lean_lookups",
    "lean_events",
    "lean_trackers",
    "lean_predictions",
    "lean_turns",
)

logger = structlog.get_logger(__name__)


def install() -> None:
    """Installs what fits; says in the log what was left out."""
    if rasa.__version__ != MADE_FOR:
        logger.warning(f"lean.left_out.all_for_rasa_{rasa.__version__}")
        return
    for part in PARTS:
        try:
            import_module(f"bot.{part}").install()
        except (ImportError, AttributeError, TypeError):
            # In the name of the event, which is all of it that the log keeps.
            logger.warning(f"lean.left_out.{part}")
