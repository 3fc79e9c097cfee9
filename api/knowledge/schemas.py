"""The shapes of the knowledge interface, as the contract fixes them."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from knowledge.articles import Article, Audience, Collection, Lang
from knowledge.search.model import SearchAnswer, SourceRef
from knowledge.search.passages import source_refs
from knowledge.sources import Confidence, SourceRegister
from knowledge.text.blocks import Block, BlockKind, Section

LONGEST_QUESTION = 1000


class _Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True, extra="forbid", frozen=True)


class SearchRequest(_Shape):
    """A question; by POST, so that it stays out of address bars and access logs."""

    q: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    audience: Audience = "citizen"
    lang: Lang = "da"
    municipality: str | None = Field(None, max_length=40, pattern="^[a-z]*$")
    limit: int = Field(5, ge=1, le=20)


class SourceOut(_Shape):
    """A source with the paragraph that carries a passage."""

    id: str
    label: str
    paragraph: str
    url: str | None
    confidence: Confidence


class ResultOut(_Shape):
    """One subject found, with its best passage."""

    article: str
    title: str
    section: str
    anchor: str
    snippet: str
    text: str
    score: float
    confidence: Confidence
    lang: Lang
    page: int | None
    sources: list[SourceOut]


class SearchOut(_Shape):
    """The answer to a question; `answered` is false when nothing is good enough."""

    query: str
    answered: bool
    results: list[ResultOut]


class BlockOut(_Shape):
    """A paragraph or list item with its own sources."""

    kind: BlockKind
    text: str
    markdown: str
    sources: list[SourceOut]


class SectionOut(_Shape):
    """What stands under one heading."""

    anchor: str
    title: str
    level: int
    audience: Audience
    municipality: str
    blocks: list[BlockOut]


class ArticleOut(_Shape):
    """A whole article in one language."""

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
    related: list[str]
    actions: list[str]
    sections: list[SectionOut]
    sources: list[SourceOut]


def search_out(answer: SearchAnswer) -> SearchOut:
    """Write a search answer in the contract's shape."""
    return SearchOut.model_validate(answer)


def article_out(article: Article, sources: SourceRegister) -> ArticleOut:
    """Write an article in the contract's shape."""

    def block(item: Block) -> BlockOut:
        refs = source_refs(item.citations, sources, article.lang)
        return BlockOut(
            kind=item.kind, text=item.text, markdown=item.markdown, sources=_sources(refs)
        )

    def section(item: Section) -> SectionOut:
        return SectionOut(
            anchor=item.anchor,
            title=item.title,
            level=item.level,
            audience=article.audience(item),
            municipality=article.section_municipality(item),
            blocks=[block(one) for one in item.blocks],
        )

    return ArticleOut(
        slug=article.slug,
        lang=article.lang,
        title=article.title,
        collection=article.collection,
        summary=article.summary,
        municipality=article.municipality,
        confidence=article.confidence,
        reviewed=article.reviewed,
        review_by=article.review_by,
        owner=article.owner,
        related=list(article.related),
        actions=list(article.actions),
        sections=[section(one) for one in article.sections],
        sources=_sources(all_sources(article, sources)),
    )


def all_sources(article: Article, sources: SourceRegister) -> tuple[SourceRef, ...]:
    """List every source an article cites, each once."""
    return source_refs(
        (citation for _, block in article.blocks() for citation in block.citations),
        sources,
        article.lang,
    )


def _sources(refs: tuple[SourceRef, ...]) -> list[SourceOut]:
    return [SourceOut.model_validate(ref) for ref in refs]
