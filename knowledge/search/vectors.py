"""FAISS indexes, chosen by size: exact while that is quick, approximate above."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from knowledge.search.embedder import Progress, Vectors

# Exact search reads every vector: at 50,000 of 384 numbers that is about 5 ms on one core.
EXACT_UP_TO = 50_000
# The graph is quick and exact enough, but takes about 1.9 kB a vector and long to build.
GRAPH_UP_TO = 250_000
ADD_BATCH = 20_000
# FAISS wants this many samples for each centre that it is to find; with fewer the centres are chance.
SAMPLES_A_CENTRE = 39


class IndexKind(StrEnum):
    """How vectors are searched."""

    EXACT = "exact"
    GRAPH = "hnsw"
    COMPRESSED = "ivfpq"


def choose_kind(count: int) -> IndexKind:
    """Pick the simplest index that is quick at this size."""
    if count <= EXACT_UP_TO:
        return IndexKind.EXACT
    return IndexKind.GRAPH if count <= GRAPH_UP_TO else IndexKind.COMPRESSED


def new_index(kind: IndexKind, dimension: int, sample: Vectors) -> Any:
    """Make an empty index for inner products; `sample` trains the compressed kind."""
    if kind is IndexKind.EXACT:
        return faiss.IndexFlatIP(dimension)
    if kind is IndexKind.GRAPH:
        graph = faiss.IndexHNSWFlat(dimension, 32, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction, graph.hnsw.efSearch = 80, 96
        return graph
    lists = int(max(8, min(4096, len(sample) / SAMPLES_A_CENTRE)))
    bits = 8 if len(sample) >= 256 * SAMPLES_A_CENTRE else 4
    # The short codes find candidates; 8-bit copies beside them put these in the right order.
    index: Any = faiss.index_factory(
        dimension,
        f"IVF{lists},PQ{_codes(dimension)}x{bits},Refine(SQ8)",
        faiss.METRIC_INNER_PRODUCT,
    )
    index.train(sample)
    faiss.extract_index_ivf(index.base_index).nprobe = 48
    index.k_factor = 8
    return index


def build_vectors(
    vectors: Vectors,
    kind: IndexKind | None = None,
    progress: Progress | None = None,
    threads: int = 1,
) -> Any:
    """Index all vectors, batch by batch."""
    faiss.omp_set_num_threads(threads)
    chosen = kind or choose_kind(len(vectors))
    index = new_index(chosen, vectors.shape[1], training_sample(vectors))
    for start in range(0, len(vectors), ADD_BATCH):
        index.add(vectors[start : start + ADD_BATCH])
        if progress:
            progress(min(start + ADD_BATCH, len(vectors)), len(vectors))
    return index


def training_sample(vectors: Vectors, most: int = 120_000, seed: int = 7) -> Vectors:
    """Return at most `most` rows, the same ones every time."""
    if len(vectors) <= most:
        return vectors
    rows = np.random.default_rng(seed).choice(len(vectors), most, replace=False)
    return np.ascontiguousarray(vectors[np.sort(rows)])


def nearest(index: Any, vector: Vectors, count: int) -> tuple[Vectors, npt.NDArray[np.int64]]:
    """Return scores and row numbers of the nearest vectors for one query."""
    # One query gains nothing from threads, and waiting for them on a busy machine costs much.
    faiss.omp_set_num_threads(1)
    count = min(count, int(index.ntotal))
    if count == 0:
        return np.zeros(0, np.float32), np.zeros(0, np.int64)
    scores, rows = index.search(vector.reshape(1, -1), count)
    kept = rows[0] >= 0
    return scores[0][kept], rows[0][kept]


def all_rows(index: Any) -> Vectors | None:
    """Return the vectors themselves, if the index keeps them as they are."""
    if not isinstance(index, faiss.IndexFlatIP):
        return None
    return np.ascontiguousarray(index.reconstruct_n(0, index.ntotal), dtype=np.float32)


def save(index: Any, path: Path) -> None:
    """Write an index to a file."""
    faiss.write_index(index, str(path))


def load(path: Path) -> Any:
    """Read an index from a file."""
    return faiss.read_index(str(path))


def _codes(dimension: int) -> int:
    return next(codes for codes in (48, 32, 16, 8, 4, 2, 1) if dimension % codes == 0)
