"""Notices an employee or supplier who is about to report wrongdoing, before the message is stored.

Recall counts: whoever is warned without need loses a moment, whoever is not warned may lose their anonymity.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from knowledge.reading.clauses import folded

FILE = Path(__file__).parent / "wrongdoing.yaml"


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: re.compile(pattern) for name, pattern in rows.items()}


def screen_wrongdoing(text: str) -> bool:
    """Whether this may be somebody inside who tells of something unlawful or seriously wrong."""
    plain, signs = folded(text), _signs()
    if signs["meaning"].search(plain):
        return False
    if signs["always"].search(plain):
        return True
    return bool(signs["inside"].search(plain) and signs["wrong"].search(plain))
