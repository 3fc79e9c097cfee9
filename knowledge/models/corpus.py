"""The text our model is made from: only what was written for this product."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.articles import ARTICLES_FOLDER, PLACEHOLDER, Article, load_articles

GLOSSARY_FOLDER = Path(__file__).parents[1] / "glossary"
GLOSSARY = "da-en.tsv"
SENTENCES = "sentences.tsv"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same thing said in Danish and in English."""

    danish: str
    english: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text that belongs to a subject: what a question about it may sound like, or what answers it."""

    text: str
    subject: str
    lang: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Corpus:
    """All text to learn from."""

    pairs: tuple[Pair, ...]
    labelled: tuple[Labelled, ...]
    danish: tuple[str, ...]
    english: tuple[str, ...]


def load_corpus(
    articles_folder: Path = ARTICLES_FOLDER, glossary_folder: Path = GLOSSARY_FOLDER
) -> Corpus:
    """Gather articles, questions, glossary and sentence pairs, in a fixed order."""
    articles = load_articles(articles_folder)
    by_key = {(article.slug, article.lang): article for article in articles}
    pairs = [pair for name in (GLOSSARY, SENTENCES) for pair in read_pairs(glossary_folder / name)]
    for (slug, lang), danish in sorted(by_key.items()):
        english = by_key.get((slug, "en"))
        if lang == "da" and english is not None:
            pairs.extend(_aligned(danish, english))
    labelled = tuple(item for article in articles for item in _labelled(article))
    return Corpus(
        tuple(pairs),
        labelled,
        tuple([pair.danish for pair in pairs] + [i.text for i in labelled if i.lang == "da"]),
        tuple([pair.english for pair in pairs] + [i.text for i in labelled if i.lang == "en"]),
    )


def read_pairs(path: Path) -> Iterator[Pair]:
    """Read tab-separated pairs; a missing file holds none."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        danish, tab, english = line.partition("\t")
        if tab and danish.strip() and english.strip():
            yield Pair(danish.strip(), english.strip())


def _aligned(danish: Article, english: Article) -> Iterator[Pair]:
    """Pair titles and blocks that stand at the same place in both languages."""
    yield Pair(danish.title, english.title)
    yield Pair(danish.summary, english.summary)
    sections = {section.anchor: section for section in english.sections}
    for one in danish.sections:
        other = sections.get(one.anchor)
        if other is None or len(one.blocks) != len(other.blocks):
            continue
        yield Pair(one.title, other.title)
        for left, right in zip(one.blocks, other.blocks, strict=True):
            yield Pair(_clean(left.text), _clean(right.text))


def _labelled(article: Article) -> Iterator[Labelled]:
    for question in (article.title, *article.questions):
        yield Labelled(question, article.slug, article.lang, asked=True)
    yield Labelled(article.summary, article.slug, article.lang, asked=False)
    for section in article.sections:
        if section.classes & {"readmore", "law"}:
            continue
        for block in section.blocks:
            if len(block.text.split()) >= 6:
                yield Labelled(_clean(block.text), article.slug, article.lang, asked=False)


def _clean(text: str) -> str:
    return PLACEHOLDER.sub("", text)
