"""Search over ingested documents, from a handful to a million passages."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.articles import GENERAL, Audience
from knowledge.search import vectors
from knowledge.search.document_store import DocumentStore
from knowledge.search.embedder import Embedder, Vectors
from knowledge.search.model import Passage
from knowledge.search.rank import LEXICAL_SHARE

CANDIDATES = 60
EMBED_BATCH = 256
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage of a document with its cosine and fused score."""

    passage: Passage
    cosine: float
    score: float


class DocumentIndex:
    """The vectors of a store in FAISS; opened fresh after each change."""

    def __init__(self, store: DocumentStore, index: Any, ids: np.ndarray[Any, Any]) -> None:
        self._store, self._index, self._ids = store, index, ids

    def __len__(self) -> int:
        return len(self._ids)

    def document(
        self, document_id: str, *, audience: Audience | None, municipality: str | None
    ) -> tuple[Passage, ...]:
        """Return the passages of one document that these readers may see, in their order."""
        found = self._store.pages_of(document_id)
        return tuple(p for p in found if _readable(p, audience, municipality))

    def search(
        self,
        vector: Vectors,
        query: str,
        *,
        audience: Audience | None,
        municipality: str | None,
        limit: int = 5,
    ) -> list[Hit]:
        """Return the best passages, one for each document, best first."""
        cosines, rows = vectors.nearest(self._index, vector, CANDIDATES)
        dense = {int(self._ids[row]): float(c) for row, c in zip(rows, cosines, strict=True)}
        lexical = self._store.matching(query, CANDIDATES)
        top = max(lexical.values(), default=0.0) or 1.0
        # A passage found by its words alone gets the lowest cosine found: no better is known.
        lowest = min(dense.values(), default=0.0)
        found = self._store.passages(sorted({*dense, *lexical}))
        hits = [
            Hit(
                passage,
                dense.get(n, lowest),
                dense.get(n, lowest) + float(LEXICAL_SHARE) * lexical.get(n, 0.0) / top,
            )
            for n, passage in found.items()
            if _readable(passage, audience, municipality)
        ]
        best: dict[str, Hit] = {}
        texts: set[str] = set()
        for hit in sorted(hits, key=lambda hit: (-hit.score, hit.passage.key)):
            if hit.passage.article not in best and hit.passage.text not in texts:
                best[hit.passage.article] = hit
                texts.add(hit.passage.text)
        return list(best.values())[:limit]


def embed_waiting(store: DocumentStore, embedder: Embedder, progress: Step | None = None) -> int:
    """Give every waiting passage its vector, batch by batch: a stopped run goes on where it stopped."""
    store.use_model(embedder.fingerprint)
    whole, waiting = store.counts()
    done = whole - waiting
    while rows := store.waiting(EMBED_BATCH):
        store.set_vectors([n for n, _ in rows], embedder.encode([t for _, t in rows], "passage"))
        done += len(rows)
        if progress:
            progress("embedding", done, whole)
    return waiting


def open_documents(
    store: DocumentStore, dimension: int, progress: Step | None = None
) -> DocumentIndex:
    """Read the index of a store, building it first where the store has changed."""
    folder = store.path.parent
    faiss_file, ids_file = folder / "documents.faiss", folder / "documents.ids.npy"
    manifest_file = folder / "documents.json"
    expected = {"state": store.state(), "dimension": dimension}
    if manifest_file.is_file() and json.loads(manifest_file.read_text()) == expected:
        return DocumentIndex(store, vectors.load(faiss_file), np.load(ids_file))
    manifest_file.unlink(missing_ok=True)  # from here on the files on disk do not belong together
    index, ids = _build(store, dimension, progress)
    for path, write in (
        (faiss_file, lambda p: vectors.save(index, p)),
        (ids_file, lambda p: _save_ids(ids, p)),
        (manifest_file, lambda p: p.write_text(json.dumps(expected))),
    ):
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        write(fresh)
        fresh.replace(path)
    return DocumentIndex(store, index, ids)


def _build(
    store: DocumentStore, dimension: int, progress: Step | None
) -> tuple[Any, np.ndarray[Any, Any]]:
    whole, waiting = store.counts()
    kind = vectors.choose_kind(whole - waiting)
    index = vectors.new_index(kind, dimension, _sample(store, dimension, whole - waiting))
    ids: list[int] = []
    for numbers, rows in store.vectors():
        index.add(rows)
        ids.extend(numbers)
        if progress:
            progress("index", len(ids), whole - waiting)
    return index, np.array(ids, dtype=np.int64)


def _sample(store: DocumentStore, dimension: int, count: int, most: int = 120_000) -> Vectors:
    """Gather rows spread evenly over the store, to train a compressed index on."""
    if vectors.choose_kind(count) is not vectors.IndexKind.COMPRESSED:
        return np.zeros((0, dimension), dtype=np.float32)
    every = max(1, count // most)
    return np.ascontiguousarray(np.vstack([rows[::every] for _, rows in store.vectors()]))


def _save_ids(ids: np.ndarray[Any, Any], path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, ids)


def _readable(passage: Passage, audience: Audience | None, municipality: str | None) -> bool:
    if audience == "citizen" and passage.audience != "citizen":
        return False
    return municipality is None or passage.municipality in {GENERAL, municipality}
