"""Ingested documents on disk: passages, their vectors and a word index in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from knowledge.articles import Audience, Lang
from knowledge.search.embedder import Vectors
from knowledge.search.lexical import stems
from knowledge.search.model import Passage, SourceRef
from knowledge.sources import Confidence

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS document (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, name TEXT NOT NULL, lang TEXT NOT NULL,
    audience TEXT NOT NULL, municipality TEXT NOT NULL, confidence TEXT NOT NULL, url TEXT, pages INTEGER);
CREATE TABLE IF NOT EXISTS passage (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    section TEXT NOT NULL, page INTEGER, text TEXT NOT NULL, digest TEXT NOT NULL, vector BLOB,
    UNIQUE (document, digest));
CREATE INDEX IF NOT EXISTS passage_document ON passage (document);
CREATE INDEX IF NOT EXISTS passage_waiting ON passage (id) WHERE vector IS NULL;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (stems);
"""
_SELECT = (
    "SELECT p.id, p.document, p.section, p.page, p.text, d.title, d.lang, d.audience, d.municipality,"
    " d.confidence, d.url FROM passage p JOIN document d ON d.id = p.document"
)


@dataclass(frozen=True, slots=True)
class Document:
    """One ingested document."""

    id: str
    title: str
    name: str
    lang: Lang
    audience: Audience
    municipality: str
    confidence: Confidence
    url: str | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of a document before it has a number."""

    section: str
    page: int | None
    text: str
    digest: str


def safe_url(url: str | None) -> str | None:
    """Return an address that a page may link to; one that runs something or is no address becomes nothing."""
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    return parts.geturl() if parts.scheme in {"http", "https"} and parts.hostname else None


class DocumentStore:
    """Keeps documents; every change is one transaction, so an interrupted run leaves none half done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connect() as db:
            db.executescript(_SCHEMA)

    def documents(self) -> list[Document]:
        """List what has been taken in."""
        with self._connect() as db:
            rows = db.execute(
                "SELECT id, title, name, lang, audience, municipality, confidence, url, pages"
                " FROM document ORDER BY title, id"
            )
            return [Document(*row) for row in rows]

    def add(self, document: Document, pieces: Iterable[Piece]) -> int:
        """Take a document in, each passage of it once; return how many there are.

        The same passage in two documents is kept for both, so that one can be withdrawn; search shows it once.
        """
        added = 0
        with self._connect() as db:
            db.execute(
                "INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (document.id, document.title, document.name, document.lang, document.audience,
                 document.municipality, document.confidence, document.url, document.pages),
            )  # fmt: skip
            for piece in pieces:
                row = db.execute(
                    "INSERT INTO passage (document, section, page, text, digest) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (document, digest) DO NOTHING RETURNING id",
                    (document.id, piece.section, piece.page, piece.text, piece.digest),
                ).fetchone()
                if row is not None:
                    stemmed = " ".join(stems(f"{piece.section} {piece.text}", document.lang))
                    db.execute("INSERT INTO words (rowid, stems) VALUES (?, ?)", (row[0], stemmed))
                    added += 1
        return added

    def withdraw(self, document_id: str) -> bool:
        """Remove a document and everything cut from it; say whether it was there."""
        with self._connect() as db:
            ids = db.execute("SELECT id FROM passage WHERE document = ?", (document_id,)).fetchall()
            db.executemany("DELETE FROM words WHERE rowid = ?", ids)
            return db.execute("DELETE FROM document WHERE id = ?", (document_id,)).rowcount > 0

    def use_model(self, fingerprint: str) -> None:
        """Forget all vectors if they were made by another model."""
        with self._connect() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'model'").fetchone()
            if row is None or row[0] != fingerprint:
                db.execute("UPDATE passage SET vector = NULL WHERE vector IS NOT NULL")
                db.execute("INSERT OR REPLACE INTO meta VALUES ('model', ?)", (fingerprint,))

    def counts(self) -> tuple[int, int]:
        """Return how many passages there are, and how many still wait for a vector."""
        with self._connect() as db:
            whole = db.execute("SELECT COUNT(*) FROM passage").fetchone()[0]
            waiting = db.execute("SELECT COUNT(*) FROM passage WHERE vector IS NULL").fetchone()[0]
            return int(whole), int(waiting)

    def waiting(self, limit: int) -> list[tuple[int, str]]:
        """Return passages that still wait for a vector, with the text to embed."""
        with self._connect() as db:
            return db.execute(
                "SELECT p.id, d.title || '. ' || p.section || '. ' || p.text FROM passage p"
                " JOIN document d ON d.id = p.document WHERE p.vector IS NULL ORDER BY p.id LIMIT ?",
                (limit,),
            ).fetchall()

    def set_vectors(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Keep a batch of vectors, at half the size: more precision changes no ranking."""
        rows = [(row.astype(np.float16).tobytes(), n) for n, row in zip(ids, vectors, strict=True)]
        with self._connect() as db:
            db.executemany("UPDATE passage SET vector = ? WHERE id = ?", rows)

    def vectors(self, batch: int = 20_000) -> Iterator[tuple[list[int], Vectors]]:
        """Walk all vectors with their passage ids."""
        last = 0
        while True:
            with self._connect() as db:
                rows = db.execute(
                    "SELECT id, vector FROM passage WHERE id > ? AND vector IS NOT NULL"
                    " ORDER BY id LIMIT ?",
                    (last, batch),
                ).fetchall()
            if not rows:
                return
            data = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16)
            yield [row[0] for row in rows], data.reshape(len(rows), -1).astype(np.float32)
            last = rows[-1][0]

    def state(self) -> str:
        """Return a mark that changes whenever the searchable passages change."""
        with self._connect() as db:
            row = db.execute(
                "SELECT COUNT(vector), COALESCE(MAX(id), 0), COALESCE(SUM(id), 0) FROM passage"
            ).fetchone()
            model = db.execute("SELECT value FROM meta WHERE key = 'model'").fetchone()
            return "-".join(str(value) for value in (*row, model[0] if model else ""))

    def passages(self, ids: Sequence[int]) -> Mapping[int, Passage]:
        """Fetch passages by id."""
        marks = ",".join("?" * len(ids))
        with self._connect() as db:
            rows = db.execute(f"{_SELECT} WHERE p.id IN ({marks})", tuple(ids)).fetchall()
        return {row[0]: _passage(row) for row in rows}

    def pages_of(self, document_id: str) -> tuple[Passage, ...]:
        """Return all passages of one document in their order; none for an unknown one."""
        with self._connect() as db:
            rows = db.execute(f"{_SELECT} WHERE p.document = ? ORDER BY p.id", (document_id,))
            return tuple(_passage(row) for row in rows)

    def matching(self, query: str, limit: int) -> dict[int, float]:
        """Return passages that share words with the query, with their BM25 scores (higher is better)."""
        asked = {stem for lang in ("da", "en") for stem in stems(query, lang)}
        if not asked:
            return {}
        terms = " OR ".join(f'"{stem}"' for stem in sorted(asked))
        with self._connect() as db:
            rows = db.execute(
                "SELECT rowid, -bm25(words) FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?",
                (terms, limit),
            ).fetchall()
        return {int(row[0]): float(row[1]) for row in rows}

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=30)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA journal_mode = WAL")
            with db:
                yield db


def _passage(row: tuple[Any, ...]) -> Passage:
    number, document, section, page, text, title, lang, audience, place, confidence, url = row
    where = f"s. {page}" if page else ""
    ref = SourceRef(document, title, where, safe_url(url), confidence)
    return Passage(
        key=f"{document}/{number}",
        article=document,
        lang=lang,
        title=title,
        section=section,
        anchor=f"p{number}",
        audience=audience,
        municipality=place,
        text=text,
        sources=(ref,),
        confidence=confidence,
        page=page,
    )
