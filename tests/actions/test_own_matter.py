"""Who asks what to do, whom to turn to or by when is answered of their own matter."""

from __future__ import annotations

import pytest

from actions.signs import Sign, shows
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking
from tests.actions.test_guidance import REFUSAL, REST


@pytest.fixture
def talking() -> Talking:
    """A matter that has been told, with a question open."""
    conversation = Talking(fake_ports())
    conversation.say(REFUSAL)
    return conversation


@pytest.mark.parametrize(
    "text",
    [
        "hvad er fristen?",
        "Hvornår skal jeg senest klage",
        "hvor mange dage har jeg?",
        "when is the deadline",
    ],
)
def test_the_deadline_that_runs_is_told_and_the_question_stays_open(
    talking: Talking, text: str
) -> None:
    asked = talking.slots["asked"]
    talking.ask(text)

    assert talking.responses == ["utter_own_deadline", "utter_ask_again"]
    assert "2026" in talking.turn.said[0]["running"]
    assert talking.slots["asked"] == asked


@pytest.mark.parametrize(
    "text",
    [
        "hvad er kommunens frist for at svare?",
        "hvor lang tid har de til at svare",
        "fristen er gået",
    ],
)
def test_a_deadline_of_somebody_else_is_another_question(text: str) -> None:
    assert not shows(text, Sign.deadline)


def test_before_anything_is_told_the_articles_answer() -> None:
    talking = Talking(fake_ports())
    talking.ask("hvad er fristen?")

    assert "utter_own_deadline" not in talking.responses


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("hvad gør jeg nu?", "help"),
        ("vis hvad du ved nu", "inform"),
        ("hvem klager jeg til", "where_to_complain"),
        ("what should I do now", "help"),
        ("hvem behandler klagen?", "where_to_complain"),
        ("who decides my appeal?", "ask_question"),
    ],
)
def test_what_is_known_is_shown_to_who_asks_what_to_do(
    talking: Talking, text: str, intent: str
) -> None:
    talking.say(text, intent)

    assert [card["type"] for card in talking.cards] == ["guidance"]


@pytest.mark.parametrize(
    "text",
    [
        "hvad gør jeg hvis fristen er gået",
        "hvor klager man over støj",
        "hvem behandler klager over støj",
    ],
)
def test_a_question_of_something_else_is_no_wish_for_it(text: str) -> None:
    assert not shows(text, Sign.what_now)


def test_who_said_not_now_can_still_say_make_the_complaint(talking: Talking) -> None:
    talking.answer_all(REST)
    talking.say("nej", "deny")
    talking.say("lav klagen", "stop")

    assert "utter_stopped" not in talking.responses
    assert talking.facts["subject"] == "bif_sygedagpenge"


def test_more_words_on_the_known_subject_are_noted(talking: Talking) -> None:
    talking.say("det er mine sygedagpenge der mangler", "inform")

    assert "utter_ask" not in talking.responses


def test_a_few_words_that_tell_of_a_decision_name_their_subject_too() -> None:
    talking = Talking(fake_ports())
    talking.say("afslag på parkeringslicens")

    assert talking.facts["subject"] == "tmf_parkeringslicens"
    assert talking.facts["is_decision"] is True


def test_where_nothing_can_be_said_yet_the_question_is_what_it_depends_on() -> None:
    talking = Talking(fake_ports())
    talking.say("jeg vil klage")
    asked = talking.slots["asked"]
    talking.say("hvem klager jeg til", "where_to_complain")

    assert talking.responses == ["utter_ask_depends"]
    assert talking.slots["asked"] == asked


def test_make_the_complaint_makes_it_of_what_is_known_while_something_is_asked(
    talking: Talking,
) -> None:
    assert talking.slots["asked"] is not None
    talking.say("lav klagen", "stop")

    assert talking.responses == ["utter_complaint_down"]
    assert talking.facts["subject"] == "bif_sygedagpenge"


def test_where_too_little_is_known_for_a_complaint_the_question_stays() -> None:
    talking = Talking(fake_ports())
    talking.say("jeg vil klage")
    talking.say("lav klagen", "stop")

    assert talking.responses == ["utter_ask_depends"]


@pytest.mark.parametrize(
    "text", ["hvem behandler klagen?", "hvem klager jeg til?", "hvad gør jeg nu?"]
)
def test_who_asks_whom_to_turn_to_after_the_result_sees_it_again(
    talking: Talking, text: str
) -> None:
    talking.answer_all(REST)
    talking.say(text, "where_to_complain")

    assert [card["type"] for card in talking.cards] == ["guidance"]
