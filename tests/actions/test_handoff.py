"""A person at any time: asked for in words that were taken for something else."""

from __future__ import annotations

import pytest

from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking


@pytest.mark.parametrize("action", ["action_guide", "action_greet", "action_answer_question"])
@pytest.mark.parametrize(
    "text",
    [
        "this is going nowhere, can i speak to someone from your staff",
        "hallo, are there people here?",
        "Operator please",
        "kan man snakke med et rigtigt menneske her",
        "jeg vil bare tale med en medarbejder nu",
    ],
)
def test_who_asks_for_a_person_gets_the_way_to_one(action: str, text: str) -> None:
    talking = Talking(fake_ports())
    talking.say("min kontanthjælp er stoppet")

    talking.say(text, "inform", action)

    assert talking.responses == ["utter_handoff"]


@pytest.mark.parametrize(
    "text",
    [
        "jeg kunne ikke komme til at tale med nogen i jobcentret",
        "nobody there wanted to talk to me",
        "I complained in person",
    ],
)
def test_who_tells_that_nobody_would_talk_goes_on_with_the_matter(text: str) -> None:
    talking = Talking(fake_ports())
    talking.say("min kontanthjælp er stoppet")

    talking.say(text, "inform")

    assert "utter_handoff" not in talking.responses
