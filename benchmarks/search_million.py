"""One million passages: building and searching the index, and what embedding them would take.

python -m benchmarks.search_million [--count 1000000]: vectors are generated in clusters, as texts on shared
subjects are; the embedding speed is measured on a sample of real passages and scaled.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np

from knowledge.models.shipped import prepare_model
from knowledge.search.build import gather
from knowledge.search.embedder import load_embedder
from knowledge.search.vectors import (
    ADD_BATCH,
    choose_kind,
    load,
    nearest,
    new_index,
    save,
)

DIMENSION, CENTRES = 384, 20_000
QUERIES, WANTED = 200, 10


def batch(centres: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Make vectors around the centres, at about the spread of passages on one subject."""
    noise = random.normal(size=(count, DIMENSION)).astype(np.float32) * (0.6 / DIMENSION**0.5)
    rows = centres[random.integers(0, len(centres), count)] + noise
    return np.ascontiguousarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--var", type=Path, default=Path("var"))
    chosen = parser.parse_args()
    random = np.random.default_rng(5)
    centres = random.normal(size=(CENTRES, DIMENSION)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    queries = batch(centres, QUERIES, random)
    kind = choose_kind(chosen.count)
    faiss.omp_set_num_threads(chosen.threads)
    start = time.perf_counter()
    index = new_index(kind, DIMENSION, batch(centres, min(chosen.count, 120_000), random))
    print(f"{kind.value}: trained in {time.perf_counter() - start:.0f} s", flush=True)
    exact = faiss.IndexFlatIP(DIMENSION)
    best: list[tuple[np.ndarray, np.ndarray]] = []
    adding = 0.0
    for at in range(0, chosen.count, ADD_BATCH):
        rows = batch(centres, min(ADD_BATCH, chosen.count - at), random)
        start = time.perf_counter()
        index.add(rows)
        adding += time.perf_counter() - start
        exact.reset()
        exact.add(rows)
        scores, found = exact.search(queries, WANTED)
        best.append((scores, found + at))
        if (at // ADD_BATCH) % 10 == 9:
            print(f"{at + len(rows):>10} added, {adding:.0f} s", flush=True)
    scores = np.hstack([one for one, _ in best])
    true = np.take_along_axis(
        np.hstack([one for _, one in best]), np.argsort(-scores, axis=1)[:, :WANTED], axis=1
    )
    taken, hits = [], 0
    for query, right in zip(queries, true, strict=True):
        start = time.perf_counter()
        _, rows = nearest(index, query, WANTED)
        taken.append(1000 * (time.perf_counter() - start))
        hits += len(set(rows.tolist()) & set(right.tolist()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        save(index, path)
        size = path.stat().st_size / 1024**3
        start = time.perf_counter()
        load(path)
        loading = time.perf_counter() - start
    print(
        f"search p50 {statistics.median(taken):.2f} ms, p95 {statistics.quantiles(taken, n=20)[-1]:.2f} ms"
    )
    print(f"recall of the true {WANTED}: {hits / (QUERIES * WANTED):.3f}")
    print(f"file {size:.2f} GiB, loaded in {loading:.1f} s, peak memory {peak_gib():.1f} GiB")
    embedder = load_embedder(prepare_model(chosen.var / "models"))
    texts = [passage.text for passage in gather().passages[:256]]
    start = time.perf_counter()
    embedder.encode(texts, "passage")
    each = (time.perf_counter() - start) / len(texts)
    print(
        f"embedding: {1 / each:.0f} passages/s on one thread; {chosen.count}: {each * chosen.count / 3600:.1f} h"
    )


if __name__ == "__main__":
    main()
