"""Articles prepared for a page: blocks grouped into lists, links made real, sources once a group."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from markdown_it.token import Token
from markupsafe import Markup

from knowledge.articles import Article, Lang
from knowledge.search.model import SourceRef
from knowledge.search.passages import source_refs
from knowledge.sources import SourceRegister
from knowledge.text.blocks import Block, Section, markdown_parser

ARTICLE_LINK = "article:"


@dataclass(frozen=True, slots=True)
class BlockView:
    """A paragraph or item as HTML."""

    html: Markup


@dataclass(frozen=True, slots=True)
class GroupView:
    """A paragraph, or a whole list, with the sources that carry it."""

    kind: str
    blocks: tuple[BlockView, ...]
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section as the page shows it; `badge` is the key of a word saying whom it is for."""

    anchor: str
    title: str
    level: int
    checklist: bool
    badge: str | None
    groups: tuple[GroupView, ...]


def view_sections(article: Article, sources: SourceRegister, lang: Lang) -> tuple[SectionView, ...]:
    """Prepare every section of an article."""
    return tuple(_section(article, section, sources, lang) for section in article.sections)


def _section(
    article: Article, section: Section, sources: SourceRegister, lang: Lang
) -> SectionView:
    groups = tuple(
        _group(tuple(blocks), sources, article.lang, lang)
        for _, blocks in groupby(section.blocks, key=lambda block: block.group)
    )
    return SectionView(
        section.anchor,
        section.title,
        section.level,
        "checklist" in section.classes,
        _badge(article, section),
        groups,
    )


def _badge(article: Article, section: Section) -> str | None:
    own = section.classes & {"koebenhavn", "gentofte"}
    if own:
        return f"article.only_{min(own)}"
    if article.collection == "klarret" and "citizen" in section.classes and section.level == 2:
        return "article.for_citizens"
    return None


def _group(
    blocks: tuple[Block, ...], sources: SourceRegister, spoken: Lang, lang: Lang
) -> GroupView:
    citations = (citation for block in blocks for citation in block.citations)
    return GroupView(
        blocks[0].kind,
        tuple(BlockView(_html(block.markdown, lang)) for block in blocks),
        source_refs(citations, sources, spoken),
    )


def _html(markdown: str, lang: Lang) -> Markup:
    """Render inline Markdown; raw HTML in it stays text, and article links become page links."""
    parser = markdown_parser()
    tokens = parser.parseInline(markdown)
    for token in tokens[0].children or []:
        _relink(token, lang)
    # The renderer has escaped everything that is not its own mark-up.
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704


def _relink(token: Token, lang: Lang) -> None:
    href = str(token.attrGet("href") or "")
    if href.startswith(ARTICLE_LINK):
        slug, _, anchor = href.removeprefix(ARTICLE_LINK).partition("#")
        token.attrSet("href", f"/klarret/{slug}?lang={lang}" + (f"#{anchor}" if anchor else ""))
    elif href:
        token.attrSet("rel", "noreferrer")
