"""Greets: in full the first time, briefly after that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk.events import SlotSet

from actions.contacts import alarm_number
from actions.guidance import Guide
from actions.languages import greet_in
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.turns import GREETED, language_of, words_of


@dataclass(frozen=True, slots=True)
class SayGoodbye:
    """Returns a goodbye; what was told stays, should the citizen go on."""

    name: str = "action_goodbye"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Says that the citizen is welcome again."""
        dispatcher.utter_message(response="utter_goodbye")
        return []


@dataclass(frozen=True, slots=True)
class Greet:
    """Says who is speaking and what to know before writing anything."""

    ports: Ports
    name: str = "action_greet"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """The full greeting comes once, even when the bot was away as the chat was opened."""
        if greet_in(dispatcher, words_of(tracker), self.ports):
            return []
        if tracker.get_slot(GREETED):
            dispatcher.utter_message(response="utter_greet_again")
            Guide(self.ports).take_up(dispatcher, tracker)
            return []
        number = alarm_number(self.ports.organisation, language_of(tracker))
        dispatcher.utter_message(response="utter_greet", alarm=number)
        return [SlotSet(GREETED, True)]
