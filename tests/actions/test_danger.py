"""Meeting danger: the number first, never only one way, never a failure."""

from __future__ import annotations

import pytest
from rasa_sdk.events import EventType

from actions.danger import HELP, MeetDanger, danger_actions
from knowledge.organisation import load_organisation
from tests.actions.fakes import FakeOrganisation, fake_ports
from tests.actions.turn import run


@pytest.mark.parametrize("kind", HELP)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_kind_names_the_alarm_and_more_than_one_helper(kind: str, language: str) -> None:
    turn = run(MeetDanger(fake_ports(), kind), "hjælp", slots={"language": language})

    assert turn.responses == [f"utter_{kind}"]
    assert turn.said[0]["alarm"] == "112"
    assert len(turn.said[0]["contacts"].splitlines()) >= 2
    assert language in turn.said[0]["contacts"]


def test_nothing_about_the_danger_is_remembered() -> None:
    events: list[EventType] = run(MeetDanger(fake_ports(), "acute_suicide"), "jeg vil dø").events

    assert events == []


def test_a_missing_helper_is_left_out_and_the_rest_is_still_said() -> None:
    ports = fake_ports(organisation=FakeOrganisation(missing=frozenset({"livslinien"})))

    turn = run(MeetDanger(ports, "acute_suicide"))

    assert turn.said[0]["alarm"] == "112"
    assert "livslinien" not in turn.said[0]["contacts"]
    assert "akuttelefon" in turn.said[0]["contacts"]


@pytest.mark.parametrize("municipality", ["koebenhavn", "gentofte"])
def test_the_real_organisation_knows_every_helper(municipality: str) -> None:
    organisation = load_organisation(municipality)

    for contact in {contact for contacts in HELP.values() for contact in contacts}:
        assert organisation.placeholder(f"{contact}.name", "da")
        assert organisation.reach(contact, "en")
    assert "112" in organisation.placeholder("alarm.phone", "da")


def test_there_is_one_action_for_each_kind() -> None:
    names = [action.name for action in danger_actions(fake_ports())]

    assert names == [f"action_{kind}" for kind in HELP]
