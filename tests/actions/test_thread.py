"""The open question stays the open question, whatever a message was taken for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from knowledge.articles import Article, Lang, load_articles
from knowledge.rules.loader import load_questions
from tests.actions.fakes import FakeKnowledge, fake_ports
from tests.actions.talking import Talking
from tests.actions.test_guidance import REFUSAL, REST

MOTHER = "Min søn bliver drillet og slået i skolen hver dag, og ingen gør noget ved mobningen."


class ShippedArticles(FakeKnowledge):
    """Finds nothing, and has the articles as they are shipped."""

    def article(self, slug: str, lang: Lang) -> Article | None:
        """The article in this language."""
        return next((a for a in load_articles() if (a.slug, a.lang) == (slug, lang)), None)


@pytest.fixture
def talking() -> Talking:
    """A conversation in Danish."""
    return Talking(fake_ports())


def waiting_for(talking: Talking, fact: str) -> None:
    """Brings the conversation to where this question stands open."""
    talking.say("En medarbejder var grov, og jeg vil klage over det.", "behaviour")
    talking.slots["asked"] = fact


@pytest.mark.parametrize(
    ("intent", "action"),
    [
        ("goodbye", "action_goodbye"),
        ("ask_status", "action_tell_status"),
        ("ask_more", "action_tell_more"),
        ("greet", "action_greet"),
        ("start_over", "action_start_over"),
    ],
)
def test_an_answer_is_an_answer_whatever_it_was_taken_for(
    talking: Talking, intent: str, action: str
) -> None:
    waiting_for(talking, "event_date")
    talking.say("det var den 2. november", intent, action)
    assert talking.facts["event_date"] == "2026-11-02"
    assert talking.slots["asked"] not in (None, "event_date")


def test_a_goodbye_that_is_meant_is_returned(talking: Talking) -> None:
    waiting_for(talking, "event_date")
    talking.say("farvel", "goodbye", "action_goodbye")
    assert talking.responses == ["utter_goodbye"]
    assert talking.slots["asked"] == "event_date"


def test_what_is_not_surely_an_aside_does_not_end_the_matter(talking: Talking) -> None:
    talking.say("En medarbejder var grov, og jeg vil klage over det.", "behaviour")
    talking.sure = 0.4
    for intent in ("stop", "ask_privacy", "goodbye"):
        talking.slots["stage"] = None
        asked = talking.slots["asked"]
        action = "action_goodbye" if intent == "goodbye" else "action_guide"
        talking.say("bare sådan i det hele taget", intent, action)
        assert talking.facts["concerns"], intent
        assert talking.slots["asked"] == asked, intent


def test_more_of_the_story_is_taken_along_and_not_called_a_riddle(talking: Talking) -> None:
    talking.say("En medarbejder var grov, og jeg vil klage over det.", "behaviour")
    talking.say("hun lagde røret på midt i det hele", "inform", "action_answer_question")
    assert talking.responses[-1] == "utter_ask_noted"
    assert talking.slots["matter_words"][-1] == "hun lagde røret på midt i det hele"


def test_a_story_of_ones_own_is_no_question_to_the_articles() -> None:
    knowledge = FakeKnowledge()
    talking = Talking(replace(fake_ports(), knowledge=knowledge))
    talking.ask(MOTHER)
    assert talking.facts["subject"] == "buf_mobning"
    assert not knowledge.asked
    assert talking.slots["asked"] is not None


@pytest.mark.parametrize(
    "said",
    ["Jeg vil gerne vide noget om mobning i skolen", "Fortæl mig om mobning i min søns skole"],
)
def test_who_wants_to_know_is_answered(said: str) -> None:
    knowledge = FakeKnowledge()
    talking = Talking(replace(fake_ports(), knowledge=knowledge))
    talking.ask(said)
    assert knowledge.asked
    assert not talking.facts


def test_a_corrected_day_leaves_the_subjects_on_offer(talking: Talking) -> None:
    talking.say("Jeg fik afslag på et handicaphjælpemiddel den 3. november.")
    offered = talking.titles
    talking.say("nej, det var den 5. november", "correct")
    assert talking.facts["decision_received"] == "2026-11-05"
    assert [title for title in talking.titles if title in offered] == offered


def test_a_complaint_that_becomes_praise_is_praise_alone(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.say("glem det, jeg vil hellere rose hende i receptionen", "praise")
    assert talking.facts["concerns"] == ["praise"]
    assert "decision_received" not in talking.facts


def test_a_complaint_beside_praise_is_asked_about(talking: Talking) -> None:
    talking.say("Ros til damen på biblioteket, hun var så hjælpsom", "praise")
    talking.say("men hendes kollega var grov og råbte ad mig", "behaviour")
    assert set(talking.facts["concerns"]) == {"praise", "conduct"}
    assert talking.facts.get("wants") != "feedback"
    assert talking.slots["asked"] is not None


def test_an_own_case_tells_more_than_it_says_and_nobody_else_looking_does_not(
    talking: Talking,
) -> None:
    talking.say("En medarbejder var grov i går, og jeg vil klage.", "behaviour")
    for fact, label in (("complainant", 0), ("pending_elsewhere", 0)):
        talking.slots["asked"] = fact
        talking.say(load_questions()[fact]["options"][label]["label"]["da"], "inform")
    assert talking.facts["directly_affected"] is True
    assert "politically_decided" not in talking.facts


def test_the_day_of_a_decision_is_not_asked_for_twice(talking: Talking) -> None:
    talking.say("Jeg har fået en parkeringsafgift og er uenig i afgørelsen", "complain")
    asked = []
    answers = {**REST, "concerns": ["decision"], "subject": "tmf_parkeringsafgift"}
    talking.slots["facts"] = {**talking.facts, "decision_received": "2026-11-13"}
    while (fact := talking.slots.get("asked")) is not None:
        asked.append(fact)
        value = json.dumps(answers.get(fact, False))
        talking.command("/complain" + json.dumps({"fact": fact, "value": value}))
    assert "ongoing" in asked
    assert "event_date" not in asked
    assert talking.facts["event_date"] == "2026-11-13"


@pytest.mark.parametrize("said", ["i fredags", "det var den 13. november"])
def test_a_day_is_kept_until_it_is_known_what_it_is_a_day_of(talking: Talking, said: str) -> None:
    talking.say("Jeg er utilfreds med min hjemmehjælp", "complain")
    assert talking.slots["asked"] == "concerns"
    talking.say(said, "inform", "action_answer_question")
    assert talking.responses[-1] == "utter_ask_noted"
    talking.command('/complain{"fact": "concerns", "value": "[\\"conduct\\"]"}')
    assert talking.facts["event_date"] == "2026-11-13"


def test_a_subject_that_is_a_kind_of_complaint_says_what_it_is_about(talking: Talking) -> None:
    talking.say("Jeg er utilfreds", "complain")
    talking.command('/complain{"fact": "subject", "value": "\\"tvaer_adfaerd\\""}')
    assert talking.facts["concerns"] == ["conduct"]


def test_an_answer_that_sounds_like_a_correction_answers(talking: Talking) -> None:
    talking.say("Jeg klagede på mail den 1. oktober over en grov medarbejder.", "behaviour")
    talking.slots["asked"] = "event_date"
    talking.say("nej, den 29. september", "correct")
    assert talking.facts["complained_on"] == "2026-10-01"
    assert talking.facts["event_date"] == "2026-09-29"


def test_a_mere_month_is_no_wish_to_correct(talking: Talking) -> None:
    talking.say("Jeg er utilfreds med min hjemmehjælp", "complain")
    talking.say("i september", "correct")
    assert "utter_what_to_correct" not in talking.responses


def test_the_one_day_that_was_told_is_the_one_put_right(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.say("øh nej altså, det var vist den 30. oktober", "correct")
    assert talking.facts["decision_received"] == "2026-10-30"
    assert talking.responses[-1] == "utter_ask_corrected"


@pytest.mark.parametrize("intent", ["help", "abuse"])
def test_who_does_not_know_where_to_begin_is_asked(talking: Talking, intent: str) -> None:
    talking.say(
        "Jeg aner ikke hvor jeg skal begynde, men kommunen har behandlet mig elendigt", intent
    )
    assert talking.slots["asked"] is not None


def test_whoever_cannot_say_what_it_is_about_is_still_asked_for_a_decision(
    talking: Talking,
) -> None:
    talking.say("Jeg er utilfreds med min hjemmehjælp", "complain")
    asked = []
    for _ in range(4):
        asked.append(talking.slots["asked"])
        talking.command("/dont_know")
    assert "concerns" in asked
    assert "is_decision" in asked
    assert "has_statutory_appeal" not in asked


def test_a_complaint_about_borgerraadgiveren_is_not_sent_round() -> None:
    talking = Talking(replace(fake_ports(), knowledge=ShippedArticles()))
    talking.say(
        "Hvem klager man til, når man er utilfreds med Borgerrådgiveren?", "where_to_complain"
    )
    assert "Ombudsmand" in str(talking.turn.said)
    assert talking.slots.get("asked") is None


def test_another_authority_is_named_and_nothing_is_asked(talking: Talking) -> None:
    talking.say("Rigshospitalet opererede mit forkerte knæ", "complain")
    assert talking.responses == ["utter_not_ours", "utter_patients", "utter_if_ours"]
    assert "Patientklager" in talking.turn.said[1]["contacts"]
    assert talking.slots.get("asked") is None
