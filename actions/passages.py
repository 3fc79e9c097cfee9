"""Makes replies out of passages: a text short enough for a chat, its sources, buttons to subjects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from knowledge.search.model import Passage, SearchResult, SourceRef

# Characters of one reply. About ten lines on a phone: more is read by nobody who is worried.
LONGEST = 900
# Subjects offered when there is no answer: a choice, not a list.
NEAREST = 3
# Characters of a button's title that a narrow phone shows on two lines.
LONGEST_TITLE = 70

SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")


def reply_text(passage: SearchResult | Passage) -> str:
    """The passage under its article's title, cut after a whole sentence when it is long."""
    text = f"{passage.title}\n\n{shorten(passage.text, LONGEST)}"
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


def sources_of(passage: SearchResult | Passage) -> list[dict[str, Any]]:
    """The sources as the chat shows them; a passage without its own names its article."""
    article = {"article": passage.article, "title": passage.title}
    return [{**_source(ref), **article} for ref in passage.sources]


def in_doubt(passage: SearchResult | Passage) -> bool:
    """Whether what the passage rests on could not be confirmed."""
    return passage.confidence == "unverified"


def article_card(passage: SearchResult | Passage) -> dict[str, Any]:
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
