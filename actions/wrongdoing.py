"""Warns somebody who may be about to report wrongdoing as an employee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.contacts import contact_lines
from actions.hearing import Heard
from actions.overhearing import Overhearing
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.signs import Sign, shows
from actions.turns import language_of, words_of

CHANNELS = ("whistleblower", "whistleblower-national")


def is_treated_badly(heard: Heard, text: str) -> bool:
    """Whether a message tells of nothing but how its writer was treated by staff."""
    facts = heard.matter.facts
    only_conduct = list(facts.get("concerns") or ()) == ["conduct"] and "complainant" not in facts
    return only_conduct and shows(text, Sign.to_me) and not shows(text, Sign.works_here)


@dataclass(frozen=True, slots=True)
class WarnWhistleblower:
    """Says that this chat is not the place, and names the places that are."""

    ports: Ports
    name: str = "action_warn_whistleblower"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Warns; nothing of what was written is remembered.

        Who tells that they were treated badly themselves, and speaks of no work of their own, is no employee reporting.
        """
        guide = Overhearing(self.ports)
        if shows(words_of(tracker), Sign.own_terms):
            return await guide.run(dispatcher, tracker, domain)
        if (tip := guide.about_us(guide.turn(dispatcher, tracker))) is not None:
            return tip
        if self._only_answers(guide, tracker, dispatcher):
            return await guide.run(dispatcher, tracker, domain)
        if is_treated_badly(guide.heard(guide.turn(dispatcher, tracker)), words_of(tracker)):
            return await guide.run(dispatcher, tracker, domain)
        language = language_of(tracker)
        dispatcher.utter_message(
            response="utter_whistleblower",
            contacts=contact_lines(self.ports.organisation, CHANNELS, language),
        )
        return []

    def _only_answers(self, guide: Overhearing, tracker: Tracker, dispatcher: Dispatcher) -> bool:
        """Whether the message tells of the matter that is open, and of nobody's work or wrongdoing."""
        turn = guide.turn(dispatcher, tracker)
        if turn.before.asked is None or shows(words_of(tracker), Sign.works_here):
            return False
        heard = guide.heard(turn)
        told = heard.matter.facts.get("concerns") or ()
        return bool(heard.news) and "wrongdoing" not in told
