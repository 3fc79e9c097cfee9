"""The small things: greeting, language, beginning again, a person, the whistleblower's warning."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.handoff import Handoff
from actions.language import Speak
from actions.session import StartOver
from actions.smalltalk import Greet
from actions.turns import entity_of, language_of, words_of
from actions.wrongdoing import WarnWhistleblower
from tests.actions.fakes import fake_ports
from tests.actions.turn import run


def tracker(text: str, **slots: object) -> Tracker:
    """A tracker with one message."""
    return Tracker("s", dict(slots), {"text": text}, [], False, None, {}, None)


def test_the_first_greeting_is_full_and_later_ones_are_short() -> None:
    first = run(Greet(fake_ports()), "/greet")
    again = run(Greet(fake_ports()), "hej", slots=first.slots)

    assert first.responses == ["utter_greet"]
    assert first.said[0]["alarm"] == "112"
    assert again.responses == ["utter_greet_again"]


def test_a_person_is_named_with_a_way_and_the_application_is_told() -> None:
    turn = run(Handoff(fake_ports()), "menneske", slots={"language": "en"})

    assert "tlf-hovednummer" in turn.said[0]["contacts"]
    assert "tlf-borgerraadgiveren" in turn.said[0]["contacts"]
    assert turn.said[0]["custom"]["card"] == {"type": "handoff", "data": {"requested": True}}


def test_the_language_changes_before_anything_is_said_in_it() -> None:
    turn = run(Speak("en"), "/speak_english", slots={"language": "da"})

    assert turn.said == []
    assert turn.slots == {"language": "en"}
    assert [Speak("da").name, Speak("en").name] == ["action_speak_danish", "action_speak_english"]


def test_beginning_again_forgets_all_but_language_and_greeting() -> None:
    turn = run(StartOver(), slots={"language": "en", "greeted": True, "last_article": "x"})

    assert turn.events[0]["event"] == "reset_slots"
    assert turn.slots == {"language": "en", "greeted": True}


def test_an_employee_is_warned_and_shown_two_channels() -> None:
    turn = run(WarnWhistleblower(fake_ports()), "min chef snyder")

    assert turn.responses == ["utter_whistleblower"]
    assert len(turn.said[0]["contacts"].splitlines()) == 2
    assert turn.events == []


def test_danish_is_spoken_until_another_known_language_is_chosen() -> None:
    assert language_of(tracker("hej")) == "da"
    assert language_of(tracker("hej", language="en")) == "en"
    assert language_of(tracker("hej", language="xx")) == "da"


def test_a_button_is_not_the_citizens_words() -> None:
    assert words_of(tracker('/ask_question{"article": "x"}')) == ""
    assert words_of(tracker("  hej ")) == "hej"
    assert entity_of(tracker("hej"), "article") is None
