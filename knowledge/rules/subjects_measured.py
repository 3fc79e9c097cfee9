"""How well subject areas are found in free text, on questions that were written apart from the areas' own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.rules.subjects import Similarity, SubjectFinder, load_finder

FOLDER = Path(__file__).parents[1] / "evaluation" / "subjects"
Half = Literal["dev", "final"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of the questions; `false_certain` is the one that must stay near nothing."""

    questions: int
    top1: float  # of those about an area: the right one is nearest
    offered: float  # of those about an area: the right one is certain or among those asked about
    certain: float  # of those about one area only: settled without a question
    false_certain: float  # of all: a wrong area, or any where there is none, with certainty


def load_rows(half: Half, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """The questions of one half."""
    text = (folder / f"{half}.yaml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return rows


def measure(
    rows: Sequence[Mapping[str, Any]], finder: SubjectFinder, similarity: Similarity | None = None
) -> Figures:
    """The figures over some questions."""
    top1: list[bool] = []
    offered: list[bool] = []
    certain: list[bool] = []
    false: list[bool] = []
    for row in rows:
        expected = row["expect"]
        match = finder.find(row["text"], similarity)
        false.append(match.area is not None and match.area not in expected)
        if not expected:
            continue
        scores = finder.scores(row["text"], similarity)
        top1.append(max(scores, key=scores.__getitem__) in expected)
        offered.append(bool(set(match.candidates) & set(expected)))
        if not row.get("ambiguous"):
            certain.append(match.area is not None)
    return Figures(len(rows), _share(top1), _share(offered), _share(certain), _share(false))


def report(half: Half, similarity: Similarity | None = None) -> str:
    """The figures of one half, in all and by style, as a table."""
    rows, finder = load_rows(half), load_finder()
    styles = sorted({row["style"] for row in rows})
    lines = [
        f"{'subjects: ' + half:<20}{'n':>5}{'top-1':>8}{'offered':>9}{'certain':>9}{'false':>8}"
    ]
    for name in ("all", *styles):
        chosen = [row for row in rows if name in ("all", row["style"])]
        f = measure(chosen, finder, similarity)
        lines.append(
            f"{name:<20}{f.questions:>5}{f.top1:>8.3f}{f.offered:>9.3f}"
            f"{f.certain:>9.3f}{f.false_certain:>8.3f}"
        )
    return "\n".join(lines)


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
