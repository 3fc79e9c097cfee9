"""Answers who asks for a paragraph of a law: with what it is about where that is known, else with what cites it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk.events import SlotSet

from actions.answering import citizen_passages, say_no_answer, say_passage
from actions.passages import in_doubt
from actions.ports import Dispatcher, Event, Ports
from actions.signs import Sign, shows, wants_to_know
from actions.turns import LAST_QUESTION
from knowledge.articles import Lang
from knowledge.search.model import Passage, SearchAnswer
from knowledge.search.passages import cut_article
from knowledge.sources import SourceRegister

FILE = Path(__file__).parent / "paragraphs.yaml"
# A message of at most so many words that names a paragraph asks for it, with or without a question.
BARE = 6
# '§ 19', 'paragraf 19', 'section 19 a'.
PARAGRAPH = re.compile(r"(?:§+|\bparagraf|\bsection)\s*(\d+)\s*([a-z])?\b", re.IGNORECASE)
# More articles than there are: the one that speaks of it may lie far from the words of the question.
MOST = 60


def paragraph_in(asked: str, sources: SourceRegister) -> tuple[str, str] | None:
    """The law, by its id, and the paragraph that a question names; None where it does not name both."""
    found = PARAGRAPH.search(asked)
    if found is None:
        return None
    plain = asked.casefold()
    for source in sources:
        names = source.label.values() if source.kind == "law" else ()
        called = any(name.split(" (")[0].casefold() in plain for name in names)
        if called or names and re.search(rf"\b{source.id}\b", plain):
            letter = f" {found[2].lower()}" if found[2] and found[2].lower() != "i" else ""
            return source.id, f"§ {found[1]}{letter}"
    return None


def of_same_law(asked: str, before: str, sources: SourceRegister) -> str:
    """A question for a paragraph alone with the law of the question before it: 'and section 7?'."""
    named = paragraph_in(before, sources)
    found = PARAGRAPH.search(asked)
    alone = found is not None and len(asked.split()) <= BARE
    if named is None or not alone or paragraph_in(asked, sources) is not None:
        return asked
    return f"{asked.rstrip(' ?.!')} {named[0]}"


def say_known_paragraph(
    dispatcher: Dispatcher, ports: Ports, asked: str, before: str, lang: Lang, *, offer: bool
) -> list[Event] | None:
    """Says what a paragraph is about that is asked for and known; None where none is.

    `before` is the question that was answered last; its law is meant where only a paragraph is named.
    """
    asks = wants_to_know(asked) or len(asked.split()) <= BARE and not shows(asked, Sign.own)
    asked = of_same_law(asked, before, ports.knowledge.sources) if asks else asked
    named = paragraph_in(asked, ports.knowledge.sources) if asks else None
    row = _known().get(named) if named is not None else None
    if named is None or row is None:
        return None
    passages = citizen_passages(ports, row["article"], lang)
    passage = next((one for one in passages if one.anchor == row["anchor"]), None)
    if passage is None:
        return None
    source, sure = ports.knowledge.sources.get(named[0]), row["confidence"] == "verified"
    name = source.name(lang).split(" (")[0]
    dispatcher.utter_message(
        response="utter_paragraph" if sure else "utter_paragraph_in_doubt",
        paragraph=named[1], law=name, says=row["says"][lang],
        json_message={
            "sources": [
                {"label": name, "paragraph": named[1], "url": None, "confidence": row["confidence"]}
            ]
        },
    )  # fmt: skip
    said = say_passage(dispatcher, passage, lang, passages=passages, offer=offer)
    if row["confidence"] == "unverified" and not in_doubt(passage):
        dispatcher.utter_message(response="utter_answer_in_doubt")
    return [*said, SlotSet(LAST_QUESTION, asked)]


async def say_paragraph(
    dispatcher: Dispatcher, ports: Ports, asked: str, lang: Lang, *, offer: bool
) -> list[Event] | None:
    """Says the passage that speaks of the paragraph, or that there is none; None where none is asked for.

    Raises:
        Exception: whatever the search broke on.
    """
    named = paragraph_in(asked, ports.knowledge.sources)
    if named is None:
        return None
    # In a thread: the application serves others meanwhile.
    answer, passage = await asyncio.to_thread(_speaks_of, ports, asked, lang, named)
    if passage is None:
        say_no_answer(dispatcher, answer, lang, offer=offer)
        return []
    passages = citizen_passages(ports, passage.article, passage.lang)
    return say_passage(dispatcher, passage, lang, passages=passages, offer=offer)


def _speaks_of(
    ports: Ports, asked: str, lang: Lang, named: tuple[str, str]
) -> tuple[SearchAnswer, Passage | None]:
    """What was found, and the passage for citizens that speaks of the paragraph most, if any does.

    An article that cites it often, and a passage that rests on little else, speak of just this.
    """
    answer = ports.knowledge.search(
        asked, audience="citizen", lang=lang, municipality=ports.municipality, limit=MOST
    )
    citing: list[tuple[float, Passage]] = []
    for found in answer.results:
        article = ports.knowledge.article(found.article, found.lang)
        every = cut_article(article, ports.knowledge.sources) if article is not None else ()
        times = sum(_cites(passage, *named) for passage in every)
        citing += [
            (times / len(passage.sources), passage)
            for passage in every
            if passage.audience == "citizen"
            and passage.municipality in ("general", ports.municipality)
            and _cites(passage, *named)
        ]
    best = max(citing, key=lambda each: each[0], default=None)
    return answer, best[1] if best is not None else None


def _cites(passage: Passage, law: str, paragraph: str) -> bool:
    return any(
        ref.id == law and (ref.paragraph == paragraph or ref.paragraph.startswith(f"{paragraph},"))
        for ref in passage.sources
    )


@cache
def _known() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {(row["law"], paragraph): row for row in rows for paragraph in row["paragraphs"]}
