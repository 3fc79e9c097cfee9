"""Has words of its own for those whom the ordinary way does not fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.ports import Dispatcher

FILE = Path(__file__).parent / "signs.yaml"
# Among the signs, those that are about the message and not about the person.
ASKING = "asking"
REPLY = "reply"
UNDERSTAND = "understand"
KNOWING = "knowing"
OWN = "own"
REFUSED = "refused"
COMPLAINING = "complaining"
TURNED = "turned"
ABOUT_THE_MESSAGE = (ASKING, REPLY, UNDERSTAND, KNOWING, OWN, REFUSED, COMPLAINING, TURNED)


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in rows.items()}


def persons_in(text: str) -> list[str]:
    """Who the writer says that they are: `minor`, `exempt`, `interpreter`."""
    return [
        name
        for name, pattern in _signs().items()
        if name not in ABOUT_THE_MESSAGE and pattern.search(text)
    ]


def is_question(text: str) -> bool:
    """Whether the text asks something, with or without its mark."""
    return text.rstrip(" )").endswith("?") or _signs()[ASKING].search(text) is not None


def is_about_reply(text: str) -> bool:
    """Whether a question is about the answer to something."""
    return _signs()[REPLY].search(text) is not None


def wants_to_understand(text: str) -> bool:
    """Whether somebody wants what they were sent explained."""
    return _signs()[UNDERSTAND].search(text) is not None


def wants_to_know(text: str) -> bool:
    """Whether the text wants to know something, also where it puts no question."""
    return is_question(text) or _signs()[KNOWING].search(text) is not None


def speaks_of_own(text: str) -> bool:
    """Whether the writer speaks of what is their own."""
    return _signs()[OWN].search(text) is not None


def tells_of_refusal(text: str) -> bool:
    """Whether something was refused or taken away."""
    return _signs()[REFUSED].search(text) is not None


def names_complaining(text: str) -> bool:
    """Whether the text speaks of complaining."""
    return _signs()[COMPLAINING].search(text) is not None


def turns_round(text: str) -> bool:
    """Whether the text leaves what was told before for something else."""
    return _signs()[TURNED].search(text) is not None


def say_persons(
    dispatcher: Dispatcher, text: str, news: Collection[str], known: Mapping[str, Any]
) -> None:
    """Says what holds for this person, before anything else."""
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
