"""Looks a question up in the articles and says what was found, with its sources; or that there is no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from rasa_sdk.events import SlotSet

from actions.passages import (
    Shown,
    article_card,
    in_doubt,
    next_passage,
    reply_text,
    sources_of,
    subject_buttons,
)
from actions.ports import Dispatcher, Event, Ports
from actions.turns import LAST_ANCHOR, LAST_ARTICLE, LAST_QUESTION
from actions.understood import phrase
from knowledge.articles import Lang
from knowledge.search.model import Passage, SearchAnswer
from knowledge.search.passages import cut_article

log = structlog.get_logger(__name__)

RESULTS = 5
# What the button under an answer holds that goes on with the citizen's own matter.
MINE = '/complain{"do": "mine"}'


async def look_up(ports: Ports, asked: str, language: Lang) -> SearchAnswer:
    """What the articles hold on a question.

    Raises:
        Exception: whatever the search broke on.
    """
    # In a thread: the application serves others meanwhile.
    return await asyncio.to_thread(
        ports.knowledge.search,
        asked,
        audience="citizen",
        lang=language,
        municipality=ports.municipality,
        limit=RESULTS,
    )


async def say_if_known(
    dispatcher: Dispatcher, ports: Ports, asked: str, language: Lang, *, offer: bool
) -> list[Event] | None:
    """Answers where the articles hold a good answer; otherwise says nothing and gives None."""
    try:
        answer = await look_up(ports, asked, language)
    except Exception as error:
        log.error("search.failed", reason=type(error).__name__)
        return None
    if not answer.answered:
        return None
    return say_found(dispatcher, ports, answer, language, offer=offer)


def say_found(
    dispatcher: Dispatcher, ports: Ports, answer: SearchAnswer, language: Lang, *, offer: bool
) -> list[Event]:
    """Says the passage that was found; `offer` adds the way on to the citizen's own matter."""
    found = answer.results[0]
    passages = citizen_passages(ports, found.article, found.lang)
    lead = passages[0] if passages and passages[0].anchor != found.anchor else None
    said = say_passage(dispatcher, found, language, lead=lead, passages=passages, offer=offer)
    return [*said, SlotSet(LAST_QUESTION, answer.query)]


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
    passages: Sequence[Passage] = (), offer: bool = False,
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
        buttons=_mine(language) if offer else [],
    )
    if in_doubt(*shown):
        dispatcher.utter_message(response="utter_answer_in_doubt")
    return [SlotSet(LAST_ARTICLE, passage.article), SlotSet(LAST_ANCHOR, passage.anchor)]


def say_place(
    dispatcher: Dispatcher,
    ports: Ports,
    place: tuple[str, str],
    language: Lang,
    *,
    offer: bool = False,
) -> list[Event] | None:
    """Says the passage at a known place, an article and an anchor in it; None where it is not there."""
    article, anchor = place
    passages = citizen_passages(ports, article, language)
    found = next((one for one in passages if one.anchor == anchor), None)
    if found is None:
        return None
    return say_passage(dispatcher, found, language, passages=passages, offer=offer)


def say_no_answer(
    dispatcher: Dispatcher, answer: SearchAnswer, language: Lang, *, offer: bool
) -> None:
    """Says that there is no answer, with the nearest subjects and, on offer, the way to the citizen's own matter."""
    mine = _mine(language) if offer else []
    if not answer.results:
        dispatcher.utter_message(response="utter_no_answer_at_all", buttons=mine)
        return
    dispatcher.utter_message(
        response="utter_no_answer", buttons=[*subject_buttons(answer.results), *mine]
    )


def _mine(language: Lang) -> list[dict[str, Any]]:
    return [{"title": phrase("my_matter", language), "payload": MINE}]
