"""Gives the way to a person, whatever else the conversation was about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.contacts import contact_lines
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.turns import language_of

# The switchboard answers the phone most hours; the adviser is who this product speaks for.
PEOPLE = ("hovednummer", "borgerraadgiveren")


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
