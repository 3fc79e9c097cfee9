"""Tells where the complaints of this conversation are now, or how to find one that was sent from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from actions.answering import say_if_known
from actions.overhearing import Overhearing
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.signs import Sign, is_question, shows
from actions.turns import language_of, words_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TellStatus:
    """Looks up what was filed from this conversation; nothing else is ever shown."""

    ports: Ports
    name: str = "action_tell_status"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Says who has each complaint and what its state is.

        'I sent a complaint on the 4th, and there is no answer' tells of a matter instead.
        """
        told = await Overhearing(self.ports).if_told(dispatcher, tracker)
        if told is not None:
            return told
        filed: list[dict[str, Any]] = []
        if self.ports.complaints is not None:
            try:
                filed = await self.ports.complaints.status(
                    str(tracker.sender_id), language_of(tracker)
                )
            except Exception as error:
                log.error("status.failed", reason=type(error).__name__)
        for row in filed:
            dispatcher.utter_message(
                response="utter_status", reference=row["reference"], status=row["status_text"],
                holder=row["holder"], received=row["received_at_text"],
            )  # fmt: skip
        said: list[Event] = []
        if not filed:
            said = await self._about_their_own(dispatcher, tracker)
        Overhearing(self.ports).take_up(dispatcher, tracker)
        return said

    async def _about_their_own(self, dispatcher: Dispatcher, tracker: Tracker) -> list[Event]:
        """Answers from the articles who waits for something else than a complaint: we cannot see their case."""
        text = words_of(tracker)
        of_it = shows(text, Sign.status) or shows(text, Sign.withdrawing)
        asks_else = is_question(text) and not of_it
        by_number = shows(text, Sign.numbered)
        if text and not by_number and (asks_else or not shows(text, Sign.complaining)):
            turn = Overhearing(self.ports).turn(dispatcher, tracker)
            answered = await say_if_known(
                dispatcher, self.ports, text, turn.lang, offer=not turn.before.open
            )
            if answered is not None:
                return answered
        dispatcher.utter_message(response="utter_status_none")
        return []
