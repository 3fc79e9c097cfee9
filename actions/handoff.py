"""Gives the way to a person, whatever else the conversation was about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.contacts import contact_lines
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.signs import Sign, shows
from actions.turns import language_of, words_of

# The switchboard answers the phone most hours; the adviser is who this product speaks for.
PEOPLE = ("hovednummer", "borgerraadgiveren")


# A longer message tells something; what it asks for stands in its intent.
FEW_WORDS = 14


@dataclass(frozen=True, slots=True)
class Handoff:
    """Says who can be reached and how, and tells the application that a person is wanted."""

    ports: Ports
    name: str = "action_handoff"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Says it; the hand-over itself is the application's, outside of Rasa."""
        language = language_of(tracker)
        dispatcher.utter_message(
            response="utter_handoff",
            contacts=contact_lines(self.ports.organisation, PEOPLE, language),
            json_message={"card": {"type": "handoff", "data": {"requested": True}}},
        )
        return []


async def hand_over(ports: Ports, dispatcher: Dispatcher, tracker: Tracker) -> list[Event] | None:
    """Hands over whoever asks for a person, whatever their words were taken for: 'let me chat with your staff'."""
    text = words_of(tracker)
    if not text or len(text.split()) > FEW_WORDS or not shows(text, Sign.person):
        return None
    return await Handoff(ports).run(dispatcher, tracker, {})
