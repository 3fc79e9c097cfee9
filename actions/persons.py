"""Has words of its own for those whom the ordinary way does not fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from actions.ports import Dispatcher
from actions.signs import persons_in


def say_persons(
    dispatcher: Dispatcher, text: str, news: Collection[str], known: Mapping[str, Any]
) -> list[str]:
    """Says what holds for this person, before anything else; gives who they are."""
    found = persons_in(text)
    if "minor" in found:
        dispatcher.utter_message(response="utter_minor")
    if "exempt" in found:
        dispatcher.utter_message(response="utter_exempt")
    if "not_ours" in found:
        dispatcher.utter_message(response="utter_not_ours")
        if "discrimination" in (known.get("concerns") or ()):
            dispatcher.utter_message(response="utter_private_discrimination")
    if "interpreter" in found:
        dispatcher.utter_message(response="utter_interpreter")
    if "has_mandate" in news and "no_mandate" in found:
        dispatcher.utter_message(response="utter_no_mandate")
    return found
