"""The machine's reading of the articles: everything a rule can find wrong before a person reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from knowledge.articles import (
    ACTIONS,
    ARTICLES_FOLDER,
    LANGS,
    PLACEHOLDER,
    Article,
    ArticleError,
    Resolve,
    load_article,
)
from knowledge.sources import SourceRegister, load_sources, weakest
from knowledge.text.blocks import Block, Section
from knowledge.text.citations import well_formed
from knowledge.text.folding import similarity
from knowledge.text.readability import count_words, lix

SUBJECTS_FILE = Path(__file__).parent / "subjects.yaml"

# LIX 40 is a newspaper, 48 a trade journal: the limits for citizens and for caseworkers.
LIX_LIMIT = {"citizen": 40.0, "caseworker": 48.0}
# Words in a whole article. A guide shorter than this leaves something out; a longer one is not read.
LENGTH = {"klarret": (500, 1700), "borger": (250, 1100)}
FEWEST_QUESTIONS = 8
RELATED = (2, 5)
# Words that make a paragraph state a rule, so that it needs a source or the mark of advice.
_RULE = {
    "da": re.compile(r"\d|§|\b(?:skal|må|ret til|pligt|krav|frist|loven)\b", re.IGNORECASE),
    "en": re.compile(
        r"\d|§|\b(?:must|may not|right to|duty|entitled|deadline|act)\b", re.IGNORECASE
    ),
}
_PHONE = re.compile(r"(?<![\d§.])(?:\+45\s?)?\d{2}[ .]?\d{2}[ .]?\d{2}[ .]?\d{2}(?!\d)")
_ADDRESS = re.compile(
    r"https?://|www\.|\b[\w.-]+\.(?:dk|com|eu)\b|\S+@\S+\.\S+|\b\d{4} [A-ZÆØÅ][a-zæøå]+"
)
_LINK = re.compile(r"\]\(([^)]*)\)")
_QUESTION_TWIN = 0.8
_COLLECTION_SECTIONS = {
    "klarret": ("kort", "reglen", "praksis", "fejl", "tjekliste", "eksempel", "til-borgeren", "lov", "laes-mere"),
    "borger": ("kort", "goer", "forvent", "frister", "hvor", "ikke-overholdt", "laes-mere"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: where, which check, and what was found."""

    path: Path
    line: int
    check: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.check}: {self.message}"


def load_subjects(path: Path = SUBJECTS_FILE) -> dict[str, str]:
    """Return every slug that must exist as an article, with its collection."""
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {slug: collection for collection, slugs in listed.items() for slug in slugs}


