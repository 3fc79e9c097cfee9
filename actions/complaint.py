"""Begins where somebody wants to complain: asks what about, or looks up what they already said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.question import AnswerQuestion
from actions.turns import words_of

# Fewer words than this ('i want to complain') name nothing to complain about.
NAMES_A_MATTER = 6


@dataclass(frozen=True, slots=True)
class MeetComplaint:
    """Shows the way to complain; the complaint itself is not taken here."""

    ports: Ports
    name: str = "action_meet_complaint"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Asks what the complaint is about, or answers when that was said."""
        if len(words_of(tracker).split()) < NAMES_A_MATTER:
            dispatcher.utter_message(response="utter_complain_about_what")
            return []
        return await AnswerQuestion(self.ports).run(dispatcher, tracker, domain)
