"""Answers questions from the articles, and says so when they hold no answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from rasa_sdk.events import SlotSet

from actions.answering import citizen_passages, look_up, say_found, say_no_answer, say_passage
from actions.day_first import say_day_first
from actions.languages import greet_in
from actions.letter_reading import is_letter
from actions.listening import Turn
from actions.matter import remember
from actions.overhearing import Overhearing
from actions.paragraph import say_paragraph
from actions.passages import next_passage
from actions.persons import say_persons
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.signs import Sign, is_question, shows
from actions.story import is_own_story
from actions.turns import (
    LAST_ANCHOR,
    LAST_ARTICLE,
    LAST_QUESTION,
    entity_of,
    intent_of,
    language_of,
    words_of,
)
from actions.understood import phrase
from knowledge.articles import Lang

log = structlog.get_logger(__name__)

# Beside a CPR number, fewer words than this ('my number is ...') ask nothing.
QUESTION_WORDS = 5
# So many words may be no more than the name of a subject: 'the neighbour builds without a permit'.
A_NAME = 6
# A question of fewer words than this says too little to write an article from.
GAP_WORDS = 3


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Looks a question up; the search decides whether what it found is an answer."""

    ports: Ports
    name: str = "action_answer_question"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Says the answer with its sources, or the nearest subjects and the way to a person.

        A message that tells of a matter or answers the open question goes to the guidance; after any other, the open
        question is asked again.
        """
        language = language_of(tracker)
        slug = entity_of(tracker, "article")
        if slug is not None:
            passages = citizen_passages(self.ports, slug, language)
            return say_passage(
                dispatcher, next_passage(passages, None), language, passages=passages
            )
        guide = Overhearing(self.ports)
        turn = guide.turn(dispatcher, tracker)
        if is_letter(words_of(tracker), turn.before):
            return await guide.read_letter(turn)
        if greet_in(dispatcher, words_of(tracker), self.ports):
            return []
        if (known := guide.known_by_heart(turn)) is not None:
            return known
        if (told := guide.about_us(turn)) is not None:
            return told
        if (taken := say_day_first(turn)) is not None:
            return taken
        if (taken := await guide.if_decided(turn)) is not None:
            return taken
        heard = guide.heard(turn, may_be_story=self.ports.cpr_mark not in words_of(tracker))
        again = heard.says_again and turn.before.asked is not None
        if heard.is_matter or heard.but_amiss or again or guide.is_unsure(turn, heard):
            return remember(await guide.hear(turn, heard), turn.before)
        say_persons(dispatcher, words_of(tracker), (), turn.before.facts)
        events = await self._look_into(turn)
        guide.take_up(dispatcher, tracker)
        return events

    async def _look_into(self, turn: Turn) -> list[Event]:
        asked, had_number = self._without_number(turn.tracker)
        if had_number:
            turn.dispatcher.utter_message(response="utter_cpr_reminder")
            if len(asked.split()) < QUESTION_WORDS:
                return []
        return await self._answer(turn, asked, only_if_known=had_number)

    async def _answer(self, turn: Turn, asked: str, *, only_if_known: bool) -> list[Event]:
        guide = Overhearing(self.ports)
        try:
            said = await say_paragraph(
                turn.dispatcher, self.ports, asked, turn.lang, offer=not turn.before.open
            )
            if said is not None:
                return said
            answer = await look_up(self.ports, in_context(asked, turn), turn.lang)
        except Exception as error:
            # Whatever broke, the citizen is told the truth and shown the way to a person. No
            # traceback is logged: some show variables, and one of them is what the citizen wrote.
            log.error("search.failed", reason=type(error).__name__)
            turn.dispatcher.utter_message(response="utter_search_down")
            return []
        if answer.answered:
            return say_found(
                turn.dispatcher, self.ports, answer, turn.lang, offer=not turn.before.open
            )
        only_asks = only_if_known or turn.before.begun or shows(asked, Sign.knowing)
        if not only_asks and is_own_story(asked, guide.engine):
            # Whoever tells of their own and asks what to do is helped on with it.
            await self._keep_unanswered(asked, turn.lang)
            if is_question(asked):
                turn.dispatcher.utter_message(response="utter_no_answer_but_help")
            heard = guide.heard(turn, is_story=True)
            return remember(await guide.hear(turn, heard), turn.before)
        is_name = len(asked.split()) <= A_NAME and not only_asks and not is_question(asked)
        area = guide.engine.subject(asked)[0] if is_name else None
        if area is not None:
            # 'Sickness benefit', and nothing else: a matter of that subject, as it seems.
            return await guide.about(turn, area)
        if not only_if_known:
            say_no_answer(turn.dispatcher, answer, turn.lang, offer=not turn.before.open)
            await self._keep_unanswered(asked, turn.lang)
        return []

    async def _keep_unanswered(self, asked: str, language: Lang) -> None:
        if self.ports.verdicts is None or len(asked.split()) < GAP_WORDS:
            return
        try:
            await self.ports.verdicts.unanswered(asked, language)
        except Exception as error:
            # The citizen is answered whether or not we could write it down.
            log.error("unanswered.not_kept", reason=type(error).__name__)

    def _without_number(self, tracker: Tracker) -> tuple[str, bool]:
        """What was asked beside a CPR number, and whether there was one."""
        asked = words_of(tracker)
        mark = self.ports.cpr_mark
        had_number = mark in asked or intent_of(tracker) == "share_cpr"
        return " ".join(asked.replace(mark, " ").split()), had_number


def in_context(asked: str, turn: Turn) -> str:
    """The question with what it is about, where the matter says it: 'how long do they have?' means the complaint."""
    complained = turn.before.facts.get("complained_to_forvaltning") is True
    if complained and shows(asked, Sign.reply):
        return f"{asked.rstrip(' ?')} {phrase('about_my_complaint', turn.lang)}?"
    return asked


@dataclass(frozen=True, slots=True)
class TellMore:
    """Reads on in the article of the last answer."""

    ports: Ports
    name: str = "action_tell_more"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Says the next section, or that there is no more, or asks what about."""
        guide = Overhearing(self.ports)
        if (known := guide.known_by_heart(guide.turn(dispatcher, tracker))) is not None:
            # 'And section 7?' asks for something else.
            return known
        language = language_of(tracker)
        slug = tracker.get_slot(LAST_ARTICLE)
        if not slug:
            dispatcher.utter_message(response="utter_more_about_what")
            return []
        passages = citizen_passages(self.ports, slug, language)
        passage = next_passage(passages, tracker.get_slot(LAST_ANCHOR))
        if passage is None:
            dispatcher.utter_message(response="utter_nothing_more")
            return []
        return say_passage(dispatcher, passage, language, passages=passages)


@dataclass(frozen=True, slots=True)
class NotHelpful:
    """Takes in that the last answer did not help, so that the articles can become better."""

    ports: Ports
    name: str = "action_not_helpful"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Keeps the verdict on the last answer, is sorry, and offers a person."""
        asked, article = tracker.get_slot(LAST_QUESTION), tracker.get_slot(LAST_ARTICLE)
        if self.ports.verdicts is not None and asked and article:
            try:
                await self.ports.verdicts.feedback(
                    asked, article, tracker.get_slot(LAST_ANCHOR), False, language_of(tracker)
                )
            except Exception as error:
                # The citizen is answered whether or not we could write it down.
                log.error("verdict.failed", reason=type(error).__name__)
        dispatcher.utter_message(response="utter_not_helpful")
        Overhearing(self.ports).take_up(dispatcher, tracker)
        return [SlotSet(LAST_QUESTION, None)]