def check_articles(
    folder: Path = ARTICLES_FOLDER,
    *,
    today: date,
    subjects: Mapping[str, str] | None = None,
    sources: SourceRegister | None = None,
    resolve: Resolve | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """Check every article; `subjects` are the slugs that must exist, with their collections."""
    wanted = load_subjects() if subjects is None else subjects
    register = sources or load_sources()
    findings: list[Finding] = []
    articles: list[Article] = []
    paths = [path for lang in LANGS for path in sorted((folder / lang).glob("*.md"))]
    for count, path in enumerate(paths, start=1):
        try:
            articles.append(load_article(path))
        except ArticleError as error:
            findings.append(Finding(path, 1, "format", str(error).removeprefix(f"{path}: ")))
        if progress:
            progress(count, len(paths))
    links = _Links({(a.slug, a.lang): a for a in articles})
    for article in articles:
        findings.extend(_check(article, register, links, today, resolve))
    findings.extend(_pairs(folder, articles, wanted))
    return sorted(findings, key=lambda f: (str(f.path), f.line, f.check, f.message))


@dataclass(frozen=True, slots=True)
class _Links:
    articles: dict[tuple[str, str], Article]

    def broken(self, target: str, lang: str) -> bool:
        slug, _, anchor = target.removeprefix("article:").partition("#")
        article = self.articles.get((slug, lang))
        if article is None:
            return True
        return bool(anchor) and anchor not in {s.anchor for s in article.sections}


def _check(
    article: Article,
    register: SourceRegister,
    links: _Links,
    today: date,
    resolve: Resolve | None,
) -> Iterator[Finding]:
    def finding(check: str, message: str, line: int = 1) -> Finding:
        return Finding(article.path, line, check, message)

    for check, message in _front_matter(article, links, today):
        yield finding(check, message)
    for check, message, line in _readability(article):
        yield finding(check, message, line)
    for section, block in article.blocks():
        for check, message in _block(article, section, block, register, links, resolve):
            yield finding(check, message, block.line)


def _front_matter(article: Article, links: _Links, today: date) -> Iterator[tuple[str, str]]:
    if article.path.stem != article.slug or article.path.parent.name != article.lang:
        yield "name", f"file does not match slug {article.slug} and language {article.lang}"
    if article.review_by < today:
        yield "review", f"review was due {article.review_by}"
    if not article.reviewed <= article.review_by:
        yield "review", "reviewed after it is due"
    if len(article.questions) < FEWEST_QUESTIONS:
        yield "questions", f"{len(article.questions)} questions, at least {FEWEST_QUESTIONS} wanted"
    for number, question in enumerate(article.questions):
        for other in article.questions[:number]:
            if similarity(question, other) > _QUESTION_TWIN:
                yield "questions", f"two questions are nearly the same: {question!r}"
    if not RELATED[0] <= len(article.related) <= RELATED[1]:
        yield (
            "related",
            f"{len(article.related)} related articles, {RELATED[0]}-{RELATED[1]} wanted",
        )
    for slug in article.related:
        if slug == article.slug or (slug, article.lang) not in links.articles:
            yield "link", f"related article does not exist: {slug}"
    for action in article.actions:
        if action not in ACTIONS:
            yield "actions", f"unknown action: {action}"
    anchors = [section.anchor for section in article.sections]
    wanted = _COLLECTION_SECTIONS[article.collection]
    if [anchor for anchor in anchors if anchor in wanted] != list(wanted):
        yield "sections", f"wanted in this order: {', '.join(wanted)}"
    for anchor in {anchor for anchor in anchors if anchors.count(anchor) > 1}:
        yield "sections", f"anchor used twice: {anchor}"
    words = sum(count_words(block.text) for _, block in article.blocks())
    low, high = LENGTH[article.collection]
    if not low <= words <= high:
        yield "length", f"{words} words, {low}-{high} wanted"


def _readability(article: Article) -> Iterator[tuple[str, str, int]]:
    """Measure each part by the readers it is for; lists of law and links are no prose."""
    for audience, limit in LIX_LIMIT.items():
        parts = [
            section
            for section in article.sections
            if article.audience(section) == audience and not section.classes & {"law", "readmore"}
        ]
        text = "\n".join(block.text for section in parts for block in section.blocks)
        measured = lix(text)
        if measured > limit:
            yield (
                "lix",
                f"LIX {measured:.0f} for the {audience}, at most {limit:.0f}",
                parts[0].line,
            )


def _block(
    article: Article,
    section: Section,
    block: Block,
    register: SourceRegister,
    links: _Links,
    resolve: Resolve | None,
) -> Iterator[tuple[str, str]]:
    for citation in block.citations:
        if citation.source not in register:
            yield "source", f"unknown source: {citation.source}"
            continue
        if not well_formed(citation.paragraph):
            yield "paragraph", f"not the house's form: {citation.paragraph!r}"
        own = register.get(citation.source).confidence
        if weakest(own, citation.lowered or own) == "unverified" and (
            article.confidence == "verified"
        ):
            yield "confidence", f"article says verified but rests on {citation.source}"
    covered = block.citations or block.advice or "readmore" in section.classes
    if not covered and _RULE[article.lang].search(block.text):
        yield "uncited", f"states a rule without a source: {block.text[:60]!r}"
    written = PLACEHOLDER.sub("", block.markdown)
    for pattern in (_PHONE, _ADDRESS):
        if match := pattern.search(written):
            yield "contact", f"write it as a placeholder: {match[0]!r}"
    for target in _LINK.findall(written):
        if not target.startswith("article:"):
            yield "link", f"links go to articles: {target!r}"
        elif links.broken(target, article.lang):
            yield "link", f"leads nowhere: {target!r}"
    for key in PLACEHOLDER.findall(block.markdown):
        if resolve is not None and not _resolves(resolve, key, article.lang):
            yield "placeholder", f"unknown: {key}"


def _resolves(resolve: Resolve, key: str, lang: str) -> bool:
    try:
        return bool(resolve(key, lang))
    except (KeyError, ValueError):
        return False


def _pairs(
    folder: Path, articles: Iterable[Article], subjects: Mapping[str, str]
) -> Iterator[Finding]:
    """Both languages must exist and run side by side."""
    by_key = {(article.slug, article.lang): article for article in articles}
    for slug in sorted({*subjects, *(slug for slug, _ in by_key)}):
        danish, english = by_key.get((slug, "da")), by_key.get((slug, "en"))
        for lang, article in (("da", danish), ("en", english)):
            if article is None:
                yield Finding(folder / lang / f"{slug}.md", 1, "missing", "no such article")
            elif article.collection != subjects.get(slug, article.collection):
                yield Finding(article.path, 1, "name", f"belongs to {subjects[slug]}")
        if danish is not None and english is not None:
            for message in _differences(danish, english):
                yield Finding(english.path, 1, "pair", message)


def _differences(danish: Article, english: Article) -> Iterator[str]:
    for key in ("collection", "municipality", "confidence", "related", "actions", "review_by"):
        if getattr(danish, key) != getattr(english, key):
            yield f"{key} differs from the Danish article"
    shapes = [[(s.anchor, s.level, s.classes) for s in a.sections] for a in (danish, english)]
    if shapes[0] != shapes[1]:
        yield "headings differ from the Danish article"
        return
    for one, other in zip(danish.sections, english.sections, strict=True):
        if [b.kind for b in one.blocks] != [b.kind for b in other.blocks]:
            yield f"{one.anchor}: {len(other.blocks)} blocks, {len(one.blocks)} in Danish"
        elif [b.citations for b in one.blocks] != [b.citations for b in other.blocks]:
            yield f"{one.anchor}: cites something else than the Danish text"
