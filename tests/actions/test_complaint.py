"""From the result to a complaint: nothing without a yes, and the truth when something is down."""

from __future__ import annotations

import pytest

from actions.ports import Gathered
from tests.actions.fakes import FakeComplaints, fake_ports
from tests.actions.talking import Talking
from tests.actions.test_guidance import REFUSAL, REST


def at_the_result(complaints: FakeComplaints | None, text: str = REFUSAL) -> Talking:
    """A conversation that has come to its result."""
    talking = Talking(fake_ports(complaints=complaints))
    talking.say(text)
    talking.answer_all(REST)
    return talking


def test_a_yes_shows_the_complaint_and_only_a_second_yes_sends_it() -> None:
    complaints = FakeComplaints()
    talking = at_the_result(complaints)
    assert complaints.calls == []

    talking.say("ja tak", "affirm")
    assert [what for what, _ in complaints.calls] == ["draft"]
    assert talking.cards[0]["type"] == "complaint"

    talking.say("ja", "affirm")
    assert [what for what, _ in complaints.calls] == ["draft", "send"]
    assert talking.cards[0]["type"] == "receipt"
    assert talking.facts == {}


def test_the_complaint_is_given_what_was_gathered() -> None:
    complaints = FakeComplaints()
    talking = at_the_result(complaints)
    talking.command('/complain{"do": "draft"}')

    gathered = complaints.calls[0][1]
    assert isinstance(gathered, Gathered)
    assert gathered.facts["decision_received"] == "2026-11-05"
    assert gathered.words == (REFUSAL,)
    assert gathered.outcome["route"] == "statutory_appeal"
    assert gathered.wants == "complaint"


def test_what_another_authority_answers_for_is_sent_on_only_with_a_yes() -> None:
    complaints = FakeComplaints()
    talking = at_the_result(complaints, "Jeg vil klage over Hvidovre Kommune.")
    assert talking.responses[-1] == "utter_onward_elsewhere"
    assert complaints.calls == []

    talking.say("ja tak", "affirm")
    gathered = complaints.calls[0][1]
    assert isinstance(gathered, Gathered)
    assert gathered.outcome["route"] == "other_authority"
    assert [what for what, _ in complaints.calls] == ["draft"]


def test_a_no_sends_nothing() -> None:
    complaints = FakeComplaints()
    talking = at_the_result(complaints)
    talking.say("ja", "affirm")
    talking.say("nej", "deny")
    talking.say("ja", "affirm")

    assert [what for what, _ in complaints.calls] == ["draft"]


def test_the_send_button_alone_never_sends_what_was_not_shown() -> None:
    complaints = FakeComplaints()
    talking = at_the_result(complaints)
    talking.command('/complain{"do": "send"}')

    assert [what for what, _ in complaints.calls] == ["draft"]


def test_a_long_message_is_no_yes() -> None:
    complaints = FakeComplaints()
    talking = at_the_result(complaints)
    talking.say("ja", "affirm")
    talking.say("ja altså jeg er jo stadig i tvivl om det hele her, for hvad nu hvis", "affirm")

    assert [what for what, _ in complaints.calls] == ["draft"]


def test_the_day_is_kept_after_a_yes() -> None:
    complaints = FakeComplaints()
    talking = at_the_result(complaints, REFUSAL.replace("5. november", "22. oktober"))
    talking.say("ja", "affirm")

    assert [what for what, _ in complaints.calls] == ["notice"]
    assert talking.cards[0]["type"] == "receipt"
    assert talking.responses == ["utter_day_kept"]


def test_what_is_missing_is_named_with_the_card() -> None:
    talking = at_the_result(FakeComplaints(problems=("Dit navn mangler",)))
    talking.say("ja", "affirm")
    talking.say("ja", "affirm")

    assert talking.responses == ["utter_draft_incomplete"]
    assert "Dit navn mangler" in talking.turn.said[0]["problems"]
    assert talking.cards[0]["type"] == "complaint"


@pytest.mark.parametrize("do", ["draft", "keep", "send"])
@pytest.mark.parametrize("complaints", [None, FakeComplaints(broken=True)])
def test_when_it_cannot_be_done_the_truth_is_told_and_nothing_lost(
    do: str, complaints: FakeComplaints | None
) -> None:
    talking = at_the_result(complaints)
    facts = talking.facts
    talking.command(f'/complain{{"do": "{do}"}}')

    assert talking.responses == ["utter_complaint_down"]
    assert "tlf-borgerraadgiveren" in talking.turn.said[0]["contacts"]
    assert talking.facts == facts


def test_status_tells_what_was_filed_from_here() -> None:
    row = {
        "reference": "K-7", "status_text": "Modtaget", "holder": "Den ligger hos jobcentret.",
        "received_at_text": "1. november",
    }  # fmt: skip
    talking = Talking(fake_ports(complaints=FakeComplaints(filed=[row])))
    talking.say("hvor er min klage", "ask_status", "action_tell_status")

    assert talking.responses == ["utter_status"]
    assert talking.turn.said[0]["reference"] == "K-7"


@pytest.mark.parametrize("complaints", [None, FakeComplaints(), FakeComplaints(broken=True)])
def test_without_a_complaint_status_says_how_to_follow_one(
    complaints: FakeComplaints | None,
) -> None:
    talking = Talking(fake_ports(complaints=complaints))
    talking.say("hvor er min klage", "ask_status", "action_tell_status")

    assert talking.responses == ["utter_status_none"]


def test_who_waits_for_something_else_than_a_complaint_is_told_what_the_articles_say() -> None:
    talking = Talking(fake_ports(complaints=FakeComplaints()))
    talking.say("hvornår kommer der svar på min ansøgning", "ask_status", "action_tell_status")

    assert talking.responses[0].startswith("utter_answer")
    assert talking.turn.events


def test_where_the_articles_say_nothing_of_it_status_says_how_to_follow_a_complaint() -> None:
    talking = Talking(fake_ports(complaints=FakeComplaints()))
    talking.say("hvor langt er den", "ask_status", "action_tell_status")

    assert talking.responses == ["utter_status_none"]


def test_praise_is_no_complaint_whatever_it_sounded_like() -> None:
    complaints = FakeComplaints()
    talking = Talking(fake_ports(complaints=complaints))
    talking.say("Skraldemændene har ikke glemt os en eneste gang, tak for det", "praise")
    talking.answer_all(REST | {"wants": "feedback", "subject": "tmf_affald"})
    assert talking.facts["concerns"] == ["praise"]

    talking.say("ja tak", "affirm")
    assert talking.responses == ["utter_draft_praise"]


def test_a_yes_in_words_sends_what_was_shown() -> None:
    complaints = FakeComplaints()
    talking = at_the_result(complaints)
    talking.say("skriv klagen", "stop")
    talking.say("send klagen", "stop")

    assert [what for what, _ in complaints.calls] == ["draft", "send"]
