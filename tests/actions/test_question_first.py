"""A question is answered before a matter is begun, and a subject that is not found is never a trap."""

from __future__ import annotations

import pytest

from tests.actions.fakes import FakeKnowledge, fake_ports
from tests.actions.talking import Talking

QUESTION = "Hvornår får jeg svar på min ansøgning?"
REFUSAL = "Jeg har fået en afgørelse den 5. november i e-Boks."


@pytest.fixture
def talking() -> Talking:
    """A conversation in Danish."""
    return Talking(fake_ports())


@pytest.mark.parametrize("intent", ["delay_no_answer", "complain", "behaviour"])
def test_a_question_is_answered_from_the_articles_whatever_it_is_about(
    talking: Talking, intent: str
) -> None:
    talking.say(QUESTION, intent)

    assert talking.responses == ["utter_answer"]
    assert talking.slots.get("asked") is None
    assert "Det handler om min egen sag" in talking.titles


def test_the_way_on_from_an_answer_begins_the_matter(talking: Talking) -> None:
    talking.say(QUESTION, "delay_no_answer")
    talking.press("Det handler om min egen sag")

    assert talking.responses == ["utter_ask_gladly"]
    assert talking.slots["asked"]


def test_a_question_that_tells_something_begins_the_matter(talking: Talking) -> None:
    talking.say(
        "Jeg har ventet på svar siden den 1. marts, hvornår får jeg svar?", "delay_no_answer"
    )

    assert talking.facts["waiting_since"] == "2026-03-01"
    assert talking.slots["asked"]


def test_a_question_without_an_answer_begins_the_matter() -> None:
    talking = Talking(fake_ports(FakeKnowledge(empty=True)))
    talking.say(QUESTION, "delay_no_answer")

    assert talking.slots["asked"]


def test_where_the_search_is_down_the_matter_is_begun_all_the_same() -> None:
    talking = Talking(fake_ports(FakeKnowledge(broken=True)))
    talking.say(QUESTION, "delay_no_answer")

    assert talking.slots["asked"]


def test_whoever_asks_for_the_way_to_complain_is_led_there(talking: Talking) -> None:
    talking.say("hvor kan jeg klage over at jeg ikke får svar?", "where_to_complain")

    assert talking.slots["asked"]


def test_in_the_midst_of_a_matter_the_answer_offers_no_second_one(talking: Talking) -> None:
    talking.say("En medarbejder var grov ved mig i går, og jeg vil klage.")
    talking.say("hvor lang tid har de til at give svar?", "delay_no_answer")

    assert talking.responses == ["utter_answer", "utter_ask_again"]
    assert "Det handler om min egen sag" not in talking.titles


def asked_for_the_subject(talking: Talking) -> Talking:
    """A conversation that has come to the subject."""
    talking.say(REFUSAL)
    for _ in range(9):
        if talking.slots["asked"] == "subject":
            return talking
        talking.command("/dont_know")
    raise AssertionError("the subject was not asked for")


def test_the_subject_is_asked_for_with_examples(talking: Talking) -> None:
    asked_for_the_subject(talking)

    assert "sygedagpenge" in talking.question


def test_a_no_to_the_subject_brings_the_nearest_ones_and_then_goes_on(talking: Talking) -> None:
    asked_for_the_subject(talking)
    talking.say("nej", "deny")
    assert talking.slots["asked"] == "subject"
    assert "Noget andet" in talking.titles
    talking.say("nej", "deny")

    assert talking.slots["asked"] != "subject"
    assert "subject" in talking.slots["skipped"]


def test_the_nearest_subjects_come_from_all_that_was_told(talking: Talking) -> None:
    talking.say("Jeg fik brev om noget med fleksordningen den 5. november i e-Boks.")
    talking.command('/correct{"change": "subject"}')
    talking.say("nej", "deny")

    assert "Fleksjob" in talking.titles
    talking.press("Fleksjob")
    assert talking.facts["subject"] == "bif_fleksjob"


@pytest.mark.parametrize(
    "intent", ["ask_question", "complain", "understand_letter", "out_of_scope"]
)
def test_the_name_of_an_area_is_an_answer_whatever_it_is_taken_for(
    talking: Talking, intent: str
) -> None:
    asked_for_the_subject(talking)
    talking.say("Fleksjob", intent)

    assert talking.facts["subject"] == "bif_fleksjob"


def test_how_a_letter_came_is_no_subject(talking: Talking) -> None:
    talking.say("Brevet kom i min digitale post den 2. november, og jeg vil klage.")

    assert not {"subject", "subject_text"} & set(talking.facts)


def test_what_answers_another_question_hints_at_no_subject(talking: Talking) -> None:
    talking.say("Jeg vil klage")
    talking.command('/correct{"change": "complained_to_forvaltning"}')
    talking.say("altså nej, det nåede jeg ikke at gøre", "deny")

    assert "subject_text" not in talking.facts
