"""Treatment that went wrong is tried by the agency for patients; rudeness beside it is a part of its own."""

from __future__ import annotations

import pytest

from actions.signs import Sign, shows
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking


@pytest.mark.parametrize(
    "text",
    [
        "Sygeplejersken gav mig den forkerte medicin",
        "hun gav ham dobbelt dosis",
        "mit sår er ikke blevet renset i en uge",
        "the nurse gave her the wrong pills",
    ],
)
def test_an_error_in_treatment_is_noticed(text: str) -> None:
    assert shows(text, Sign.treated_wrongly)


@pytest.mark.parametrize(
    "text", ["hjemmesygeplejen kommer for sent", "sygeplejersken var sur", "the nurse was rude"]
)
def test_delay_and_tone_are_no_treatment(text: str) -> None:
    assert not shows(text, Sign.treated_wrongly)


def test_a_bare_day_is_when_the_treatment_happened() -> None:
    talking = Talking(fake_ports())
    talking.say("Hjemmesygeplejersken gav mig forkert medicin")
    assert talking.facts["concerns"] == ["decision"]
    assert talking.facts["has_statutory_appeal"] is True
    assert "selve behandlingen" in str(talking.turn.said[-1])

    talking.say("den 10. november", "inform")
    assert talking.facts["event_date"] == "2026-11-10"
    assert "is_decision" not in talking.facts


def test_rudeness_beside_it_stays_a_part_of_its_own() -> None:
    talking = Talking(fake_ports())
    talking.say("Hjemmesygeplejersken gav mig forkert medicin, og hun var uforskammet")
    assert talking.facts["concerns"] == ["decision", "conduct"]


def test_medicine_that_was_forgotten_is_the_municipalitys_matter_too() -> None:
    talking = Talking(fake_ports())
    talking.say("Hjemmesygeplejersken glemmer min medicin")
    assert talking.facts["concerns"] == ["decision", "practical"]
