"""A short word in the citizen's own language, where that is neither Danish nor English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from actions.contacts import contact_lines
from actions.ports import Dispatcher, Ports
from knowledge.reading import foreign_language

GREETINGS = Path(__file__).parent / "greetings.yml"
CONTACTS = ("hovednummer",)
ALARM_CONTACT = "alarm"


@cache
def _greetings() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load(GREETINGS.read_text(encoding="utf-8"))
    return loaded


def greet_in(dispatcher: Dispatcher, text: str, ports: Ports, *, urgent: bool = False) -> bool:
    """Answers in the language of the text, with English, an interpreter and the telephone; False where it is ours.

    `urgent` puts the number for danger first.
    """
    code = foreign_language(text) if text else None
    message = _greetings().get(code or "")
    if message is None:
        return False
    contacts = (ALARM_CONTACT, *CONTACTS) if urgent else CONTACTS
    ways = contact_lines(ports.organisation, contacts, "en")
    dispatcher.utter_message(response="utter_foreign", message=f"{message.strip()}\n{ways}")
    return True
