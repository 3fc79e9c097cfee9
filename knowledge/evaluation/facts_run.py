"""Prints how well facts are read from messages: `python -m knowledge.evaluation.facts_run --half tune [--misses]`.

The misses of the final set are never shown: whoever reads them one by one tunes on them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from knowledge.evaluation.facts_cases import (
    CONCERNS,
    HALVES,
    Case,
    Half,
    load_cases,
    rightly_read,
    wrongly_read,
)  # fmt: skip
from knowledge.reading import Reading, read_facts

Read = Callable[[Case], Reading]


@dataclass
class Tally:
    """How many facts were stated, how many of them were read, how many were only asked about, how many were made up."""

    stated: int = 0
    found: int = 0
    unsure: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        """The share of what was read that the message says."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what must be read that was."""
        return self.found / self.stated if self.stated else 1.0


@dataclass
class Result:
    """All counts of one run."""

    whole: Tally = field(default_factory=Tally)
    by_fact: dict[str, Tally] = field(default_factory=dict)
    by_style: dict[str, Tally] = field(default_factory=dict)
    by_lang: dict[str, Tally] = field(default_factory=dict)
    perfect: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    corrections: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)


def shipped(case: Case) -> Reading:
    """The reading as the product does it."""
    return read_facts(
        case.text, today=date.fromisoformat(case.today), lang=case.lang, asked=case.asked,
        known=case.known,
    )  # fmt: skip


def measure(cases: Iterable[Case], read: Read = shipped) -> Result:
    """Read every message and count."""
    result = Result()
    for case in cases:
        reading = read(case)
        new = {f: v for f, v in reading.facts.items() if f in case.facts or case.known.get(f) != v}
        right, wrong = rightly_read(case, new), wrongly_read(case, new)
        for fact in {*case.facts, *wrong}:
            tallies = (
                result.whole,
                result.by_fact.setdefault(fact, Tally()),
                result.by_style.setdefault(case.style, Tally()),
                result.by_lang.setdefault(case.lang, Tally()),
            )
            for tally in tallies:
                tally.stated += _size(fact, case.facts)
                tally.found += _size(fact, right)
                tally.wrong += _size(fact, wrong)
                tally.unsure += fact in case.facts and fact not in right and fact in reading.unsure
        _count_answer(case, reading, result)
        if (
            wrong
            or len(right) < len(case.facts)
            or _size(CONCERNS, right) < _size(CONCERNS, case.facts)
        ):
            result.misses.append(_miss(case, right, wrong))
        else:
            result.perfect += 1
    return result


def _count_answer(case: Case, reading: Reading, result: Result) -> None:
    if case.answer_may is None or reading.answer != case.answer_may:
        result.answers["right" if reading.answer == case.answer else "wrong"] += 1
    if case.corrected:
        result.corrections["right" if case.corrected <= reading.corrected else "wrong"] += 1


def _size(fact: str, facts: Mapping[str, Any]) -> int:
    if fact not in facts:
        return 0
    return len(facts[fact]) if fact == CONCERNS else 1


def _miss(case: Case, right: Mapping[str, Any], wrong: Mapping[str, Any]) -> str:
    missing = {
        f: v
        for f, v in case.facts.items()
        if right.get(f) is None or (f == CONCERNS and right[f] != v)
    }
    return (
        f"{case.id}: {case.text}\n    not read: {missing or '-'}\n    made up: {dict(wrong) or '-'}"
    )


def report(half: Half, misses: bool = False) -> str:
    """The figures of one set as text."""
    cases = load_cases(half)
    result = measure(cases)
    parts = [
        f"facts, {half} set: {len(cases)} messages, {result.perfect} read without a fault",
        table("all", {"all": result.whole, **dict(sorted(result.by_lang.items()))}),
        table("by fact", dict(sorted(result.by_fact.items()))),
        table("by style", dict(sorted(result.by_style.items()))),
        f"'do not know' and 'skip': {result.answers['wrong']} of {result.answers.total()} wrong;"
        f" corrections noticed: {result.corrections['right']} of {result.corrections.total()}",
    ]
    if misses and half != "final":
        parts.append("\n".join(result.misses))
    return "\n\n".join(parts) + "\n"


def table(title: str, rows: Mapping[str, Tally]) -> str:
    """Counts and shares, a row each."""
    lines = [f"{title:28}stated  found  to confirm  made up  precision  recall"]
    lines += [
        f"{name:28}{t.stated:6}  {t.found:5}  {t.unsure:10}  {t.wrong:7}  {t.precision:9.3f}  {t.recall:6.3f}"
        for name, t in rows.items()
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the set that is asked for; all unless one is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument(
        "--misses", action="store_true", help="list those of the sets that may be looked at"
    )
    given = parser.parse_args(arguments)
    halves: Sequence[Half] = [given.half] if given.half else HALVES
    sys.stdout.write("\n".join(report(half, given.misses) for half in halves))


if __name__ == "__main__":
    main()
