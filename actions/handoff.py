"""Gives the way to a person, whatever else the conversation was about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.contacts import contact_lines
from actions.ports import BotAction, Dispatcher, Event, Ports, Tracker
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


@dataclass(frozen=True, slots=True)
class PersonFirst:
    """Another action, which gives way where the words ask for a person, whatever they were taken for."""

    ports: Ports
    action: BotAction

    @property
    def name(self) -> str:
        """The name in the bot's domain."""
        return self.action.name

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """'This is going nowhere, let me chat with your staff' answers no question."""
        text = words_of(tracker)
        asked = text and len(text.split()) <= FEW_WORDS and shows(text, Sign.person)
        action = Handoff(self.ports) if asked else self.action
        return await action.run(dispatcher, tracker, domain)
