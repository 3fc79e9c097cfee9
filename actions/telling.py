"""Tells what the rules say of the matter as it is known now: its result, its deadline, what an answer hangs on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from actions.asking import running_deadline, say_question
from actions.days import only_day
from actions.guidance_engine import Guidance, NoRulesError
from actions.listening import Listener, Turn
from actions.matter import AGAIN, RESULT, Matter
from actions.outcomes import say_outcomes
from actions.ports import Dispatcher, Tracker
from actions.signs import Sign, shows
from actions.turns import words_of
from actions.understood import decision_said, lines
from knowledge.articles import Lang

NOT_UNDERSTOOD = "utter_not_understood_ask_again"
# Longer messages than this ask for more than the day or the next step.
A_FEW_WORDS = 9


@dataclass(frozen=True, slots=True)
class Teller(Listener):
    """Says what is known of a matter, and asks its open question again."""

    async def guidance_of(self, turn: Turn, matter: Matter) -> Guidance | None:
        """What the rules say; where they say nothing, the citizen is told so and led to a person."""
        try:
            # In a thread: the application serves others meanwhile.
            return await asyncio.to_thread(
                self.engine.guide, matter.facts, matter.skipped, turn.lang, turn.today
            )
        except NoRulesError:
            turn.dispatcher.utter_message(response="utter_no_rules")
            return None

    async def say_result(self, turn: Turn, matter: Matter, guidance: Guidance) -> Matter:
        """Says the outcomes, and whether a colleague can try to solve it at once."""
        tries, outcomes = self.ports.quick_tries, guidance.assessment.outcomes
        quick_try = await tries.offer(outcomes, turn.lang) if tries is not None else ""
        said = say_outcomes(
            turn.dispatcher, matter, guidance, self.engine, turn.lang, turn.today, quick_try
        )
        self.offer_other(turn, said)
        return said

    def offer_other(self, turn: Turn, matter: Matter) -> None:
        """Offers to take up the second decision that was told of, where there is one."""
        if matter.later is None:
            return
        area = self.engine.subject(matter.later, told=True)[0]
        day = only_day((matter.later,), turn.today)
        other = decision_said(area, day, turn.lang, self.engine.profile.book, matter.later)
        turn.dispatcher.utter_message(response="utter_other_decision", other=other)

    async def of_their_own(self, turn: Turn) -> Matter | None:
        """Answers who asks, in a few words, by when they must act or what to do in their own matter.

        None where they ask something else, or the rules say nothing of it yet.
        """
        before, text = turn.before, words_of(turn.tracker)
        if not before.begun or len(text.split()) > A_FEW_WORDS:
            return None
        if shows(text, Sign.deadline):
            return await self._say_deadline(turn)
        if shows(text, Sign.how_long) and (theirs := self._their_time(turn)) is not None:
            return theirs
        if before.stage not in (None, AGAIN, RESULT) or not shows(text, Sign.what_now):
            return None
        guidance = await self.guidance_of(turn, before)
        if guidance is None:
            return before
        if guidance.assessment.outcomes:
            return await self.say_result(turn, before, guidance)
        return self.ask_what_it_depends_on(turn)

    def _their_time(self, turn: Turn) -> Matter | None:
        """Says how long the law gives the authority, where it does so in this area; None where it does not."""
        area = self.engine.profile.book.areas.get(str(turn.before.facts.get("subject")))
        if area is None or area.answer_time is None:
            return None
        turn.dispatcher.utter_message(
            response="utter_their_time", time=area.answer_time.words.of(turn.lang)
        )
        self.take_up(turn.dispatcher, turn.tracker)
        return turn.before

    async def _say_deadline(self, turn: Turn) -> Matter | None:
        guidance = await self.guidance_of(turn, turn.before)
        running = "" if guidance is None else running_deadline(guidance, turn.lang)
        if not running:
            return None
        turn.dispatcher.utter_message(
            response="utter_own_deadline", running=running.removeprefix("- ")
        )
        self.take_up(turn.dispatcher, turn.tracker)
        return turn.before

    def say_what_is_known(self, turn: Turn) -> Matter:
        """Shows who is asked for what they believe that they told all that was understood, and asks again."""
        before = turn.before
        known = lines(before.facts, before.facts, turn.lang, self.engine.profile.book)
        question = self.engine.question(str(before.asked), before.facts, turn.lang, turn.today)
        response = "utter_ask_missed" if known else NOT_UNDERSTOOD
        say_question(turn.dispatcher, question, turn.lang, response=response, understood=known)
        return before.asking(before.asked, AGAIN)

    def ask_what_it_depends_on(self, turn: Turn) -> Matter | None:
        """Says that the answer hangs on the open question; None where none is open."""
        before = turn.before
        if before.asked is None or before.asked in before.facts:
            return None
        question = self.engine.question(before.asked, before.facts, turn.lang, turn.today)
        say_question(turn.dispatcher, question, turn.lang, response="utter_ask_depends")
        return before

    def take_up(self, dispatcher: Dispatcher, tracker: Tracker, lang: Lang | None = None) -> None:
        """Asks the open question again after something else was answered in between."""
        turn = self.turn(dispatcher, tracker)
        if turn.before.asked is None:
            return
        lang = lang or turn.lang
        try:
            question = self.engine.question(turn.before.asked, turn.before.facts, lang, turn.today)
        except (KeyError, ValueError):
            return
        say_question(dispatcher, question, lang, response="utter_ask_again")
