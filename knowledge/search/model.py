"""What search works with and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.articles import Audience, Lang
from knowledge.sources import Confidence


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source as shown to a reader: its name, the paragraph, where to read it, how sure we are."""

    id: str
    label: str
    paragraph: str
    url: str | None
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text small enough to be an answer, with the sources of just that piece."""

    key: str
    article: str
    lang: Lang
    title: str
    section: str
    anchor: str
    audience: Audience
    municipality: str
    text: str
    sources: tuple[SourceRef, ...]
    confidence: Confidence
    page: int | None = None


class UnitKind(StrEnum):
    """What a vector stands for."""

    PASSAGE = "passage"
    QUESTION = "question"
    OUTSIDE = "outside"  # a question that the articles do not answer


@dataclass(frozen=True, slots=True)
class Unit:
    """One indexed text: a passage, an example question, or a question known to lie outside."""

    kind: UnitKind
    article: str
    lang: Lang
    text: str
    passage: int | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One subject that fits, with the passage that fits best."""

    article: str
    title: str
    section: str
    anchor: str
    snippet: str
    text: str
    score: float
    sources: tuple[SourceRef, ...]
    confidence: Confidence
    lang: Lang
    page: int | None = None


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The subjects found; `answered` is false when none is good enough to be an answer."""

    query: str
    answered: bool
    results: tuple[SearchResult, ...]
