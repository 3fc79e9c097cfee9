"""The numbers: how often the right subject comes first, and whether silence came at the right time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from knowledge.evaluation.questions import Question

# A system takes a question and gives subjects, best first, and whether it would answer.
System = Callable[[Question], tuple[Sequence[str], bool]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one system did with one question."""

    question: Question
    ranked: tuple[str, ...]
    answered: bool

    @property
    def rank(self) -> int | None:
        """Give the place of the first right subject, counted from 1."""
        places = (n for n, slug in enumerate(self.ranked, 1) if slug in self.question.expect)
        return next(places, None)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures over some outcomes; a share is None where there was nothing to share."""

    count: int
    hit1: float | None
    hit3: float | None
    mrr: float | None
    answers: float | None
    abstains: float | None
    precision: float | None


def run(system: System, questions: Iterable[Question]) -> list[Outcome]:
    """Ask a system every question."""
    outcomes = []
    for question in questions:
        ranked, answered = system(question)
        outcomes.append(Outcome(question, tuple(ranked), answered))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """Sum outcomes up. Precision is that of abstaining: how often silence was right."""
    real = [o for o in outcomes if o.question.answerable]
    other = [o for o in outcomes if not o.question.answerable]
    silent = [o for o in outcomes if not o.answered]
    return Figures(
        len(outcomes),
        _mean([o.rank == 1 for o in real]),
        _mean([o.rank is not None and o.rank <= 3 for o in real]),
        _mean([1 / o.rank if o.rank else 0.0 for o in real]),
        _mean([o.answered for o in real]),
        _mean([not o.answered for o in other]),
        _mean([not o.question.answerable for o in silent]),
    )


def by_style(outcomes: Sequence[Outcome]) -> dict[str, Figures]:
    """Sum outcomes up for each style."""
    styles = sorted({o.question.style for o in outcomes})
    return {s: figures([o for o in outcomes if o.question.style == s]) for s in styles}


def table(title: str, rows: dict[str, Figures]) -> str:
    """Write figures as a text table."""
    head = f"{title:<22}{'n':>5}{'hit@1':>8}{'hit@3':>8}{'MRR':>8}{'answers':>9}{'abstains':>10}{'abst.prec':>11}"
    lines = [head, "-" * len(head)]
    for name, f in rows.items():
        cells = (
            f"{_cell(f.hit1, 8)}{_cell(f.hit3, 8)}{_cell(f.mrr, 8)}{_cell(f.answers, 9)}"
            f"{_cell(f.abstains, 10)}{_cell(f.precision, 11)}"
        )
        lines.append(f"{name:<22}{f.count:>5}{cells}")
    return "\n".join(lines)


def _cell(value: float | None, width: int) -> str:
    return f"{'-' if value is None else f'{value:.3f}':>{width}}"


def _mean(values: Sequence[float | bool]) -> float | None:
    return sum(values) / len(values) if values else None
