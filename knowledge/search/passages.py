"""Cuts articles into passages, and lists every text that gets a vector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knowledge.articles import Article
from knowledge.search.model import Passage, SourceRef, Unit, UnitKind
from knowledge.sources import SourceRegister, weakest
from knowledge.text.blocks import Block, Section
from knowledge.text.citations import Citation
from knowledge.text.readability import count_words

# Words. Shorter pieces lack context for an answer; the model reads no more than about 120 well.
ENOUGH_WORDS = 45
MOST_WORDS = 120


def cut_article(article: Article, sources: SourceRegister) -> tuple[Passage, ...]:
    """Return the article's passages; a passage never crosses a heading."""
    passages: list[Passage] = []
    for section in article.sections:
        if "readmore" in section.classes:
            continue
        for number, blocks in enumerate(_groups(section.blocks)):
            passages.append(_passage(article, section, number, blocks, sources))
    return tuple(passages)


def units_of(
    articles: Iterable[Article], passages: Sequence[Passage], outside: Iterable[Unit] = ()
) -> tuple[Unit, ...]:
    """Return all texts to index: passages first (unit number = passage number), then questions."""
    units = [
        Unit(UnitKind.PASSAGE, p.article, p.lang, f"{p.title}. {p.section}. {p.text}", number)
        for number, p in enumerate(passages)
    ]
    for article in articles:
        asked = (article.title, article.summary, *article.questions)
        units.extend(Unit(UnitKind.QUESTION, article.slug, article.lang, text) for text in asked)
    return (*units, *outside)


def source_refs(
    citations: Iterable[Citation], sources: SourceRegister, lang: str
) -> tuple[SourceRef, ...]:
    """Turn citations into what a reader is shown, each once."""
    refs: dict[tuple[str, str], SourceRef] = {}
    for citation in citations:
        source = sources.get(citation.source)
        confidence = weakest(source.confidence, citation.lowered or source.confidence)
        refs.setdefault(
            (source.id, citation.paragraph),
            SourceRef(source.id, source.name(lang), citation.paragraph, source.url, confidence),
        )
    return tuple(refs.values())


def _passage(
    article: Article,
    section: Section,
    number: int,
    blocks: Sequence[Block],
    sources: SourceRegister,
) -> Passage:
    refs = source_refs((c for block in blocks for c in block.citations), sources, article.lang)
    return Passage(
        key=f"{article.slug}/{article.lang}/{section.anchor}/{number}",
        article=article.slug,
        lang=article.lang,
        title=article.title,
        section=section.title,
        anchor=section.anchor,
        audience=article.audience(section),
        municipality=article.section_municipality(section),
        text="\n".join(_line(block) for block in blocks),
        sources=refs,
        confidence=weakest(*(ref.confidence for ref in refs)) if refs else "verified",
    )


def _line(block: Block) -> str:
    return block.text if block.kind == "paragraph" else f"- {block.text}"


def _groups(blocks: Sequence[Block]) -> list[list[Block]]:
    """Gather blocks until there is enough to answer with, without cutting a short list apart."""
    groups: list[list[Block]] = []
    size = 0
    for block in blocks:
        length = count_words(block.text)
        leads_on = bool(groups) and groups[-1][-1].text.endswith(":")
        if groups and (size < ENOUGH_WORDS or leads_on) and size + length <= MOST_WORDS:
            groups[-1].append(block)
            size += length
        else:
            groups.append([block])
            size = length
    if len(groups) > 1 and size < ENOUGH_WORDS // 3:
        tail = groups.pop()
        groups[-1].extend(tail)
    return groups
