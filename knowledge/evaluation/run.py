"""Prints how good the search is: `python -m knowledge.evaluation.run --half dev`.

The final half is for the figure that is published; nothing is tuned on it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from knowledge.evaluation.measure import Outcome, System, by_style, figures, run, table
from knowledge.evaluation.questions import Half, Question, load_questions
from knowledge.evaluation.systems import dense_only, shipped, stem_bm25
from knowledge.models.base import base_model
from knowledge.models.shipped import prepare_model
from knowledge.organisation import load_organisation
from knowledge.search.build import gather
from knowledge.search.embedder import load_embedder
from knowledge.search.outside import load_near_misses
from knowledge.search.search import KnowledgeBase


def report(half: Half, var: Path, model: str | None = None, details: bool = False) -> str:
    """Measure the shipped search and its two baselines on one half of the questions."""
    resolve = load_organisation("koebenhavn").placeholder
    embedder = load_embedder(model or prepare_model(var / "models"))
    base = KnowledgeBase.open(var / "index", embedder, resolve=resolve)
    material = gather(resolve=resolve)
    questions = load_questions(half)
    started = time.perf_counter()
    outcomes = run(shipped(base), questions)
    milliseconds = 1000 * (time.perf_counter() - started) / len(questions)
    beside: dict[str, System] = {
        "BM25 alone": stem_bm25(material),
        "shipped model alone": dense_only(material, embedder),
        "all-MiniLM alone": dense_only(material, load_embedder(base_model())),
    }
    rows = {"shipped search": figures(outcomes)}
    rows |= {name: figures(run(system, questions)) for name, system in beside.items()}
    parts = [
        table(f"{half} half", by_style(outcomes)),
        table("all questions", rows),
        _by_kind(outcomes),
        table("other near misses", {"near": figures(run(shipped(base), load_near_misses()))}),
        f"{milliseconds:.1f} ms a question",
    ]
    if details and half == "dev":
        parts.append(_details(outcomes))
    return "\n\n".join(parts) + "\n"


def _by_kind(outcomes: list[Outcome]) -> str:
    kinds = sorted({o.question.kind for o in outcomes if o.question.kind})
    return table(
        "without an answer",
        {kind: figures([o for o in outcomes if o.question.kind == kind]) for kind in kinds},
    )


def _details(outcomes: list[Outcome]) -> str:
    """List what went wrong; only ever for the half that tuning may look at."""
    wrong = [o for o in outcomes if o.question.answerable and o.rank != 1]
    unsure = [o for o in outcomes if o.answered != o.question.answerable]
    return "\n".join(
        [f"{o.question.id}: {_short(o.question)} -> {', '.join(o.ranked[:3])}" for o in wrong]
        + [f"{o.question.id}: answered={o.answered}: {_short(o.question)}" for o in unsure]
    )


def _short(question: Question) -> str:
    return question.text[:90]


def main() -> None:
    """Read the command line and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["dev", "final"], default="dev")
    parser.add_argument("--var", type=Path, default=Path("var"))
    parser.add_argument("--model", help="another sentence-transformers model, by name or folder")
    parser.add_argument("--details", action="store_true", help="list what went wrong (dev only)")
    chosen = parser.parse_args()
    sys.stdout.write(report(chosen.half, chosen.var, chosen.model, chosen.details))


if __name__ == "__main__":
    main()
