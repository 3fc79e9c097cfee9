"""The articles: one Markdown file per subject and language, read into typed, frozen values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast, get_args

import frontmatter
import yaml

from knowledge.sources import CONFIDENCES, Confidence
from knowledge.text.blocks import Block, BlockError, Section, parse_sections, plain_text
from knowledge.text.citations import CitationError

Lang = Literal["da", "en"]
Collection = Literal["klarret", "borger"]
Audience = Literal["citizen", "caseworker"]
LANGS: tuple[Lang, ...] = get_args(Lang)
COLLECTIONS: tuple[Collection, ...] = get_args(Collection)
ACTIONS = frozenset({"complain", "handoff", "understand_letter"})
ARTICLES_FOLDER = Path(__file__).parent / "articles"
GENERAL = "general"

PLACEHOLDER = re.compile(r"\{\{\s*([a-z0-9-]+\.[a-z]+)\s*\}\}")
# Turns `borgerraadgiveren.phone` and a language into the text to show.
Resolve = Callable[[str, str], str]

REQUIRED = (
    "slug",
    "lang",
    "title",
    "collection",
    "summary",
    "municipality",
    "confidence",
    "reviewed",
    "review_by",
    "owner",
    "related",
    "questions",
)


class ArticleError(ValueError):
    """An article file that cannot be read; the message names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language."""

    slug: str
    lang: Lang
    title: str
    collection: Collection
    summary: str
    municipality: str
    confidence: Confidence
    reviewed: date
    review_by: date
    owner: str
    related: tuple[str, ...]
    actions: tuple[str, ...]
    questions: tuple[str, ...]
    sections: tuple[Section, ...]
    path: Path
    sha256: str

    def audience(self, section: Section) -> Audience:
        """Say who a section is written for."""
        if self.collection == "borger" or "citizen" in section.classes:
            return "citizen"
        return "caseworker"

    def section_municipality(self, section: Section) -> str:
        """Return the only municipality a section holds for, or the article's own."""
        own = section.classes & {"koebenhavn", "gentofte"}
        return min(own) if own else self.municipality

    def blocks(self) -> Iterator[tuple[Section, Block]]:
        """Walk all paragraphs and list items in reading order."""
        for section in self.sections:
            for block in section.blocks:
                yield section, block


def load_articles(
    folder: Path = ARTICLES_FOLDER, resolve: Resolve | None = None
) -> tuple[Article, ...]:
    """Read every article of every language, in a fixed order."""
    paths = [path for lang in LANGS for path in sorted((folder / lang).glob("*.md"))]
    return tuple(load_article(path, resolve) for path in paths)


def load_article(path: Path, resolve: Resolve | None = None) -> Article:
    """Read one article; with `resolve`, phone numbers and the like are filled in."""
    text = path.read_text(encoding="utf-8")
    try:
        meta, body = frontmatter.parse(text)
        article = _article(meta, _sections(text, body), path, text)
    except (BlockError, CitationError, ValueError, yaml.YAMLError) as problem:
        raise ArticleError(f"{path}: {problem}") from problem
    try:
        return article if resolve is None else _resolved(article, resolve)
    except KeyError as unknown:
        raise ArticleError(f"{path}: {unknown}") from unknown


def _sections(text: str, body: str) -> tuple[Section, ...]:
    first_line = text[: text.rfind(body[:200])].count("\n") + 1 if body else 1
    return parse_sections(body, first_line)


def _article(
    meta: Mapping[str, object], sections: tuple[Section, ...], path: Path, text: str
) -> Article:
    missing = [key for key in REQUIRED if not meta.get(key)]
    if missing:
        raise ArticleError(f"front matter lacks {', '.join(missing)}")
    for key, allowed in (
        ("lang", LANGS),
        ("collection", COLLECTIONS),
        ("confidence", CONFIDENCES),
    ):
        if meta[key] not in allowed:
            raise ArticleError(f"{key} must be one of {', '.join(allowed)}")
    for key in ("reviewed", "review_by"):
        if type(meta[key]) is not date:
            raise ArticleError(f"{key} must be a date (YYYY-MM-DD)")
    return Article(
        slug=str(meta["slug"]),
        lang=cast(Lang, meta["lang"]),
        title=str(meta["title"]),
        collection=cast(Collection, meta["collection"]),
        summary=" ".join(str(meta["summary"]).split()),
        municipality=str(meta["municipality"]),
        confidence=cast(Confidence, meta["confidence"]),
        reviewed=cast(date, meta["reviewed"]),
        review_by=cast(date, meta["review_by"]),
        owner=str(meta["owner"]),
        related=_strings(meta, "related"),
        actions=_strings(meta, "actions"),
        questions=_strings(meta, "questions"),
        sections=sections,
        path=path,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _strings(meta: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = meta.get(key) or []
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ArticleError(f"{key} must be a list")
    if any(not isinstance(item, str) for item in value):
        raise ArticleError(f"{key}: every entry must be text (quote what has a colon)")
    return tuple(str(item).strip() for item in value)


def _resolved(article: Article, resolve: Resolve) -> Article:
    def fill(text: str) -> str:
        return PLACEHOLDER.sub(lambda match: resolve(match[1], article.lang), text)

    def block(old: Block) -> Block:
        if "{{" not in old.markdown:
            return old
        markdown = fill(old.markdown)
        return replace(old, markdown=markdown, text=plain_text(markdown))

    sections = tuple(
        replace(section, blocks=tuple(block(old) for old in section.blocks))
        for section in article.sections
    )
    return replace(article, summary=fill(article.summary), sections=sections)
