"""Listens to one message of a matter: what was there before it, what it says, and how sure that is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from actions import hearing
from actions.days import day_told_before
from actions.guidance_engine import Engine
from actions.hearing import Heard
from actions.matter import Matter, matter_of
from actions.naming import is_named
from actions.ports import Dispatcher, Ports, Tracker
from actions.signs import wants_to_know
from actions.turns import confidence_of, intent_of, language_of, today_of, words_of
from knowledge.articles import Lang

# How sure the bot must be of an intent to go by it alone.
SURE = 0.75
# What is said of a matter and not asked about one.
TELLS = frozenset({"inform", "nlu_fallback"})


@dataclass(frozen=True, slots=True)
class Turn:
    """One message within guidance: what was there before, and in which language and on which day."""

    dispatcher: Dispatcher
    tracker: Tracker
    before: Matter
    lang: Lang
    today: dt.date

    @property
    def session(self) -> str:
        """The conversation."""
        return str(self.tracker.sender_id)


@dataclass(frozen=True, slots=True)
class Listener:
    """Reads messages by the rules of the municipality that is served."""

    ports: Ports

    @property
    def engine(self) -> Engine:
        """The rules of the municipality that is served."""
        return Engine(self.ports)

    def is_unsure(self, turn: Turn, heard: Heard) -> bool:
        """Whether a question stands open, and it is not sure that the message is about anything else."""
        text = words_of(turn.tracker)
        if turn.before.asked is None or heard.asks or wants_to_know(text):
            return False
        return confidence_of(turn.tracker) < SURE or intent_of(turn.tracker) in TELLS

    def pressed(self, before: Matter, fact: str, value: Any, lang: Lang, today: dt.date) -> Matter:
        """The matter with the answer of a button, and with what its words tell beside it."""
        begun = self.begun(before)
        also = self.engine.also(fact, value)
        told = {n: v for n, v in also.items() if n not in begun.facts} | {fact: value}
        return begun.told(day_told_before(begun, told, lang, today) | told)

    def is_named_answer(self, turn: Turn) -> bool:
        """Whether the message is one of the answers to the open question, word for word."""
        asked = turn.before.asked
        if asked is None or asked == "acute":
            return False
        return is_named(words_of(turn.tracker), asked, self.engine)

    def begun(self, matter: Matter) -> Matter:
        """The matter with what goes without saying here.

        Each message is looked at for danger before it comes here, and this chat is the municipality's own; both can
        still be said otherwise at any time.
        """
        if matter.begun:
            return matter
        return matter.told({"acute": False, "municipality": self.ports.municipality})

    def turn(self, dispatcher: Dispatcher, tracker: Tracker) -> Turn:
        """The message with what was there before it."""
        return Turn(
            dispatcher, tracker, matter_of(tracker), language_of(tracker),
            today_of(tracker, self.ports.today),
        )  # fmt: skip

    def heard(self, turn: Turn, *, is_story: bool = False, may_be_story: bool = True) -> Heard:
        """What the message says of the matter; `is_story` where it is known to tell one."""
        return hearing.hear(
            words_of(turn.tracker), intent_of(turn.tracker), self.begun(turn.before), self.engine,
            turn.lang, turn.today, is_new=may_be_story and not turn.before.begun, is_story=is_story,
            is_sure=confidence_of(turn.tracker) >= SURE,
        )  # fmt: skip
