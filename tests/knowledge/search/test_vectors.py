from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.search.vectors import (
    EXACT_UP_TO,
    GRAPH_UP_TO,
    IndexKind,
    build_vectors,
    choose_kind,
    load,
    nearest,
    save,
)


def clustered(count: int, dimension: int = 16, seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(40, dimension))
    rows = centres[random.integers(0, 40, count)] + 0.4 * random.normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_the_kind_follows_the_size() -> None:
    assert choose_kind(EXACT_UP_TO) is IndexKind.EXACT
    assert choose_kind(EXACT_UP_TO + 1) is IndexKind.GRAPH
    assert choose_kind(GRAPH_UP_TO + 1) is IndexKind.COMPRESSED


@pytest.mark.parametrize("kind", list(IndexKind))
def test_every_kind_finds_the_vector_itself(kind: IndexKind, tmp_path: Path) -> None:
    vectors = clustered(1200)
    index = build_vectors(vectors, kind)
    save(index, tmp_path / "v")
    again = load(tmp_path / "v")
    found = [int(nearest(again, vectors[n], 10)[1][0]) == n for n in range(0, 1200, 30)]
    assert np.mean(found) >= 0.95


def test_an_empty_index_finds_nothing() -> None:
    scores, rows = nearest(build_vectors(np.zeros((0, 8), np.float32)), np.ones(8, np.float32), 5)
    assert len(scores) == len(rows) == 0
