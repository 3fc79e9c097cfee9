"""How long a search takes, beside BM25 alone and a plain all-MiniLM in the same run.

python -m benchmarks.search [--rounds 2]: p50 and p95 over the tuning questions, each asked fresh (nothing is cached).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge.evaluation.questions import load_questions
from knowledge.models.base import base_model
from knowledge.models.shipped import prepare_model
from knowledge.organisation import load_organisation
from knowledge.search.build import gather
from knowledge.search.embedder import load_embedder
from knowledge.search.lexical import StemBM25
from knowledge.search.search import KnowledgeBase


def measure(ask: Callable[[str], object], questions: Sequence[str], rounds: int) -> list[float]:
    """Return the milliseconds of each question, after one warm round."""
    for question in questions[:20]:
        ask(question)
    taken = []
    for _ in range(rounds):
        for question in questions:
            start = time.perf_counter()
            ask(question)
            taken.append(1000 * (time.perf_counter() - start))
    return taken


def p95(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--var", type=Path, default=Path("var"))
    chosen = parser.parse_args()
    resolve = load_organisation("koebenhavn").placeholder
    base = KnowledgeBase.open(
        chosen.var / "index", load_embedder(prepare_model(chosen.var / "models")), resolve=resolve
    )
    units = gather(resolve=resolve).units
    bm25 = StemBM25([unit.text for unit in units], [unit.lang for unit in units])
    plain = load_embedder(base_model())
    questions = [question.text for question in load_questions("dev")]
    systems: dict[str, Callable[[str], object]] = {
        "search": base.search,
        "BM25 alone": bm25.scores,
        "all-MiniLM, one query": lambda question: plain.encode([question], "query"),
    }
    figures = {name: measure(ask, questions, chosen.rounds) for name, ask in systems.items()}
    whole = figures["search"]
    for name, taken in figures.items():
        ratio = p95(whole) / p95(taken)
        print(
            f"{name:<24} p50 {statistics.median(taken):7.2f} ms   p95 {p95(taken):7.2f} ms"
            f"   search is {ratio:.2f} times that"
        )


if __name__ == "__main__":
    main()
