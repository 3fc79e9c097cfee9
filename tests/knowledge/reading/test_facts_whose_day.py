"""Whose day it is: the decision's, or that of what the writer did about it. A day too late costs the appeal."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.reading import read_facts

TODAY = date(2026, 9, 16)


def days(text: str) -> dict[str, str]:
    found = read_facts(text, today=TODAY, lang="da").facts
    return {name: found[name] for name in ("decision_received", "complained_on") if name in found}


@pytest.mark.parametrize(
    "text",
    [
        "jeg ringede den 9. september om mit afslag på sygedagpenge",
        "vi var til møde den 9. september om afgørelsen",
        "den 9. september skrev jeg til lederen om afslaget",
        "jeg fik aktindsigt den 9. september i sagen om afslag på en bolig",
        "I phoned on 9 September about the refusal",
    ],
)
def test_the_day_of_what_the_writer_did_is_not_that_of_the_decision(text: str) -> None:
    assert "decision_received" not in days(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jeg klagede den 9. september over afslaget, som jeg fik den 20. august",
         {"complained_on": "2026-09-09", "decision_received": "2026-08-20"}),
        ("jeg klagede over det afslag jeg modtog den 20. august", {"decision_received": "2026-08-20"}),
        ("jeg ankede den 9. september til ankestyrelsen den afgørelse jeg fik den 20. august",
         {"decision_received": "2026-08-20"}),
        ("I appealed on 9 September the refusal I got on 20 August",
         {"decision_received": "2026-08-20"}),
        # The day that the decision bears is neither the day it came nor the day of the complaint.
        ("jeg klagede over afslaget fra den 20. august", {}),
        ("jeg klagede over afslaget den 9. september", {"complained_on": "2026-09-09"}),
    ],
)  # fmt: skip
def test_each_day_goes_where_it_belongs(text: str, expected: dict[str, str]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "jeg var til møde den 9. september hvor jeg fik afslag på boligstøtte",
        "jeg fik den 9. september et brev om afslag på boligstøtte",
        "de skrev til mig den 9. september om afslag på boligstøtte",
        "den 9. september fik jeg afslag på boligstøtte",
    ],
)
def test_a_decision_that_came_on_a_day_has_it(text: str) -> None:
    assert days(text)["decision_received"] == "2026-09-09"


def test_an_appeal_with_its_day_in_between_lies_with_the_body() -> None:
    facts = read_facts(
        "jeg klagede den 9. september til Ankestyrelsen", today=TODAY, lang="da"
    ).facts
    assert facts["pending_elsewhere"] == "ankestyrelsen"
