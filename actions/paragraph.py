"""Answers who asks for a paragraph of a law with what the articles say where they cite it, and with nothing else."""

from __future__ import annotations

import asyncio
import re

from actions.answering import citizen_passages, say_no_answer, say_passage
from actions.ports import Dispatcher, Event, Ports
from knowledge.articles import Lang
from knowledge.search.model import Passage, SearchAnswer
from knowledge.search.passages import cut_article
from knowledge.sources import SourceRegister

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
        if any(name.split(" (")[0].casefold() in plain for name in names):
            letter = f" {found[2].lower()}" if found[2] and found[2].lower() != "i" else ""
            return source.id, f"§ {found[1]}{letter}"
    return None


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
