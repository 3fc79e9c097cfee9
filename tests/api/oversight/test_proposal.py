"""What the machine proposes, and that it speaks the same language as the complaints and the register."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from api.complaints.schema import raw_schema
from api.oversight.proposal import (
    days_between,
    load_proposals,
    of_complaint,
    of_conversation,
    place_of,
)
from api.oversight.vocabulary import load_vocabulary
from api.staff.register_acts import OUTCOMES
from knowledge.guidance import load_profile
from knowledge.rules.facts import NAMES

DAY = dt.date(2026, 11, 20)
PROFILE = load_profile("koebenhavn")


def complaint(**different: Any) -> Any:
    record = {
        "complaint": {"categories": ["process"], "themes": ["begrundelse"]},
        "target": {"area": "bif_kontanthjaelp"},
    }
    given: dict[str, Any] = {
        "is_notice": False, "route": "forvaltning_first", "forvaltning": "bif", "unit": None,
        "channel": "web", "language": "da", "received": DAY, "answered": None, "outcome": None,
        "profile": PROFILE,
    }  # fmt: skip
    record |= different.pop("record", {})
    return of_complaint(record, **given | different)


def test_the_words_are_those_of_complaints_and_of_the_register() -> None:
    words, kinds = load_vocabulary(), raw_schema("complaint")["$defs"]
    assert set(words.ids("themes")) == set(kinds["theme"]["enum"])
    assert set(kinds["category"]["enum"]) <= set(words.ids("kinds"))
    assert words.ids("outcomes") == OUTCOMES
    assert set(words.main_of.values()) == set(words.ids("mains"))
    assert {row["theme"] for row in load_proposals()} <= set(words.ids("themes"))
    assert {row["fact"] for row in load_proposals()} <= set(NAMES)


def test_the_figures_of_2016_add_up() -> None:
    year = load_vocabulary().year_2016
    assert sum(year["forvaltninger"].values()) == year["total"] == 932
    assert set(year["forvaltninger"]) == set(PROFILE.organisation.forvaltninger)


@pytest.mark.parametrize(
    ("received", "answered", "days"),
    [
        (dt.date(2026, 11, 20), dt.date(2026, 11, 20), 0),
        (dt.date(2026, 11, 20), dt.date(2026, 11, 23), 1),
        # Two weeks in which nothing is closed.
        (dt.date(2026, 11, 6), dt.date(2026, 11, 20), 10),
        # Over Easter: Maundy Thursday, Good Friday and Easter Monday do not count.
        (dt.date(2027, 3, 24), dt.date(2027, 3, 30), 1),
    ],
)
def test_days_to_an_answer_are_working_days(
    received: dt.date, answered: dt.date, days: int
) -> None:
    assert days_between(received, answered, PROFILE.days) == days


def test_a_unit_is_one_unit_in_both_languages() -> None:
    danish = place_of("bif_kontanthjaelp", PROFILE).unit
    english = PROFILE.book.areas["bif_kontanthjaelp"].unit.of("en").split(". ")[0]
    assert danish != english
    assert complaint(unit=english, language="en").unit == danish
    assert complaint(unit="Jobcenter Lindevangs Allé").unit == "Jobcenter Lindevangs Allé"
    # Another forvaltning has it now, and the unit of the area is not theirs.
    assert complaint(forvaltning="sof").unit == ""


def test_praise_is_no_complaint() -> None:
    praise = {"complaint": {"categories": ["praise"]}}
    assert complaint(record=praise, route="feedback").inquiry == "oevrig"
    facts = {"wants": "feedback"}
    talk = of_conversation(facts, channel="chat", language="da", received=DAY, profile=PROFILE)
    assert talk.inquiry == "oevrig"


def test_a_notice_is_read_where_it_keeps_its_matter() -> None:
    matter = {"matter": {"categories": ["decision"], "area": "bif_kontanthjaelp"}}
    entry = complaint(record=matter, is_notice=True)
    assert (list(entry.kinds), entry.area) == (["decision"], "bif_kontanthjaelp")
    assert list(entry.themes) == ["afgoerelse-og-vilkaar"]


def test_what_cannot_be_is_left_out() -> None:
    facts = {"concerns": "process", "subject": 7, "forvaltning_replied": False}
    entry = of_conversation(facts, channel="chat", language="en", received=DAY, profile=PROFILE)
    assert list(entry.kinds) == []
    assert list(entry.themes) == ["sagsbehandlingstid-og-manglende-svar"]
    assert entry.forvaltning == ""


def test_a_report_of_wrongdoing_names_no_place() -> None:
    record = {"complaint": {"categories": ["wrongdoing", "conduct"]}}
    entry = complaint(record=record, outcome="medhold", answered=DAY)
    assert (entry.forvaltning, entry.unit, entry.area, entry.outcome) == ("", "", "", "")
    assert entry.received_on == DAY.replace(day=1)
