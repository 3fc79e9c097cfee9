"""Finds the kind of an event by its name at once, and copies none for a log line that nobody writes.

For each event that an action answers with, Rasa lists all kinds of events there are. And it makes a deep copy of each
event it logs at the level of debugging, before it finds that this level is not logged.
"""

from __future__ import annotations

import logging
from typing import Any, Dict, Optional, Text, Type

import rasa.core.processor
from rasa.shared.core.events import Event


def install() -> None:
    """Puts the short ways in the place of Rasa's own."""
    resolve = Event.resolve_by_type
    if getattr(resolve, "is_lean", False):
        return
    known: Dict[Text, Type[Event]] = {}

    def resolve_once(
        type_name: Text, default: Optional[Type[Event]] = None
    ) -> Optional[Type[Event]]:
        kind = known.get(type_name)
        if kind is not None:
            return kind
        found: Optional[Type[Event]] = resolve(type_name, default)
        if found is not None and found is not default:
            known[type_name] = found
        return found

    resolve_once.is_lean = True  # type: ignore[attr-defined]
    Event.resolve_by_type = staticmethod(resolve_once)
    if not logging.getLogger().isEnabledFor(logging.DEBUG):
        # There it copies nothing but what it logs.
        rasa.core.processor.copy = _Uncopied


class _Uncopied:
    """Stands in for Python's module where a copy would only be looked at."""

    @staticmethod
    def deepcopy(thing: Any) -> Any:
        """The thing itself."""
        return thing
