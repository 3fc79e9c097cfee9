"""Danger and need that somebody tells of in a language that the bot does not know."""

from __future__ import annotations

import pytest

from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking


@pytest.mark.parametrize(
    "action", ["action_guide", "action_goodbye", "action_greet", "action_acute_need"]
)
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("mój syn mówi, że chce umrzeć", "112"),
        ("babam bizi dövüyor", "112"),
        ("زوجي ضربني اليوم", "112"),
    ],
)
def test_the_number_for_danger_stands_first_whatever_it_was_taken_for(
    action: str, text: str, word: str
) -> None:
    talking = Talking(fake_ports())

    talking.say(text, "goodbye", action)

    assert talking.responses == ["utter_foreign"]
    message = talking.turn.said[0]["message"]
    assert word in message.split(".")[0]
    assert "lev-uden-vold" in message
    assert "livslinien" in message


def test_who_asks_for_something_else_reads_the_number_for_danger_last() -> None:
    talking = Talking(fake_ports())

    talking.say("Ich möchte mich über das Amt beschweren", "complain")

    message = talking.turn.said[0]["message"]
    assert message.startswith("Hallo")
    assert message.index("Hallo") < message.index("112")
