"""Meeting a wish to complain."""

from __future__ import annotations

import pytest

from actions.complaint import MeetComplaint
from tests.actions.fakes import FakeKnowledge, fake_ports
from tests.actions.turn import run


@pytest.mark.parametrize("text", ["/complain", "jeg vil klage", "i want to complain", ""])
def test_who_names_no_matter_is_asked_for_it(text: str) -> None:
    knowledge = FakeKnowledge()

    turn = run(MeetComplaint(fake_ports(knowledge)), text)

    assert turn.responses == ["utter_complain_about_what"]
    assert knowledge.asked == []


def test_who_names_a_matter_is_answered_and_not_asked_again() -> None:
    turn = run(MeetComplaint(fake_ports()), "jeg vil klage over at jeg intet svar får")

    assert turn.responses == ["utter_answer"]
