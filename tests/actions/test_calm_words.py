"""Words that sound like danger and are none are taken for what they tell; the same words beside harm still alarm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from actions.danger import HELP, MeetDanger
from tests.actions.fakes import fake_ports
from tests.actions.turn import run

EXAMPLES = Path(__file__).parents[2] / "bot" / "data" / "nlu"


def taught() -> Iterator[tuple[str, str]]:
    """Every call for help that the bot learns from, with its kind."""
    for lang in ("da", "en"):
        rows = yaml.safe_load((EXAMPLES / lang / "danger.yml").read_text("utf-8"))["nlu"]
        for row in rows:
            if row.get("intent") in HELP:
                for line in row["examples"].splitlines():
                    yield row["intent"], line.removeprefix("-").strip()


def test_no_call_for_help_that_is_taught_is_taken_for_calm() -> None:
    actions = {kind: MeetDanger(fake_ports(), kind) for kind in HELP}
    calls = list(taught())
    assert len(calls) > 1000
    assert [text for kind, text in calls if actions[kind].only_sounds_like_it(text)] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("acute_need", "huslejen stiger med to tusind, og udlejeren er ligeglad"),
        ("acute_need", "jeg vil klage, og fristen er i morgen"),
        ("acute_need", "jeg blev smidt ud af svømmehallen"),
        ("acute_need", "genboen har fået lov til at fælde træet"),
        ("acute_child", "min datter er ked af det, og læreren lytter ikke"),
        ("acute_child", "min bror på botilbuddet må ikke få sin telefon"),
        ("acute_suicide", "det har jeg jo sagt"),
        ("acute_suicide", "jeg har jo lige skrevet det"),
    ],
)
def test_calm_words_are_no_alarm(kind: str, text: str) -> None:
    turn = run(MeetDanger(fake_ports(), kind), text, intent=kind)
    assert not any(response.startswith("utter_acute") for response in turn.responses)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("acute_need", "udlejeren har skiftet låsen, og vi har ingen steder at sove"),
        ("acute_need", "jeg kan ikke betale huslejen i morgen og ryger ud"),
        ("acute_need", "jeg er smidt ud af lejligheden"),
        ("acute_child", "læreren slår min datter"),
        ("acute_child", "hjælp"),
        ("acute_suicide", "jeg har jo sagt, at jeg vil dø"),
    ],
)
def test_the_same_words_beside_harm_still_alarm(kind: str, text: str) -> None:
    turn = run(MeetDanger(fake_ports(), kind), text, intent=kind)
    assert turn.responses[0] == f"utter_{kind}"


def test_somebody_old_is_given_no_numbers_for_children() -> None:
    turn = run(
        MeetDanger(fake_ports(), "acute_child"),
        "min mor på plejehjemmet får ikke mad nok",
        intent="acute_child",
    )
    assert turn.responses[0] == "utter_acute_danger"
