"""Every row, leaf, note, deadline and area is reached by a case; and the check says nothing is wrong."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

import knowledge.rules
from knowledge.guidance import load_profile
from knowledge.rules.check import check_rules, explain, municipalities, unreviewed
from knowledge.rules.coverage import Case, cover, reachable
from knowledge.rules.facts import ENUMS, FactError
from tests.knowledge.rules.jurists_form import read_cases

TODAY = dt.date(2026, 11, 21)
FOLDER = Path(knowledge.rules.__file__).parent


def test_the_cases_reach_everything_there_is() -> None:
    cases = [
        Case(case["case"], case.get("served", "koebenhavn"), case["facts"]) for case in read_cases()
    ]
    coverage = cover(cases, municipalities(), TODAY)
    assert coverage.unreached == []
    assert coverage.share == 1.0
    assert len(coverage.reached_by) > 200


def test_what_no_case_reaches_is_reported() -> None:
    coverage = cover([Case("fare", "koebenhavn", {"acute": True})], ["koebenhavn"], TODAY)
    assert coverage.reached_by["row kbh.acute"] == ("fare",)
    assert "row kbh.delay" in coverage.unreached
    assert "area bif_kontanthjaelp" in coverage.unreached


def test_leaves_that_no_area_can_give_are_not_asked_for() -> None:
    assert not any("answer, answer_complaint, appeal" in item for item in reachable("koebenhavn"))


def test_the_rules_have_no_errors() -> None:
    assert [finding for finding in check_rules() if finding.level == "error"] == []


def test_every_reading_is_a_row_a_note_or_a_stated_rule() -> None:
    readings = yaml.safe_load((FOLDER / "readings.yaml").read_text(encoding="utf-8"))
    assert set(readings) == set(range(1, 21))
    book = load_profile("koebenhavn").book
    carried = {row.reading for row in (*book.rules, *book.notes)} - {None}
    # The split, the cautious calendar, the editions and the precedence of facts are how the engine works.
    assert set(readings) - carried == {4, 18, 19, 20}


def test_every_reading_is_proved_by_a_case() -> None:
    proved = {item for case in read_cases() for item in case.get("proves", ())}
    assert {f"reading {number}" for number in range(1, 21)} <= proved
    assert {f"example {number}" for number in range(1, 13)} <= proved


def test_no_row_claims_a_reviewer_that_it_has_not_had() -> None:
    rows = {rule.id for name in municipalities() for rule in load_profile(name).book.rules}
    assert set(unreviewed()) == rows


def test_each_municipality_of_the_contract_but_other_has_rules() -> None:
    assert set(municipalities()) == set(ENUMS["municipality"]) - {"other"}


def test_a_matter_can_be_followed_row_by_row() -> None:
    facts = {"acute": False, "concerns": ["employment"], "municipality": "koebenhavn"}
    told = yaml.safe_load(explain(facts, "koebenhavn", today=TODAY))
    rows = told["rows"]["employment"]
    assert "kbh.acute: ruled out" in rows
    assert "kbh.pending: open" in rows
    assert rows[-1] == "kbh.employment: holds"
    assert told["answer"]["outcomes"][0]["route"] == "outside_personnel"


def test_following_a_matter_refuses_what_cannot_be_a_fact() -> None:
    with pytest.raises(FactError, match="acute"):
        explain({"acute": "ja"}, "koebenhavn", today=TODAY)
