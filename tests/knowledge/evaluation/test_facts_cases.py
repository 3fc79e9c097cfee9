"""The messages that reading is measured on: sound, and judged as they should be."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.evaluation.facts_cases import (
    CONCERNS,
    HALVES,
    Case,
    Half,
    load_cases,
    rightly_read,
    wrongly_read,
)  # fmt: skip
from knowledge.evaluation.facts_run import measure
from knowledge.rules.facts import CONCERNS as ALL_CONCERNS
from knowledge.rules.facts import DATES, ENUMS, PAST_DATES, YES_NO

# The sets that hold every style; the other is of stories.
STYLED: tuple[Half, ...] = ("tune", "dev", "final")
FACTS = {*ENUMS, *DATES, *YES_NO, CONCERNS} - {"today"}


@pytest.mark.parametrize("half", HALVES)
def test_every_case_names_real_facts_and_values(half: Half) -> None:
    for case in load_cases(half):
        for stated in (case.facts, case.may, case.known):
            for fact, value in stated.items():
                assert fact in FACTS, case.id
                assert value == "any" or is_possible(fact, value, case.today), (case.id, fact)
        assert {e if isinstance(e, str) else next(iter(e)) for e in case.never} <= FACTS, case.id
        assert case.asked is None or case.asked in FACTS, case.id
        assert case.answer in (None, "dont_know", "skip"), case.id


@pytest.mark.parametrize("half", HALVES)
def test_no_case_both_demands_and_forbids(half: Half) -> None:
    for case in load_cases(half):
        stated = {f: v for f, v in case.facts.items() if not isinstance(v, dict)}
        assert wrongly_read(case, stated) == {}, case.id


def test_the_sets_are_large_and_of_every_style() -> None:
    cases = [case for half in HALVES for case in load_cases(half)]

    assert len(cases) >= 420
    assert len({case.text for case in cases if case.asked is None}) >= 380
    for style in ("negation", "hearsay", "conditional", "question", "several", "answer", "correction",
                  "dont_know", "english", "typo", "other_person"):  # fmt: skip
        for half in STYLED:
            assert sum(case.style == style for case in load_cases(half)) >= 10, (style, half)


@pytest.mark.parametrize(
    ("half", "precision", "recall"),
    [("tune", 0.99, 0.97), ("dev", 0.98, 0.95), ("stories", 0.98, 0.90)],
)
def test_what_may_be_looked_at_is_read_no_worse_than_before(
    half: Half, precision: float, recall: float
) -> None:
    """A floor below what is reached, on the sets that patterns were widened on; strangers fare worse."""
    whole = measure(load_cases(half)).whole

    assert whole.precision >= precision
    assert whole.recall >= recall


def test_what_is_read_is_judged_by_what_is_stated() -> None:
    case = Case(
        id="x-1", today="2026-11-18", lang="da", text="", never=("decision_received",),
        facts={"complained_on": {"from": "2026-03-01", "to": "2026-03-31"}, "concerns": ["conduct", "process"]},
        may={"ongoing": False},
    )  # fmt: skip

    assert rightly_read(case, {"complained_on": "2026-03-07"}) == {"complained_on": "2026-03-07"}
    assert rightly_read(case, {"complained_on": "2026-04-01", "concerns": ["process"]}) == {
        "concerns": ["process"]
    }
    assert wrongly_read(case, {"complained_on": "2026-04-01"}) == {"complained_on": "2026-04-01"}
    assert wrongly_read(case, {"concerns": ["process", "praise"]}) == {"concerns": ["praise"]}
    assert wrongly_read(case, {"decision_received": "2026-11-01"})
    assert wrongly_read(case, {"ongoing": True})
    assert not wrongly_read(
        case, {"ongoing": False, "subject_text": "bil", "complainant": "citizen"}
    )
    assert wrongly_read(case, {"complainant": "representative"})


def is_possible(fact: str, value: Any, today: str) -> bool:
    """Whether a fact can have this value."""
    if isinstance(value, dict) and "any_of" in value:
        return all(is_possible(fact, each, today) for each in value["any_of"])
    if fact in YES_NO:
        return isinstance(value, bool)
    if fact == CONCERNS:
        return set(value) <= set(ALL_CONCERNS)
    if fact in ENUMS:
        return value in ENUMS[fact]
    days = [value["from"], value["to"]] if isinstance(value, dict) else [value]
    latest = today if fact in PAST_DATES else "2027-12-31"
    # A span around a day may reach over today; the reading itself may not.
    return days == sorted(days) and days[0] <= latest
