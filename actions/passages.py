"""Makes replies out of passages: a text short enough for a chat, its sources, buttons to subjects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from knowledge.search.model import Passage, SearchResult, SourceRef

# Characters of one reply. About fifteen lines on a phone: more is read by nobody who is worried.
LONGEST = 1000
# Of these, what at most leads in: the passage that was found is what was asked for.
LONGEST_LEAD = 350
# Subjects offered when there is no answer: a choice, not a list.
NEAREST = 3
# Characters of a button's title that a narrow phone shows on two lines.
LONGEST_TITLE = 70

# The anchor of an article's first section, which needs no heading in a chat.
OPENING = "kort"

Shown = SearchResult | Passage

SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")


def reply_text(passage: Shown, lead: Passage | None = None) -> str:
    """The article's title, the passage that leads it in, and the passage that was found."""
    opening = shorten(lead.text, LONGEST_LEAD) if lead else ""
    heading = "" if passage.anchor == OPENING else f"{passage.section}\n"
    body = heading + shorten(passage.text, LONGEST - len(opening))
    text = "\n\n".join(part for part in (passage.title, opening, body) if part)
    # Rasa's templates take these two signs for a gap of their own and then fill none at all.
    return text.replace("0[", "0 [")


def shorten(text: str, longest: int) -> str:
    """The text, or as many of its first sentences and list items as fit."""
    if len(text) <= longest:
        return text
    end = 0
    for match in SENTENCE_END.finditer(text):
        if match.start() > longest:
            break
        end = match.start()
    return text[:end] if end else f"{text[:longest].rsplit(' ', 1)[0]} …"


def sources_of(*passages: Shown) -> list[dict[str, Any]]:
    """The sources of all that is shown, as the chat shows them, each once."""
    refs = dict.fromkeys((passage, ref) for passage in passages for ref in passage.sources)
    shown: dict[tuple[str, str], dict[str, Any]] = {}
    for passage, ref in refs:
        article = {"article": passage.article, "title": passage.title}
        shown.setdefault((ref.id, ref.paragraph), {**_source(ref), **article})
    return list(shown.values())


def in_doubt(*passages: Shown) -> bool:
    """Whether something that the reply rests on could not be confirmed."""
    return any(passage.confidence == "unverified" for passage in passages)


def article_card(passage: Shown) -> dict[str, Any]:
    """The card that leads to the whole article, at the place the reply was taken from."""
    return {
        "type": "article",
        "data": {
            "slug": passage.article,
            "title": passage.title,
            "section": passage.section,
            "anchor": passage.anchor,
            "lang": passage.lang,
        },
    }


def subject_buttons(results: Iterable[SearchResult]) -> list[dict[str, Any]]:
    """A button for each of the nearest subjects, each subject once."""
    titles: dict[str, str] = {}
    for result in results:
        titles.setdefault(result.article, result.title)
    return [
        {"title": _title(title), "payload": f"/ask_question{json.dumps({'article': slug})}"}
        for slug, title in list(titles.items())[:NEAREST]
    ]


def next_passage(passages: Sequence[Passage], anchor: str | None) -> Passage | None:
    """The first passage of the section after the one named; the first of all when none is named."""
    if anchor is None:
        return passages[0] if passages else None
    anchors = list(dict.fromkeys(passage.anchor for passage in passages))
    following = anchors[anchors.index(anchor) + 1 :] if anchor in anchors else anchors
    return next((p for p in passages if following and p.anchor == following[0]), None)


def _source(ref: SourceRef) -> dict[str, Any]:
    return {
        "label": ref.label,
        "paragraph": ref.paragraph or None,
        "url": ref.url,
        "confidence": ref.confidence,
    }


def _title(title: str) -> str:
    if len(title) <= LONGEST_TITLE:
        return title
    return f"{title[:LONGEST_TITLE].rsplit(' ', 1)[0]} …"
