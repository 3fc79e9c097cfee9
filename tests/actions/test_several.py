"""Two decisions in one conversation are taken apart, each with its own day."""

from __future__ import annotations

import datetime as dt

import pytest

from actions.guidance_engine import Engine
from actions.several import told_apart
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking

TODAY = dt.date(2026, 11, 18)


@pytest.mark.parametrize(
    ("text", "areas", "days"),
    [
        (
            "Jeg fik afslag på friplads den 12. november og afslag på kontanthjælp den 2. november",
            ("bif_kontanthjaelp", "buf_friplads"),
            (2, 12),
        ),
        (
            "Afslag på sygedagpenge den 2. november. Jeg har også fået en parkeringsbøde den 10. november.",
            ("bif_sygedagpenge", "tmf_parkeringsafgift"),
            (2, 10),
        ),
    ],
)
def test_the_older_of_two_decisions_comes_first(
    text: str, areas: tuple[str, str], days: tuple[int, int]
) -> None:
    apart = told_apart(text, Engine(fake_ports()), TODAY)
    assert apart is not None
    assert tuple(decision.area for decision in apart) == areas
    assert tuple(one.day.day if one.day else None for one in apart) == days


@pytest.mark.parametrize(
    "text",
    [
        "Jeg fik afslag på kontanthjælp den 3. november, og brevet kom i e-Boks den 5. november",
        "Jeg fik afslag på kontanthjælp og friplads den 3. november",
        "Hvornår fik jeg afslag på kontanthjælp den 3. november og friplads den 12. november?",
        "Jeg fik afslag på kontanthjælp, og jeg har også klaget over afgørelsen til jobcentret",
        "Afslag på sygedagpenge, og nu kræver de også penge tilbage for sygedagpenge",
        "Jeg søgte friplads den 3. oktober og venter siden den 12. november",
    ],
)
def test_one_decision_stays_one(text: str) -> None:
    assert told_apart(text, Engine(fake_ports()), TODAY) is None


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        (
            "Jeg har fået afslag på boligindskudslån og en parkeringsafgift",
            ("okf_indskud", "tmf_parkeringsafgift"),
        ),
        (
            "jeg fik afslag på friplads den 2/11 og en p-bøde",
            ("buf_friplads", "tmf_parkeringsafgift"),
        ),
        (
            "Fik afslag på friplads, og så har de også sagt nej til mine sygedagpenge den 2. november",
            ("bif_sygedagpenge", "buf_friplads"),
        ),
    ],
)
def test_without_two_days_the_second_must_stand_alone(text: str, areas: tuple[str, str]) -> None:
    apart = told_apart(text, Engine(fake_ports()), TODAY)
    assert apart is not None
    assert tuple(decision.area for decision in apart) == areas


def test_the_second_decision_is_offered_under_the_result_of_the_first() -> None:
    talking = Talking(fake_ports())
    talking.say(
        "Jeg fik afslag på kontanthjælp den 2. november og afslag på friplads den 12. november"
    )
    talking.answer_all({"wants": "complaint", "complained_to_forvaltning": False})
    assert talking.responses[-1] == "utter_other_decision"
    assert talking.facts["subject"] == "bif_kontanthjaelp"

    talking.command('/complain{"do": "other"}')
    assert talking.facts["subject"] == "buf_friplads"
    assert talking.facts["decision_received"] == "2026-11-12"
    assert talking.slots["later"] is None


def test_a_second_decision_waits_until_the_first_is_done() -> None:
    talking = Talking(fake_ports())
    talking.say("Jeg fik afslag på kontanthjælp den 3. november")
    before = talking.facts
    talking.say("jeg fik også afslag på friplads den 12. november")

    assert talking.responses[0] == "utter_second_decision"
    assert talking.facts == before


def test_after_the_result_a_second_decision_begins_a_matter_of_its_own() -> None:
    talking = Talking(fake_ports())
    talking.say("Jeg fik afslag på kontanthjælp den 3. november")
    talking.answer_all({"wants": "complaint", "complained_to_forvaltning": False})
    talking.say("jeg fik også afslag på friplads den 12. november")

    assert talking.facts["subject"] == "buf_friplads"
    assert talking.facts["decision_received"] == "2026-11-12"
    assert talking.facts["wants"] == "complaint"
    assert "complained_to_forvaltning" not in talking.facts


def test_who_puts_the_decision_right_tells_of_no_second_one() -> None:
    talking = Talking(fake_ports())
    talking.say("Jeg fik afslag på kontanthjælp den 3. november")
    talking.say("nej undskyld, det var et afslag på friplads den 12. november", "correct")

    assert "utter_second_decision" not in talking.responses
    assert talking.facts["decision_received"] == "2026-11-12"
    assert talking.facts["subject"] == "buf_friplads"
