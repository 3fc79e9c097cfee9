"""Answers who asks for a paragraph of a law with what the articles say where they cite it, and with nothing else."""

from __future__ import annotations

import asyncio
import re

from actions.answering import citizen_passages, say_no_answer, say_passage
from actions.ports import Dispatcher, Event, Ports
from knowledge.articles import Lang
from knowledge.search.model import Passage
from knowledge.sources import SourceRegister

# '§ 19', 'paragraf 19', 'section 19 a'.
PARAGRAPH = re.compile(r"(?:§+|\bparagraf|\bsection)\s*(\d+)\s*([a-z])?\b", re.IGNORECASE)
# More articles than there are: the nearest one that cites it is wanted, however far it is.
MOST = 100


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
    """Says the nearest passage that cites the paragraph, or that there is none; None where none is asked for.

    Raises:
        Exception: whatever the search broke on.
    """
    named = paragraph_in(asked, ports.knowledge.sources)
    if named is None:
        return None
    answer = await asyncio.to_thread(
        ports.knowledge.search, asked,
        audience="citizen", lang=lang, municipality=ports.municipality, limit=MOST,
    )  # fmt: skip
    for result in answer.results:
        passages = citizen_passages(ports, result.article, result.lang)
        cites = next((one for one in passages if _cites(one, *named)), None)
        if cites is not None:
            return say_passage(dispatcher, cites, lang, passages=passages, offer=offer)
    say_no_answer(dispatcher, answer, lang, offer=offer)
    return []


def _cites(passage: Passage, law: str, paragraph: str) -> bool:
    return any(
        ref.id == law and (ref.paragraph == paragraph or ref.paragraph.startswith(f"{paragraph},"))
        for ref in passage.sources
    )
