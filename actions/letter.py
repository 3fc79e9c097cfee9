"""Helps to understand a letter: asks for its text, and says what was read in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.letter_reading import is_letter
from actions.matter import LETTER, matter_of, remember
from actions.overhearing import Overhearing
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.signs import Sign, shows
from actions.turns import words_of


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """Asks the citizen to paste the letter; nothing of it is asked for that they do not want to show."""

    ports: Ports
    name: str = "action_read_letter"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Explains the letter that stands in the message, or asks for its text."""
        guide, before = Overhearing(self.ports), matter_of(tracker)
        if is_letter(words_of(tracker), before):
            return await guide.read_letter(guide.turn(dispatcher, tracker))
        if not shows(words_of(tracker), Sign.understand):
            # 'I was refused, and have thrown the letter away' tells of a matter.
            told = await guide.if_told(dispatcher, tracker)
            if told is not None:
                return told
        dispatcher.utter_message(response="utter_paste_letter")
        if before.asked is not None:
            guide.take_up(dispatcher, tracker)
            return []
        return remember(before.at(LETTER), before)
