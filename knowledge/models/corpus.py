"""The text our model is made from: only what was written for this product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.articles import ARTICLES_FOLDER, PLACEHOLDER, Article, load_articles
from knowledge.search.voices import Voice, voices_for
from knowledge.text.folding import words

GLOSSARY_FOLDER = Path(__file__).parents[1] / "glossary"
TRAINING_FOLDER = Path(__file__).parents[1] / "training"
FILLER, SPOKEN = "filler.yaml", "spoken.yaml"
# What the bot says stands in both languages side by side.
UTTERANCES_FOLDER = Path(__file__).parents[2] / "bot" / "domain"
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
    filler: Mapping[str, tuple[str, ...]]
    spoken: Mapping[str, tuple[str, ...]]


def load_corpus(
    articles_folder: Path = ARTICLES_FOLDER,
    glossary_folder: Path = GLOSSARY_FOLDER,
    training_folder: Path = TRAINING_FOLDER,
    utterances_folder: Path = UTTERANCES_FOLDER,
) -> Corpus:
    """Gather articles, questions, voices, glossary, sentence pairs and utterances, in a fixed order."""
    articles = load_articles(articles_folder)
    by_key = {(article.slug, article.lang): article for article in articles}
    pairs = [pair for name in (GLOSSARY, SENTENCES) for pair in read_pairs(glossary_folder / name)]
    for (slug, lang), danish in sorted(by_key.items()):
        english = by_key.get((slug, "en"))
        if lang == "da" and english is not None:
            pairs.extend(_aligned(danish, english))
    pairs.extend(_utterances(utterances_folder))
    labelled = tuple(item for article in articles for item in _labelled(article))
    labelled += tuple(_heard(voices_for(articles_folder), {slug for slug, _ in by_key}))
    filler = _lists(training_folder / FILLER)
    spoken = _lists(glossary_folder / SPOKEN)
    pairs.extend(_spoken_pairs(spoken, pairs))
    return Corpus(
        tuple(pairs),
        labelled,
        tuple([pair.danish for pair in pairs] + _said("da", labelled, filler)),
        tuple([pair.english for pair in pairs] + _said("en", labelled, filler)),
        filler,
        spoken,
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


def _heard(voices: Iterable[Voice], subjects: set[str]) -> Iterator[Labelled]:
    for voice in voices:
        if voice.subject in subjects:
            yield Labelled(voice.text, voice.subject, voice.lang, asked=True)


def _said(
    lang: str, labelled: Iterable[Labelled], filler: Mapping[str, tuple[str, ...]]
) -> list[str]:
    return [item.text for item in labelled if item.lang == lang] + list(filler.get(lang, ()))


def _lists(path: Path) -> dict[str, tuple[str, ...]]:
    if not path.is_file():
        return {}
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {str(key): tuple(str(text) for text in texts) for key, texts in rows.items()}


def _spoken_pairs(spoken: Mapping[str, tuple[str, ...]], pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Give a word written by ear the meaning of its standard form, unless it is a word of its own."""
    listed = list(pairs)
    known = {word for pair in listed for word in words(pair.danish)}
    meaning = {pair.danish.lower(): pair.english for pair in reversed(listed)}
    for standard, forms in spoken.items():
        for form in forms:
            if standard in meaning and form.lower() not in known:
                yield Pair(form, meaning[standard])


def _utterances(folder: Path) -> Iterator[Pair]:
    """Pair each thing the bot says with its English form."""
    for path in sorted(folder.glob("*.yml")):
        responses = yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {}
        for name in sorted(responses):
            texts = {_language(form): str(form.get("text", "")) for form in responses[name]}
            danish, english = texts.get("da", ""), texts.get("en", "")
            if danish and english and "{" not in danish + english:
                yield Pair(" ".join(danish.split()), " ".join(english.split()))


def _language(form: Mapping[str, Any]) -> str:
    conditions = form.get("condition") or ()
    return next((str(c["value"]) for c in conditions if c.get("name") == "language"), "da")


def _clean(text: str) -> str:
    return PLACEHOLDER.sub("", text)
