"""How long a search takes over HTTP, beside BM25 alone and a plain all-MiniLM in the same run.

python -m benchmarks.search [--rounds 2]: p50 and p95 over the tuning questions. The application runs as
`stafet serve` does; every question is asked anew, and nothing keeps answers.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.processes import BenchmarkError, free_port, started, wait_for
from knowledge.evaluation.questions import Question, load_questions
from knowledge.models.base import base_model
from knowledge.models.shipped import prepare_model
from knowledge.organisation import load_organisation
from knowledge.search.build import gather
from knowledge.search.embedder import load_by_library, load_embedder
from knowledge.search.lexical import StemBM25
from knowledge.search.search import KnowledgeBase
from setup.paths import APP_ENV, ROOT, python_of

WARM = 40
START_SECONDS = 240.0
Ask = Callable[[Question], object]


@contextlib.contextmanager
def served(var: Path) -> Iterator[Ask]:
    """The running application with a database of its own; gives what asks it a question."""
    port = free_port()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in ("index", "models"):
            (folder / name).symlink_to((var / name).resolve())
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("STAFET_")},
            "STAFET_VAR": str(folder),
            "STAFET_PORT": str(port),
            "STAFET_RATE_LIMITS": "false",
        }
        command: list[str | Path] = [python_of(APP_ENV), "-m", "api.cli", "serve"]
        log = folder / "application.log"
        with started(command, log=log, env=env, cwd=ROOT) as process:
            wait_for(lambda: is_up(port), process, log, START_SECONDS)
            connection = HTTPConnection("127.0.0.1", port)

            def ask(question: Question) -> object:
                body = json.dumps({"q": question.text, "lang": question.lang})
                headers = {"Content-Type": "application/json"}
                path = "/api/v1/knowledge/search"
                try:
                    connection.request("POST", path, body, headers)
                    answer = connection.getresponse()
                except ConnectionError:
                    # While the others took their turn the server closed a connection that said nothing.
                    connection.close()
                    connection.request("POST", path, body, headers)
                    answer = connection.getresponse()
                read = answer.read()
                if answer.status != 200:
                    raise BenchmarkError(f"{answer.status}: {read[:200]!r}")
                return read

            yield ask
            connection.close()


def is_up(port: int) -> bool:
    """Whether the application answers at all; without Rasa it is alive, not ready."""
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def measure(systems: dict[str, Ask], questions: Sequence[Question], rounds: int) -> dict[str, list[float]]:  # fmt: skip
    """Return the milliseconds of each question; the systems take turns, so that noise meets all alike."""
    taken: dict[str, list[float]] = {name: [] for name in systems}
    for ask in systems.values():
        for question in questions[:WARM]:
            ask(question)
    for _ in range(rounds):
        for name, ask in systems.items():
            for question in questions:
                start = time.perf_counter()
                ask(question)
                taken[name].append(1000 * (time.perf_counter() - start))
    return taken


def p95(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--var", type=Path, default=Path("var"))
    chosen = parser.parse_args()
    resolve = load_organisation("koebenhavn").placeholder
    embedder = load_embedder(prepare_model(chosen.var / "models"))
    base = KnowledgeBase.open(chosen.var / "index", embedder, resolve=resolve)
    units = gather(resolve=resolve).units
    bm25 = StemBM25([unit.text for unit in units], [unit.lang for unit in units])
    plain = load_by_library(base_model())
    with served(chosen.var) as over_http:
        systems: dict[str, Ask] = {
            "search over HTTP": over_http,
            "search, no HTTP": lambda q: base.search(q.text, lang=q.lang),
            "BM25 alone": lambda q: bm25.scores(q.text),
            # As the library does it; the short way is for ours alone.
            "all-MiniLM, one query": lambda q: plain.encode([q.text], "query"),
        }
        figures = measure(systems, load_questions("dev"), chosen.rounds)
    whole = p95(figures["search over HTTP"])
    for name, taken in figures.items():
        sys.stdout.write(
            f"{name:<24} p50 {statistics.median(taken):7.2f} ms   p95 {p95(taken):7.2f} ms"
            f"   over HTTP is {whole / p95(taken):.2f} times that at p95\n"
        )


if __name__ == "__main__":
    main()
