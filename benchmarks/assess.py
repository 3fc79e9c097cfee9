"""How fast one assessment is, and how many questions each route takes.

    python -m benchmarks.assess

Runs the jurist's cases: each once for its time, and each as a conversation that starts from nothing and answers
only what the engine asks for.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from knowledge.guidance import Profile, assess, load_profile
from knowledge.rules.facts import FactError
from knowledge.rules.loader import load_questions
from knowledge.rules.questions import told_by

CASES = Path(__file__).parents[1] / "tests" / "knowledge" / "rules" / "cases"
TODAY = dt.date(2026, 11, 21)
# Answers to what a case leaves out: the ordinary ones.
ORDINARY: Mapping[str, Any] = {
    "acute": False, "municipality": "koebenhavn", "complainant": "citizen", "wants": "complaint",
    "concerns": ["process"], "subject": "sof_bpa", "is_decision": False,
    "has_statutory_appeal": True, "decision_received": "2026-11-05", "pending_elsewhere": "none",
    "politically_decided": False, "decided_by": "council", "directly_affected": True,
    "has_mandate": True, "ongoing": False, "event_date": "2026-10-13",
    "waiting_since": "2026-11-01", "promised_by": "2026-12-01",
    "complained_to_forvaltning": False, "forvaltning_replied": False, "complained_how": "written",
    "complained_on": "2026-11-18",
}  # fmt: skip


def load_cases() -> list[dict[str, Any]]:
    """The facts of every case that København serves."""
    rows = [
        row
        for path in sorted(CASES.glob("*.yaml"))
        for row in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]
    return [row["facts"] for row in rows if "served" not in row and "refused" not in row["expect"]]


def time_each(cases: list[dict[str, Any]], profile: Profile) -> list[float]:
    """Milliseconds for each case, everything included: outcomes, texts, dates, what is missing, the next question."""
    taken = []
    for facts in cases:
        start = time.perf_counter()
        assess(facts, profile, today=TODAY)
        taken.append(1000 * (time.perf_counter() - start))
    return taken


def converse(facts: Mapping[str, Any], profile: Profile) -> tuple[str, int]:
    """The route of the first outcome, and how many questions it took from nothing."""
    told: dict[str, Any] = {"today": facts.get("today", TODAY)}
    questions = 0
    while (assessment := assess(told, profile, today=TODAY)).missing:
        fact = assessment.missing[0]
        told[fact] = facts.get(fact, ORDINARY[fact])
        also = told_by(load_questions()[fact], told[fact])
        # Whoever has another case than the words of an answer say does not choose that answer.
        told = {
            name: value for name, value in also.items() if facts.get(name, value) == value
        } | told
        questions += 1
    return assessment.outcomes[0].route.value, questions


def main() -> None:
    """Prints both."""
    profile, cases = load_profile("koebenhavn"), load_cases()
    assess({}, profile, today=TODAY)  # the table is compiled once, at the start of the service
    taken = time_each(cases, profile)
    print(f"one assessment, {len(cases)} cases: median {statistics.median(taken):.2f} ms, "
          f"p95 {statistics.quantiles(taken, n=20)[-1]:.2f} ms, most {max(taken):.2f} ms")  # fmt: skip
    start = time.perf_counter()
    for _ in range(50):
        assess({}, profile, today=TODAY)
    print(f"with nothing known: {20 * (time.perf_counter() - start):.2f} ms")
    asked: dict[str, list[int]] = defaultdict(list)
    for facts in cases:
        try:
            route, questions = converse(facts, profile)
        except FactError:  # a case of another day than its ordinary answers
            continue
        asked[route].append(questions)
    print(f"\n{'route':<38}{'cases':>6}{'mean':>7}{'most':>6}")
    for route, counts in sorted(asked.items()):
        print(f"{route:<38}{len(counts):>6}{statistics.mean(counts):>7.1f}{max(counts):>6}")


if __name__ == "__main__":
    main()
