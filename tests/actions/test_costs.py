"""Who asks what complaining costs hears the area's own fee, and the articles in general where none is named."""

from __future__ import annotations

import pytest

from actions.signs import Sign, shows
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking


@pytest.fixture
def talking() -> Talking:
    """A conversation in Danish."""
    return Talking(fake_ports())


def test_the_fee_of_a_named_area_is_its_own(talking: Talking) -> None:
    talking.ask("hvad koster en klage til huslejenævnet?")
    assert talking.responses == ["utter_fee", "utter_answer_in_doubt"], (
        "the rent tribunal is not ours"
    )
    assert "gebyr" in talking.turn.said[0]["fee"]
    assert "facts" not in talking.slots


def test_in_a_matter_the_fee_is_that_of_the_matter(talking: Talking) -> None:
    talking.say("Jeg fik afslag på kontanthjælp den 3. november")
    asked = talking.slots["asked"]
    talking.ask("koster det noget?")
    assert talking.responses[0] == "utter_fee"
    assert "gratis" in talking.turn.said[0]["fee"]
    assert talking.slots["asked"] == asked
    assert talking.responses[-1] == "utter_ask_again"


@pytest.mark.parametrize(
    "text",
    ["hvad koster en plads i vuggestuen for to børn?", "Jeg skal betale et gebyr på 500 kr."],
)
def test_other_prices_are_not_those_of_a_complaint(talking: Talking, text: str) -> None:
    talking.ask(text)
    assert "utter_fee" not in talking.responses


@pytest.mark.parametrize(
    ("text", "is_tip"),
    [
        ("min genbo får boligstøtte som enlig, men hendes mand bor der. det er da snyd", True),
        ("I want to report somebody who cheats with benefits", True),
        ("kommunen beskylder mig for socialt bedrageri", False),
        ("min eks har meldt mig for snyd med børnetilskud", False),
        ("Jeg er blevet snydt af kommunen for min kontanthjælp", False),
    ],
)
def test_who_tells_on_somebody_differs_from_who_is_suspected(text: str, is_tip: bool) -> None:
    assert shows(text, Sign.fraud_tip) is is_tip


def test_a_tip_begins_no_matter(talking: Talking) -> None:
    talking.say("jeg vil anmelde min nabo for socialt bedrageri")
    assert talking.responses == ["utter_fraud_tip"]
    assert not talking.facts
