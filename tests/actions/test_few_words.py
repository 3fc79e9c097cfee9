"""What is said before or beside a matter in a few words: a day, a subject, a number, a person, a question."""

from __future__ import annotations

import pytest

from actions.days import is_day_alone
from actions.signs import Sign, shows, without
from tests.actions.fakes import TODAY, fake_ports
from tests.actions.talking import Talking

REFUSED = "Jeg fik afslag på kontanthjælp den 3. november"


@pytest.fixture
def talking() -> Talking:
    """A conversation in which nothing was said yet."""
    return Talking(fake_ports())


def test_a_day_after_the_letter_was_asked_for_is_the_letters(talking: Talking) -> None:
    talking.say("hjælp mig med et brev", "understand_letter", "action_read_letter")
    talking.ask("den 3. november")
    assert talking.responses == ["utter_letter_day"]

    talking.say("Afgørelse: afslag på kontanthjælp")
    assert talking.facts["decision_received"] == "2026-11-03"


def test_a_day_and_nothing_else_is_asked_about(talking: Talking) -> None:
    talking.ask("den 3. november")
    assert talking.responses == ["utter_day_of_what"]
    assert not talking.facts


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("den 3. november", True),
        ("det var i går", True),
        ("de svarede den 3. november", False),
        ("mit pas var ikke klar i fredags", False),
        ("sygedagpenge", False),
    ],
)
def test_a_day_alone_holds_nothing_else(text: str, alone: bool) -> None:
    assert is_day_alone(text, TODAY) is alone


def test_a_subject_and_nothing_else_begins_a_matter(talking: Talking) -> None:
    talking.ask("sygedagpenge")
    assert talking.facts["subject"] == "bif_sygedagpenge"
    assert talking.slots["asked"] == "concerns"


def test_what_was_near_stays_near(talking: Talking) -> None:
    talking.say("Jeg vil klage over skolen")
    assert talking.slots["asked"] == "subject"
    near = talking.titles
    talking.say("ni timer om ugen", "inform")
    assert talking.titles[: len(near)] == near


def test_a_delay_gets_the_subject_that_is_named_after_it(talking: Talking) -> None:
    talking.say("jeg har klaget, men de svarer ikke", "delay_no_answer")
    assert talking.facts["subject"] == "tvaer_sagsbehandlingstid"
    talking.say("over min hjemmehjælp")
    assert talking.facts["subject"] == "suf_hjemmehjaelp"


def test_a_month_becomes_the_day_that_is_told_next(talking: Talking) -> None:
    talking.say("Jeg fik afslag på kontanthjælp i august")
    assert talking.facts["decision_received"] == "2026-08-01"
    talking.say("den 14. august", "inform")
    assert talking.facts["decision_received"] == "2026-08-14"


def test_the_last_complaint_is_the_one_that_counts(talking: Talking) -> None:
    talking.say("larm fra en bar hver nat, jeg har klaget tre gange, og kommunen gør intet")
    talking.say("sidst den 20. oktober", "inform")
    assert talking.facts["complained_on"] == "2026-10-20"


def test_nobody_is_told_how_a_matter_will_end(talking: Talking) -> None:
    talking.ask("Hvad er chancen for, at jeg får medhold i min klage?")
    assert talking.responses == ["utter_no_odds"]


def test_a_number_leads_to_where_complaints_are_followed(talking: Talking) -> None:
    talking.ask("sagsnummeret er BR-2026-77")
    assert talking.responses == ["utter_status_none"]


def test_how_long_they_have_is_said_of_the_subject(talking: Talking) -> None:
    talking.say("Jeg har ventet på aktindsigt i min egen sag siden 1. november", "delay_no_answer")
    asked = talking.slots["asked"]
    talking.ask("hvor lang tid har de?")
    assert talking.responses[0] == "utter_their_time"
    assert talking.slots["asked"] == asked


def test_taxes_get_one_answer(talking: Talking) -> None:
    talking.say("jeg vil klage over min skat")
    assert talking.responses == ["utter_not_ours", "utter_tax", "utter_if_ours"]
    assert talking.slots.get("asked") is None


def test_for_whom_it_is_done_is_no_danger(talking: Talking) -> None:
    talking.say(REFUSED)
    talking.say("jeg gør det for min mand", "acute_suicide", "action_acute_suicide")
    assert "utter_acute_suicide" not in talking.responses
    assert talking.facts["complainant"] == "representative"


def test_the_same_words_outside_a_matter_are_taken_seriously(talking: Talking) -> None:
    talking.say("jeg gør det for min mand", "acute_suicide", "action_acute_suicide")
    assert talking.responses == ["utter_acute_suicide"]


def test_harm_in_the_middle_of_a_matter_is_taken_seriously(talking: Talking) -> None:
    talking.say(REFUSED)
    talking.say("jeg skriver for min mand, han vil dø", "acute_suicide", "action_acute_suicide")
    assert talking.responses == ["utter_acute_suicide"]


def test_wanting_somebody_dismissed_is_no_matter_of_ones_own_job(talking: Talking) -> None:
    text = "sagsbehandleren er en løgner, og jeg vil have hende fyret"
    assert "fyret" not in without(text, Sign.to_dismiss)
    talking.say(text, "behaviour")
    assert talking.facts["concerns"] == ["conduct"]
    assert talking.facts.get("subject") != "tvaer_personale"
    assert not shows("jeg blev fyret", Sign.to_dismiss)


def test_help_with_the_writing_names_no_subject(talking: Talking) -> None:
    talking.say("jeg skal bruge hjælp til at skrive en klage")
    assert "subject" not in talking.facts


def test_what_it_is_about_takes_the_place_of_what_was_understood(talking: Talking) -> None:
    talking.say("Jeg fik afslag på friplads den 3. november")
    assert talking.facts["subject"] == "buf_friplads"
    talking.say("nej, det handler om kontanthjælp", "correct")
    assert talking.facts["subject"] == "bif_kontanthjaelp"


def test_the_tone_is_not_barred_by_what_a_court_tries(talking: Talking) -> None:
    talking.say("Sagen ligger i byretten, men jeg vil også klage over, at de var grove")
    assert talking.facts["concerns"] == ["conduct"]
    assert "pending_elsewhere" not in talking.facts


def test_what_a_court_tries_is_barred(talking: Talking) -> None:
    talking.say("Jeg vil klage over ventetiden, men sagen ligger i byretten nu")
    assert talking.facts["pending_elsewhere"] == "court"
