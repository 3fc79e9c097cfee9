"""Begins the conversation again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk.events import AllSlotsReset, SlotSet

from actions.ports import Dispatcher, Event, Tracker
from actions.turns import GREETED, LANGUAGE, language_of


@dataclass(frozen=True, slots=True)
class StartOver:
    """Forgets every fact; the language stays, and the greeting is not given again."""

    name: str = "action_start_over"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Forgets; the application then finds no facts left and forgets them too."""
        dispatcher.utter_message(response="utter_started_over")
        return [
            AllSlotsReset(),
            SlotSet(LANGUAGE, language_of(tracker)),
            SlotSet(GREETED, tracker.get_slot(GREETED)),
        ]
