from __future__ import annotations

import pytest

from knowledge.evaluation.measure import Outcome, figures, table
from knowledge.evaluation.questions import Question


def outcome(expect: set[str], ranked: list[str], answered: bool, style: str = "plain") -> Outcome:
    return Outcome(Question("x", "da", style, "?", frozenset(expect)), tuple(ranked), answered)


def test_figures_count_what_they_say() -> None:
    summed = figures(
        [
            outcome({"a"}, ["a", "b"], True),
            outcome({"b"}, ["a", "b"], True),
            outcome({"z"}, ["a", "b"], False),
            outcome(set(), ["a"], False),
            outcome(set(), ["a"], True),
        ]
    )
    assert summed.hit1 == pytest.approx(1 / 3)
    assert summed.hit3 == pytest.approx(2 / 3)
    assert summed.mrr == pytest.approx(0.5)
    assert summed.answers == pytest.approx(2 / 3)
    assert summed.abstains == 0.5
    assert summed.precision == 0.5


def test_nothing_to_share_is_shown_as_such() -> None:
    summed = figures([outcome(set(), [], False)])
    assert summed.hit1 is None
    assert " - " in table("t", {"row": summed}).replace("\n", " ") + " "
