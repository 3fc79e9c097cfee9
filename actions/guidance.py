"""Leads a citizen through their matter: reads what they say, asks the one next question, and gives the result.

One loop over the guidance engine. It takes several facts from one message, corrections and answers at any point,
and never asks for what was said.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.answering import say_if_known
from actions.asking import (
    meeting,
    nearest_buttons,
    running_deadline,
    say_question,
    say_what_to_correct,
    says_too_little,
    understood_lines,
)
from actions.by_heart import ByHeart
from actions.complaint import Filing
from actions.day_first import say_day_first
from actions.days import day_in_story, day_of_decision
from actions.deciding import UNDECIDED, Decision, asked_for, decided, offered
from actions.elsewhere import say_elsewhere
from actions.hearing import MATTER, Heard, hear, lets_go
from actions.languages import greet_in
from actions.letter_reading import is_letter, say_letter
from actions.listening import Turn
from actions.matter import AGAIN, BESIDE, RESULT, Matter, another_matter, remember
from actions.naming import subject_of
from actions.outcomes import say_onward, say_what_would_change
from actions.persons import say_persons
from actions.ports import Dispatcher, Event, Tracker
from actions.signs import Sign, shows
from actions.telling import NOT_UNDERSTOOD
from actions.turns import (
    LAST_QUESTION,
    entity_of,
    intent_of,
    words_of,
)
from actions.understood import decision_said

# What is said where the message neither tells of a matter nor answers a question.
IDLE = {
    "affirm": "utter_affirm", "deny": "utter_deny", "dont_know": "utter_help", "skip": "utter_help",
    "out_of_scope": "utter_out_of_scope", "abuse": "utter_abuse", "thanks": "utter_thanks",
    "bot_challenge": "utter_bot_challenge", "ask_privacy": "utter_privacy", "help": "utter_help",
}  # fmt: skip
# What the button after a word on danger says.
SAFE = {"acute": False}
# What is complained of beside praise, by the button that says so.
BESIDE_PRAISE = {
    "beside_practical": ["practical", "praise"], "beside_conduct": ["conduct", "praise"],
}  # fmt: skip
# What is met in passing while a question stands open only where the bot is sure that this is what is meant.
PASSING = frozenset(
    {
        "affirm", "deny", "stop", "out_of_scope", "abuse", "thanks", "bot_challenge", "ask_privacy", "help", "greet",
        "goodbye", "ask_status", "ask_more", "not_helpful", "start_over",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guide(ByHeart):
    """The guidance loop."""

    name: str = "action_guide"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Takes one message or one button of the matter."""
        turn = self.turn(dispatcher, tracker)
        if (do := entity_of(tracker, "do")) is not None:
            matter = await self._do(turn, do)
        elif (change := entity_of(tracker, "change")) is not None:
            matter = self._ask_anew(turn, change)
        elif (fact := entity_of(tracker, "fact")) is not None:
            value = json.loads(entity_of(tracker, "value") or "null")
            told = self.pressed(turn.before, fact, value, turn.lang, turn.today)
            matter = await self._go_on(turn, told, (fact,), heard=True, pressed=True)
        elif is_letter(words_of(tracker), turn.before):
            return await self.read_letter(turn)
        elif greet_in(dispatcher, words_of(tracker), self.ports):
            return []
        elif (known := self.known_by_heart(turn)) is not None:
            return known
        else:
            events = self.about_us(turn)
            events = say_day_first(turn) if events is None else events
            if events is not None:
                return events
            heard = self.heard(turn)
            if heard.asks and intent_of(tracker) in MATTER:
                answered = await self._answer_first(turn)
                if answered is not None:
                    return answered
            matter = await self.hear(turn, heard)
        return remember(matter, turn.before)

    async def read_letter(self, turn: Turn) -> list[Event]:
        """Explains a letter; the day a decision was received is asked for first, since all limits hang on it."""
        text = words_of(turn.tracker)
        matter = await asyncio.to_thread(
            say_letter, turn.dispatcher, text, self.begun(turn.before), self.engine, turn.lang, turn.today
        )  # fmt: skip
        facts = matter.facts
        if facts.get("is_decision") and "decision_received" not in facts:
            question = self.engine.question("decision_received", facts, turn.lang, turn.today)
            say_question(turn.dispatcher, question, turn.lang, response="utter_ask_received")
            return remember(matter.asking("decision_received"), turn.before)
        if turn.before.asked is not None or facts.get("is_decision"):
            return remember(await self._go_on(turn, matter, (), heard=True), turn.before)
        turn.dispatcher.utter_message(response="utter_letter_onward")
        return remember(matter, turn.before)

    async def _answer_first(self, turn: Turn) -> list[Event] | None:
        """Answers a question that tells nothing, where the articles can; the matter waits until it is told."""
        asked = words_of(turn.tracker)
        said = await say_if_known(
            turn.dispatcher, self.ports, asked, turn.lang, offer=not turn.before.open
        )
        if said is not None:
            say_persons(turn.dispatcher, asked, (), turn.before.facts)
            self.take_up(turn.dispatcher, turn.tracker)
        return said

    async def hear(self, turn: Turn, heard: Heard | None = None) -> Matter:
        """Takes a message in the citizen's own words."""
        intent, before = intent_of(turn.tracker), turn.before
        heard = heard or self.heard(turn)
        if heard.says_again and before.asked is not None:
            # What was told beside the subject is noted; the subject alone needs no word.
            alone = heard.matter.words == before.words
            return await self._go_on(turn, heard.matter, (), heard=alone)
        if shows(words_of(turn.tracker), Sign.safe) and not heard.news and before.asked is None:
            return await self._do(turn, "safe")
        if heard.but_amiss:
            turn.dispatcher.utter_message(response="utter_praise_but")
            return heard.matter.at(BESIDE)
        if before.later is not None and shows(words_of(turn.tracker), Sign.the_other):
            return await self._do(turn, "other")
        if heard.second:
            turn.dispatcher.utter_message(response="utter_second_decision")
            self.take_up(turn.dispatcher, turn.tracker)
            return heard.matter
        if heard.apart is not None:
            book = self.engine.profile.book
            first, second = (
                decision_said(d.area, d.day, turn.lang, book, d.text) for d in heard.apart
            )
            turn.dispatcher.utter_message(
                response="utter_two_decisions", first=first, second=second
            )
        # Who corrects something says so; 'in September' is taken for a correction because many corrections are days.
        text = words_of(turn.tracker)
        corrects = not text or shows(text, Sign.correcting)
        if intent == "correct" and before.asked is not None and not corrects:
            intent = "inform"
        if intent in PASSING and self.is_unsure(turn, heard):
            intent = "inform"
        if lets_go(text):
            intent = "stop"
        if set(heard.news) <= {"wants"}:
            own = await self.of_their_own(replace(turn, before=heard.matter))
            if own is not None:
                return own
        decision = asked_for(text, offered(before))
        # 'Yes, I want to complain' says no more than yes does.
        agrees = intent == "affirm" and set(heard.news) <= {"wants"}
        if decision is None and heard.short and (agrees or not heard.news):
            decision = decided(text, intent, before.stage)
        if decision is not None:
            return await self._decide(turn, decision)
        if intent == "stop" and "wants" not in heard.news:
            turn.dispatcher.utter_message(
                response="utter_stopped" if before.begun else "utter_no_complaint"
            )
            return Matter()
        if before.asked is not None and not heard.news and shows(text, Sign.told_already):
            return self.say_what_is_known(turn)
        if heard.passed and before.asked is not None:
            left = before.passing_over(before.asked)
            if left.unnamed:
                # Nothing else can be asked sensibly of somebody who cannot name what it is about.
                turn.dispatcher.utter_message(response="utter_tell_freely")
                return left.asking(None)
            return await self._go_on(turn, left, (), heard=True)
        if intent == "correct" and not heard.news and before.begun:
            say_what_to_correct(turn.dispatcher, before, self.engine, turn.lang)
            return before
        if not heard.is_matter and intent in IDLE and "wants" not in heard.news:
            return await self._aside(turn, intent)
        found = say_persons(turn.dispatcher, words_of(turn.tracker), heard.news, heard.matter.facts)
        is_theirs = "not_ours" in found and before.asked is None
        if is_theirs and self.engine.is_not_ours(heard.matter.facts.get("subject")):
            say_elsewhere(turn.dispatcher, self.ports, words_of(turn.tracker), turn.lang)
            return heard.matter.without("subject").asking(None)
        return await self._go_on(
            turn, heard.matter, heard.news, heard=heard.says_anything, corrected=heard.corrected
        )

    async def _aside(self, turn: Turn, intent: str) -> Matter:
        """Answers what is not about the matter; a yes or no that answers nothing leads back to the question."""
        if turn.before.asked is not None and intent in ("affirm", "deny"):
            return await self._go_on(turn, turn.before, (), heard=False)
        lost = turn.before.begun and not turn.before.open and intent in UNDECIDED
        turn.dispatcher.utter_message(response="utter_tell_freely" if lost else IDLE[intent])
        self.take_up(turn.dispatcher, turn.tracker)
        return turn.before

    async def _go_on(
        self, turn: Turn, matter: Matter, news: Collection[str], *, heard: bool,
        corrected: bool = False, pressed: bool = False,
    ) -> Matter:  # fmt: skip
        """Asks the next question or, when nothing is open, gives the result."""
        guidance = await self.guidance_of(turn, matter)
        if guidance is None:
            return matter.asking(None)
        if guidance.question is not None and (
            day := day_of_decision(guidance.question.fact, matter.facts)
            or day_in_story(guidance.question.fact, matter, turn.today)
        ):
            matter, news = matter.told(day), (*news, *day)
            guidance = await self.guidance_of(turn, matter) or guidance
        said, before = turn.dispatcher, turn.before
        several = len(matter.facts.get("concerns") or ())
        if several > 1 and several > len(before.facts.get("concerns") or ()):
            said.utter_message(response="utter_several_matters")
        told = understood_lines(matter, news, guidance, self.engine, turn.lang, pressed=pressed)
        question = guidance.question
        if question is not None and says_too_little(matter, guidance, question.fact):
            question = None
        if question is None:
            if before.stage == RESULT and not news:
                return say_onward(said, matter, guidance, turn.today)
            if told and not pressed:
                said.utter_message(
                    response="utter_corrected" if corrected else "utter_noted", understood=told
                )
            return await self.say_result(turn, matter, guidance)
        if not heard and before.asked == question.fact:
            if before.stage == AGAIN:
                # Asked twice and not understood: go on with what is known.
                return await self._go_on(turn, matter.passing_over(question.fact), (), heard=True)
            response = NOT_UNDERSTOOD if matter.words == before.words else "utter_ask_noted"
        elif told:
            response = "utter_ask_corrected" if corrected else "utter_ask_understood"
            if not before.begun:
                response = "utter_ask_understood_first"
        else:
            response = (
                "utter_ask"
                if before.begun or before.asked
                else meeting(intent_of(turn.tracker), matter)
            )
        nearest = None
        if response == NOT_UNDERSTOOD:
            told_so_far = (*matter.words, words_of(turn.tracker))
            nearest = nearest_buttons(question, told_so_far, self.engine, turn.lang)
        say_question(
            said, question, turn.lang, response=response, understood=told,
            can_show=bool(guidance.assessment.outcomes) and before.begun, nearest=nearest,
        )  # fmt: skip
        again = response in (NOT_UNDERSTOOD, "utter_ask_noted")
        return matter.asking(question.fact, AGAIN if again else None)

    async def _mine(self, turn: Turn) -> Matter:
        """Goes on with the citizen's own matter after a question was answered; its subject is kept."""
        asked = str(turn.tracker.get_slot(LAST_QUESTION) or "")
        matter = self.begun(turn.before)
        if asked and "subject" not in matter.facts:
            matter = matter.told(subject_of(asked, self.engine))
        return await self._go_on(turn, matter, (), heard=True)

    async def _decide(self, turn: Turn, decision: Decision) -> Matter:
        """An answer to what was offered last; who is in doubt keeps the offer, and is told what does not wait."""
        if decision == "deny":
            turn.dispatcher.utter_message(response="utter_not_now")
            return turn.before.at(None)
        if decision != "unsure":
            return await self._do(turn, decision)
        guidance = await self.guidance_of(turn, turn.before)
        running = "" if guidance is None else running_deadline(guidance, turn.lang)
        response = "utter_take_your_time_deadline" if running else "utter_take_your_time"
        turn.dispatcher.utter_message(response=response, running=running)
        return turn.before

    async def _do(self, turn: Turn, do: str) -> Matter:
        """What a button of the result asks for."""
        if do == "mine":
            return await self._mine(turn)
        if do == "other":
            return await self._take_other(turn)
        if do in BESIDE_PRAISE:
            kinds = {"wants": "complaint", "concerns": BESIDE_PRAISE[do]}
            return await self._go_on(turn, turn.before.told(kinds), tuple(kinds), heard=True)
        if do == "safe":
            # What the message told beside is shown now, so that it can be corrected.
            told = self.begun(turn.before).told(SAFE)
            return await self._go_on(turn, told, tuple(turn.before.facts), heard=True)
        guidance = await self.guidance_of(turn, turn.before)
        if guidance is None:
            return turn.before
        filing, said = Filing(self.ports), turn.dispatcher
        if do == "result":
            return await self.say_result(turn, turn.before, guidance)
        if do == "would_change":
            say_what_would_change(said, guidance)
            return turn.before.at(RESULT)
        if do == "draft" and not guidance.assessment.outcomes and turn.before.asked is not None:
            return self.ask_what_it_depends_on(turn) or turn.before
        step = {"draft": filing.draft, "keep": filing.keep, "send": filing.send}.get(do)
        if step is None:
            return turn.before
        done = await step(said, turn.session, turn.before, guidance, turn.lang)
        if not done.begun:
            self.offer_other(turn, done)
        return done

    async def _take_other(self, turn: Turn) -> Matter:
        """Goes on with the second decision, with what was said of it when the first one was told."""
        if turn.before.later is None:
            return turn.before
        before = replace(another_matter(turn.before), later=None)
        heard = hear(
            turn.before.later, "complain", before, self.engine, turn.lang, turn.today,
            is_new=True, is_story=True,
        )  # fmt: skip
        return await self._go_on(replace(turn, before=before), heard.matter, heard.news, heard=True)

    def _ask_anew(self, turn: Turn, fact: str) -> Matter:
        """Takes one fact back and asks for it again."""
        matter = turn.before.without(fact)
        question = self.engine.question(fact, matter.facts, turn.lang, turn.today)
        say_question(turn.dispatcher, question, turn.lang, response="utter_ask")
        return matter.asking(fact)
