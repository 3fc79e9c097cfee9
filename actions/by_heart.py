"""Answers what has one place that says it, whatever it was taken for, and then takes the thread up again."""

from __future__ import annotations

from dataclasses import dataclass

from actions.answering import say_place
from actions.at_once import say_at_once
from actions.costs import say_costs
from actions.elsewhere import say_about_us, say_private, say_tip
from actions.listening import Turn
from actions.paragraph import say_known_paragraph
from actions.ports import Event
from actions.signs import Sign, shows
from actions.telling import Teller
from actions.turns import LAST_QUESTION, words_of

# So many words with a number in them tell nothing but the number.
A_FEW = 5
# Where it says how somebody can ask for advice before they complain.
ADVICE_FIRST = ("anonymitet", "raad")


@dataclass(frozen=True, slots=True)
class ByHeart(Teller):
    """What the guidance loop answers before it reads a message as a part of a matter."""

    def known_by_heart(self, turn: Turn) -> list[Event] | None:
        """Answers what has one place that says it: a paragraph, the price; and takes the thread up again."""
        said, asked = turn.dispatcher, str(turn.tracker.get_slot(LAST_QUESTION) or "")
        text, offer = words_of(turn.tracker), not turn.before.open
        events = say_known_paragraph(said, self.ports, text, asked, turn.lang, offer=offer)
        if events is None:
            events = say_at_once(turn, self.ports, offer=offer)
        if events is None:
            events = say_costs(turn, self.ports, self.engine, offer=offer)
        if events is not None:
            self.take_up(said, turn.tracker)
        return events

    def about_us(self, turn: Turn) -> list[Event] | None:
        """Answers who is not content with Borgerrådgiveren or with private people, and takes the thread up again."""
        said, text = turn.dispatcher, words_of(turn.tracker)
        events = say_about_us(said, self.ports, text, turn.lang)
        if events is None:
            events = say_tip(said, self.ports, text, turn.lang)
        if events is None and shows(text, Sign.odds):
            said.utter_message(response="utter_no_odds")
            events = []
        if events is None and shows(text, Sign.fears):
            events = self._say_may_complain(turn)
        if events is None and not turn.before.begun:
            events = say_private(said, self.ports, text, turn.lang)
            by_number = shows(text, Sign.numbered) and len(text.split()) <= A_FEW
            if events is None and (by_number or shows(text, Sign.withdrawing)):
                said.utter_message(response="utter_status_none")
                return []
        if events is not None:
            self.take_up(turn.dispatcher, turn.tracker)
        return events

    def _say_may_complain(self, turn: Turn) -> list[Event]:
        """Meets who is afraid to complain; what they can do first stands in the articles."""
        turn.dispatcher.utter_message(response="utter_may_complain")
        offer = not turn.before.open
        return say_place(turn.dispatcher, self.ports, ADVICE_FIRST, turn.lang, offer=offer) or []
