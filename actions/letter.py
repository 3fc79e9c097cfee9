"""Helps to understand a letter: asks for its text, and says what was read in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.guidance import Guide
from actions.matter import LETTER, matter_of, remember
from actions.ports import Dispatcher, Event, Ports, Tracker


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """Asks the citizen to paste the letter; nothing of it is asked for that they do not want to show."""

    ports: Ports
    name: str = "action_read_letter"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Asks for the text, or takes what stands in the message already."""
        before = matter_of(tracker)
        dispatcher.utter_message(response="utter_paste_letter")
        if before.asked is not None:
            Guide(self.ports).take_up(dispatcher, tracker)
            return []
        return remember(before.at(LETTER), before)
