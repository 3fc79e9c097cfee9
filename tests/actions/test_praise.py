"""A 'but' in praise is offered as a complaint, and is one only where the citizen says so."""

from __future__ import annotations

import pytest

from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking

PRAISE = "Jeg vil gerne rose hjemmehjælpen, de er så søde"


@pytest.fixture
def talking() -> Talking:
    """A conversation in Danish that began with praise."""
    talking = Talking(fake_ports())
    talking.say(PRAISE, "praise")
    return talking


def test_a_but_after_praise_is_offered_as_a_complaint(talking: Talking) -> None:
    talking.say("men den ene møder altid for sent", "delay_no_answer")
    assert talking.responses == ["utter_praise_but"]

    talking.say("ja", "affirm")
    assert talking.facts["concerns"] == ["practical", "praise"]
    assert talking.facts["wants"] == "complaint"


def test_a_no_leaves_it_at_praise(talking: Talking) -> None:
    talking.say("men den ene møder altid for sent", "inform")
    talking.say("nej", "deny")
    assert talking.facts["concerns"] == ["praise"]
    assert "utter_outcome" in talking.responses


def test_a_friendly_but_is_praise(talking: Talking) -> None:
    talking.say("men hende om fredagen er nu den bedste", "praise")
    assert "utter_praise_but" not in talking.responses
