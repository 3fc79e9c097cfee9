"""A short word in the citizen's own language, where that is neither Danish nor English."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from actions.contacts import alarm_number, contact_lines
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.turns import words_of
from knowledge.reading import foreign_danger, foreign_language

GREETINGS = Path(__file__).parent / "greetings.yml"
CONTACTS = ("hovednummer",)
# Whom to call in danger and need; what kind it is, is not known for sure.
IN_DANGER = ("alarm", "lev-uden-vold", "livslinien", "social-doegnvagt")


@cache
def _greetings() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(GREETINGS.read_text(encoding="utf-8"))
    return loaded


def greet_in(dispatcher: Dispatcher, text: str, ports: Ports, *, urgent: bool = False) -> bool:
    """Answers in the language of the text, with English, an interpreter and the telephone; False where it is ours.

    The number for danger is always said; `urgent`, or words of danger, put it first and add who else helps.
    """
    in_danger = foreign_danger(text) if text else None
    code = in_danger or (foreign_language(text) if text else None)
    words = _greetings().get(code or "")
    if words is None:
        return False
    urgent = urgent or in_danger is not None
    danger = words["danger"].strip().format(alarm=alarm_number(ports.organisation, "en"))
    said = (danger, words["hello"].strip()) if urgent else (words["hello"].strip(), danger)
    contacts = (*IN_DANGER, *CONTACTS) if urgent else CONTACTS
    ways = contact_lines(ports.organisation, contacts, "en")
    message = "\n\n".join(said)
    dispatcher.utter_message(response="utter_foreign", message=f"{message}\n{ways}")
    return True


async def meet_foreign_danger(
    ports: Ports, dispatcher: Dispatcher, tracker: Tracker
) -> list[Event] | None:
    """Meets words of danger in a language that the bot does not know: 'chcę umrzeć' is no greeting."""
    text = words_of(tracker)
    if not text or foreign_danger(text) is None:
        return None
    return [] if greet_in(dispatcher, text, ports) else None
