"""Takes documents in and out again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.articles import Audience, Lang
from knowledge.ingest.model import Extracted, Fragment, IngestError
from knowledge.ingest.read import read_document
from knowledge.search.document_store import Document, DocumentStore, Piece
from knowledge.search.documents import embed_waiting
from knowledge.search.embedder import Embedder
from knowledge.sources import Confidence
from knowledge.text.folding import fold, words
from knowledge.text.readability import count_words

ENOUGH_WORDS = 60
MOST_WORDS = 140
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Labels:
    """What the person who takes a document in says about it."""

    lang: Lang = "da"
    audience: Audience = "caseworker"
    municipality: str = "general"
    # A document is as sure as its keeper; nobody has checked it against the law.
    confidence: Confidence = "partly"
    title: str | None = None
    url: str | None = None


@dataclass(slots=True)
class Report:
    """What came of it: documents taken in, passages new and known, and the files refused."""

    documents: list[Document] = field(default_factory=list)
    new_passages: int = 0
    known_passages: int = 0
    refused: list[IngestError] = field(default_factory=list)


def ingest(
    paths: Sequence[Path],
    store: DocumentStore,
    embedder: Embedder,
    labels: Labels | None = None,
    progress: Progress | None = None,
) -> Report:
    """Take files in; doing it again changes nothing, and a stopped run goes on where it stopped."""
    report = Report()
    chosen = labels or Labels()
    for count, path in enumerate(paths, start=1):
        try:
            _take_in(path, store, chosen, report)
        except IngestError as error:
            report.refused.append(error)
        if progress:
            progress("reading", count, len(paths))
    embed_waiting(store, embedder, progress)
    return report


def cut(extracted: Extracted) -> Iterator[Piece]:
    """Cut a document at its headings into passages with their page numbers."""
    section, gathered = "", list[Fragment]()
    for fragment in extracted.fragments:
        size = sum(count_words(f.text) for f in gathered)
        full = size >= ENOUGH_WORDS or size + count_words(fragment.text) > MOST_WORDS
        if gathered and (fragment.kind in {"heading", "box"} or full):
            yield _piece(section, gathered)
            gathered = []
        if fragment.kind == "heading":
            section = fragment.text
        elif fragment.kind == "box":
            yield _piece(section, [fragment])
        else:
            gathered.append(fragment)
    if gathered:
        yield _piece(section, gathered)


def _take_in(path: Path, store: DocumentStore, labels: Labels, report: Report) -> None:
    extracted = read_document(path)
    document = Document(
        id=f"dok-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}",
        title=labels.title or extracted.title,
        name=path.name,
        lang=labels.lang,
        audience=labels.audience,
        municipality=labels.municipality,
        confidence=labels.confidence,
        url=labels.url,
        pages=extracted.pages,
    )
    known = {one.id: one for one in store.documents()}
    pieces = list(cut(extracted))
    added = 0
    if known.get(document.id) != document:
        if document.id in known:
            store.withdraw(document.id)
        added = store.add(document, pieces)
    report.documents.append(document)
    report.new_passages += added
    report.known_passages += len(pieces) - added


def _piece(section: str, fragments: Sequence[Fragment]) -> Piece:
    text = "\n".join(f"- {f.text}" if f.kind == "item" else f.text for f in fragments)
    folded = " ".join(words(fold(text)))
    return Piece(section, fragments[0].page, text, hashlib.sha256(folded.encode()).hexdigest())
