"""Answers questions from the articles, and says so when they hold no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from rasa_sdk.events import SlotSet

from actions.guidance import Guide
from actions.languages import greet_in
from actions.matter import remember
from actions.passages import (
    Shown,
    article_card,
    in_doubt,
    next_passage,
    reply_text,
    sources_of,
    subject_buttons,
)
from actions.persons import say_persons
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.turns import (
    LAST_ANCHOR,
    LAST_ARTICLE,
    LAST_QUESTION,
    entity_of,
    intent_of,
    language_of,
    words_of,
)
from knowledge.articles import Lang
from knowledge.search.model import Passage, SearchAnswer
from knowledge.search.passages import cut_article

log = structlog.get_logger(__name__)

RESULTS = 5
# Beside a CPR number, fewer words than this ('my number is ...') ask nothing.
QUESTION_WORDS = 5


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
        if greet_in(dispatcher, words_of(tracker), self.ports):
            return []
        guide = Guide(self.ports)
        turn = guide.turn(dispatcher, tracker)
        heard = guide.heard(turn)
        if heard.is_matter:
            return remember(await guide.hear(turn, heard), turn.before)
        say_persons(dispatcher, words_of(tracker), (), turn.before.facts)
        events = await self._look_into(dispatcher, tracker, language)
        guide.take_up(dispatcher, tracker)
        return events

    async def _look_into(
        self, dispatcher: Dispatcher, tracker: Tracker, language: Lang
    ) -> list[Event]:
        asked, had_number = self._without_number(tracker)
        if had_number:
            dispatcher.utter_message(response="utter_cpr_reminder")
            if len(asked.split()) < QUESTION_WORDS:
                return []
        return await self._answer(dispatcher, asked, language, only_if_known=had_number)

    async def _answer(
        self, dispatcher: Dispatcher, asked: str, language: Lang, *, only_if_known: bool
    ) -> list[Event]:
        try:
            answer = await self._look_up(asked, language)
        except Exception as error:
            # Whatever broke, the citizen is told the truth and shown the way to a person. No
            # traceback is logged: some show variables, and one of them is what the citizen wrote.
            log.error("search.failed", reason=type(error).__name__)
            dispatcher.utter_message(response="utter_search_down")
            return []
        if answer.answered:
            found = answer.results[0]
            passages = citizen_passages(self.ports, found.article, found.lang)
            lead = passages[0] if passages and passages[0].anchor != found.anchor else None
            said = say_passage(dispatcher, found, language, lead=lead, passages=passages)
            return [*said, SlotSet(LAST_QUESTION, asked)]
        if not only_if_known:
            say_no_answer(dispatcher, answer)
        return []

    def _without_number(self, tracker: Tracker) -> tuple[str, bool]:
        """What was asked beside a CPR number, and whether there was one."""
        asked = words_of(tracker)
        mark = self.ports.cpr_mark
        had_number = mark in asked or intent_of(tracker) == "share_cpr"
        return " ".join(asked.replace(mark, " ").split()), had_number

    async def _look_up(self, asked: str, language: Lang) -> SearchAnswer:
        # In a thread: the application serves others meanwhile.
        return await asyncio.to_thread(
            self.ports.knowledge.search,
            asked,
            audience="citizen",
            lang=language,
            municipality=self.ports.municipality,
            limit=RESULTS,
        )


@dataclass(frozen=True, slots=True)
class TellMore:
    """Reads on in the article of the last answer."""

    ports: Ports
    name: str = "action_tell_more"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Says the next section, or that there is no more, or asks what about."""
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
        Guide(self.ports).take_up(dispatcher, tracker)
        return [SlotSet(LAST_QUESTION, None)]


def citizen_passages(ports: Ports, slug: str, language: Lang) -> tuple[Passage, ...]:
    """What an article tells citizens of this municipality, in reading order."""
    article = ports.knowledge.article(slug, language)
    if article is None:
        return ()
    return tuple(
        passage
        for passage in cut_article(article, ports.knowledge.sources)
        if passage.audience == "citizen" and passage.municipality in ("general", ports.municipality)
    )


def say_passage(
    dispatcher: Dispatcher, passage: Shown | None, language: Lang, *, lead: Passage | None = None,
    passages: Sequence[Passage] = (),
) -> list[Event]:  # fmt: skip
    """Says a passage, after the one that leads its article in, with the sources of both."""
    if passage is None:
        dispatcher.utter_message(response="utter_no_answer_at_all")
        return []
    if passage.lang != language:
        dispatcher.utter_message(response="utter_answer_in_danish")
    shown = [part for part in (lead, passage) if part is not None]
    dispatcher.utter_message(
        response="utter_answer" if next_passage(passages, passage.anchor) else "utter_answer_last",
        answer=reply_text(passage, lead),
        json_message={"sources": sources_of(*shown), "card": article_card(passage)},
    )
    if in_doubt(*shown):
        dispatcher.utter_message(response="utter_answer_in_doubt")
    return [SlotSet(LAST_ARTICLE, passage.article), SlotSet(LAST_ANCHOR, passage.anchor)]


def say_no_answer(dispatcher: Dispatcher, answer: SearchAnswer) -> None:
    """Says that there is no answer, with the nearest subjects when there are any."""
    if not answer.results:
        dispatcher.utter_message(response="utter_no_answer_at_all")
        return
    dispatcher.utter_message(response="utter_no_answer", buttons=subject_buttons(answer.results))
