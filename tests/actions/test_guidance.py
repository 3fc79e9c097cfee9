"""The guidance loop: facts from words, one question at a time, corrections, results, and never a trap."""

from __future__ import annotations

import pytest

from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking

REFUSAL = "Jeg fik afslag på sygedagpenge i e-Boks den 5. november og vil klage."
RUDE = "En medarbejder var grov ved mig i går, og jeg vil klage."
REST = {
    "wants": "complaint", "complainant": "citizen", "pending_elsewhere": "none",
    "politically_decided": False, "directly_affected": True, "complained_to_forvaltning": False,
    "ongoing": False, "event_date": "2026-11-17", "concerns": ["conduct"], "is_decision": False,
    "subject": "bif_sygedagpenge",
}  # fmt: skip


@pytest.fixture
def talking() -> Talking:
    """A conversation in Danish."""
    return Talking(fake_ports())


def test_several_facts_are_taken_from_one_message_and_said_back(talking: Talking) -> None:
    talking.say(REFUSAL)

    assert talking.facts["decision_received"] == "2026-11-05"
    assert talking.facts["delivery"] == "digital_post"
    assert talking.facts["subject"] == "bif_sygedagpenge"
    assert "5. november 2026" in talking.turn.said[-1]["understood"]
    assert talking.slots["matter_words"] == [REFUSAL]


def test_a_running_deadline_is_said_with_the_first_question(talking: Talking) -> None:
    talking.say(REFUSAL)

    assert "3. december 2026" in talking.turn.said[-1]["understood"]


def test_one_question_is_asked_at_a_time_and_none_about_what_was_said(talking: Talking) -> None:
    talking.say(REFUSAL)
    asked = [talking.slots["asked"]]
    while talking.slots["asked"] is not None:
        assert len([m for m in talking.turn.said if "question" in m]) == 1
        talking.command("/dont_know")
        asked.append(talking.slots["asked"])

    assert not {"decision_received", "delivery", "subject", "concerns", "wants"} & set(asked)
    assert len(asked) == len(set(asked))


def test_the_result_is_a_card_for_each_part_with_the_deadline_first(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.answer_all(REST)

    data = talking.cards[0]["data"]
    assert data["route"] == "statutory_appeal"
    assert data["deadlines"][0]["date"] == "2026-12-03"
    assert talking.turn.said[0]["explanation"].startswith("Klag senest torsdag den 3. december")
    assert (data["position"], data["total"]) == (1, 1)
    assert any(row["fact"] == "decision_received" for row in data["understood"])
    assert talking.responses[-1] == "utter_onward_complaint"


def test_a_near_deadline_offers_to_keep_the_day_first(talking: Talking) -> None:
    talking.say(REFUSAL.replace("5. november", "22. oktober"))
    talking.answer_all(REST)

    assert talking.responses[-1] == "utter_onward_deadline"


def test_a_correction_is_taken_at_any_point(talking: Talking) -> None:
    talking.say("Jeg klagede skriftligt i marts over en grov medarbejder.")
    talking.say("nej, det var i april", "nlu_fallback", "action_answer_question")

    assert talking.facts["complained_on"].startswith("2026-04")
    assert talking.responses[-1] == "utter_ask_corrected"


def test_every_fact_can_be_taken_back_with_a_button(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.command("/correct")
    title = next(t for t in talking.titles if "5. november" in t)
    talking.press(title)

    assert "decision_received" not in talking.facts
    assert talking.slots["asked"] == "decision_received"


def test_an_answer_is_taken_whatever_the_message_is_taken_for(talking: Talking) -> None:
    talking.say(RUDE)
    talking.command('/correct{"change": "event_date"}')
    for intent in ("out_of_scope", "affirm", "abuse"):
        talking.slots["asked"] = "event_date"
        talking.say("det var den 2. november", intent)
        assert talking.facts["event_date"] == "2026-11-02", intent


def test_not_knowing_leads_on(talking: Talking) -> None:
    talking.say(RUDE)
    before = talking.slots["asked"]
    talking.say("det ved jeg ikke", "dont_know")

    assert talking.slots["asked"] != before
    assert before in talking.slots["skipped"]


def test_what_is_not_understood_is_asked_twice_and_then_passed_over(talking: Talking) -> None:
    talking.say(RUDE)
    before = talking.slots["asked"]
    talking.say("fløjl", "complain")
    assert talking.responses == ["utter_not_understood_ask_again"]
    talking.say("fløjl", "complain")

    assert talking.slots["asked"] != before


def test_a_question_in_between_is_answered_and_the_thread_taken_up_again(talking: Talking) -> None:
    talking.say(RUDE)
    asked = talking.slots["asked"]
    talking.ask("hvornår får jeg svar?")

    assert talking.responses[0] == "utter_answer"
    assert talking.responses[-1] == "utter_ask_again"
    assert talking.slots["asked"] == asked


def test_small_talk_does_not_lose_the_thread(talking: Talking) -> None:
    talking.say(RUDE)
    talking.say("tak fordi du lytter", "thanks")

    assert talking.responses == ["utter_thanks", "utter_ask_again"]


def test_without_a_matter_small_talk_asks_nothing(talking: Talking) -> None:
    for intent in ("affirm", "deny", "thanks", "out_of_scope", "abuse", "help", "bot_challenge"):
        talking.say("hm", intent)
        assert len(talking.responses) == 1, intent
        assert talking.slots.get("asked") is None


def test_mixed_matters_are_kept_apart_and_it_is_said(talking: Talking) -> None:
    talking.say(
        "Jeg fik afslag på sygedagpenge i e-Boks den 5. november, og sagsbehandleren var grov ved mig."
    )
    if len(talking.facts["concerns"]) < 2:
        talking.command('/complain{"fact": "concerns", "value": "[\\"decision\\", \\"conduct\\"]"}')

    assert "utter_several_matters" in talking.responses
    talking.answer_all(REST)
    assert [card["data"]["route"] for card in talking.cards][0] == "statutory_appeal"
    assert len(talking.cards) == 2


def test_whoever_stops_is_left_in_peace(talking: Talking) -> None:
    talking.say(RUDE)
    talking.say("nej drop det", "stop")

    assert talking.responses == ["utter_stopped"]
    assert talking.facts == {}
    assert talking.slots["asked"] is None


def test_the_result_can_be_seen_before_everything_is_answered(talking: Talking) -> None:
    talking.say("Jeg har ventet siden januar på svar på min byggesag.")
    talking.command("/dont_know")
    talking.press("Vis, hvad du ved nu")

    assert talking.cards[0]["data"]["route"] == "delay_push"


def test_what_would_change_it_is_told(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.answer_all(REST)
    talking.command('/complain{"do": "would_change"}')

    assert talking.responses == ["utter_would_change"]
    assert "brev" in talking.turn.said[0]["changes"]


def test_praise_takes_the_lighter_road(talking: Talking) -> None:
    talking.say("ros til biblioteket for god hjælp", "praise")
    talking.answer_all({"subject": "kff_bibliotek"})

    assert talking.cards[0]["data"]["route"] == "feedback"
    assert talking.responses[-1] == "utter_onward_praise"


def test_english_all_through() -> None:
    talking = Talking(fake_ports(), "en")
    talking.say("I got a refusal of sickness benefit in my digital post on 5 November.")

    assert talking.facts["decision_received"] == "2026-11-05"
    assert "5 November 2026" in talking.turn.said[-1]["understood"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (
            "Ich möchte mich über die Gemeinde beschweren, seit Monaten antwortet niemand",
            "Englisch",
        ),
        ("Belediye hakkında şikayette bulunmak istiyorum, aylardır cevap vermiyorlar", "ngilizce"),
        ("أريد أن أشتكي من البلدية لأنهم لم يردوا علي منذ أشهر", "نجليز"),
        ("Waxaan rabaa inaan ka dacwoodo degmada sababtoo ah ima jawaabin", "Ingiriis"),
        ("Chciałbym złożyć skargę na gminę, nikt mi nie odpowiada od miesięcy", "angielsk"),
        ("Я хочу поскаржитися на муніципалітет, мені ніхто не відповідає", "англійськ"),
    ],
)
def test_another_language_gets_a_short_word_in_it(talking: Talking, text: str, word: str) -> None:
    for say in (talking.ask, talking.say):
        say(text)
        assert talking.responses == ["utter_foreign"]
        assert word in talking.turn.said[0]["message"]
        assert "tlf-hovednummer" in talking.turn.said[0]["message"]


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("Jeg er 15 år, og min lærer kaldte mig dum. Jeg vil klage.", "utter_minor"),
        ("Jeg er fritaget for Digital Post, hvordan klager jeg?", "utter_exempt"),
        ("Min mand taler kun arabisk. Han vil klage.", "utter_interpreter"),
    ],
)
def test_whom_the_ordinary_way_does_not_fit_gets_words_of_their_own(
    talking: Talking, text: str, response: str
) -> None:
    talking.say(text)

    assert response in talking.responses


@pytest.mark.parametrize(
    "text", ["Jeg er 15 kilometer væk", "Jeg er 45 år", "tolvte gang jeg skriver"]
)
def test_nobody_else_is_taken_for_them(talking: Talking, text: str) -> None:
    talking.say(text)

    assert not {"utter_minor", "utter_exempt", "utter_interpreter"} & set(talking.responses)


def test_who_cannot_name_the_matter_is_asked_to_tell_of_it(talking: Talking) -> None:
    talking.say("jeg vil klage")
    talking.say("ved ikke", "dont_know")
    talking.say("ved ikke", "dont_know")
    assert talking.responses == ["utter_tell_freely"]
    assert talking.slots["asked"] is None

    talking.say("En medarbejder råbte ad mig i Borgerservice i fredags.", "behaviour")
    assert talking.facts["concerns"] == ["conduct"]
    assert talking.slots["asked"] is not None


def test_an_answer_word_for_word_is_an_answer_whatever_else_it_sounds_like() -> None:
    talking = Talking(fake_ports(), "en")
    talking.slots |= {"facts": {"acute": False, "wants": "complaint"}, "asked": "subject"}
    talking.say("Building permits and building cases", "acute_danger", "action_acute_danger")

    assert talking.facts["subject"] == "tmf_byggesag"
    assert "utter_acute_danger" not in talking.responses


def test_a_refusal_without_the_letter_is_a_matter() -> None:
    talking = Talking(fake_ports())
    talking.say(
        "Jeg har fået afslag på et hjælpemiddel men har smidt brevet ud",
        "understand_letter", "action_read_letter",
    )  # fmt: skip

    assert talking.facts["is_decision"] is True
    assert "utter_paste_letter" not in talking.responses
