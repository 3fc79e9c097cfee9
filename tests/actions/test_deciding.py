"""What is said under a result: yes in any words, doubt that loses nothing, and results that nothing is made of."""

from __future__ import annotations

import datetime as dt

import pytest

from actions.days import day_in_story
from actions.deciding import asked_for, decided
from actions.matter import CONFIRM, KEEP, RESULT, Matter
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking
from tests.actions.test_guidance import REFUSAL, REST, RUDE

TODAY = dt.date(2026, 11, 18)


@pytest.fixture
def talking() -> Talking:
    """A conversation in Danish."""
    return Talking(fake_ports())


@pytest.mark.parametrize(
    ("text", "intent", "stage", "meant"),
    [
        ("Lav klagen", "stop", RESULT, "draft"),
        ("ja, skriv min klage", "complain", RESULT, "draft"),
        ("make the complaint", "inform", KEEP, "draft"),
        ("lav ikke nogen klage", "deny", RESULT, "deny"),
        ("send den bare", "stop", CONFIRM, "send"),
        ("lav klagen, men det var den 4.", "inform", RESULT, None),
        ("send den ikke", "deny", CONFIRM, "deny"),
        ("send den", "affirm", RESULT, "draft"),
        ("gem dagen", "inform", KEEP, "keep"),
        ("ja", "affirm", KEEP, "keep"),
        ("det må jeg sove på", "inform", RESULT, "unsure"),
        ("", "dont_know", CONFIRM, "unsure"),
        ("hvad koster det at klage?", "ask_question", RESULT, None),
        ("ja", "affirm", None, None),
    ],
)
def test_an_answer_to_the_offer_is_known_in_any_words(
    text: str, intent: str, stage: str | None, meant: str | None
) -> None:
    assert (asked_for(text, stage) or decided(text, intent, stage)) == meant


def test_words_of_a_button_never_put_the_matter_away(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.answer_all(REST)
    talking.say("Lav klagen", "stop")

    assert talking.facts["subject"] == "bif_sygedagpenge"
    assert "utter_stopped" not in talking.responses


def test_words_of_a_button_count_whatever_the_message_is_taken_for(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.answer_all(REST)
    talking.ask("lav klagen")

    assert talking.facts["subject"] == "bif_sygedagpenge"
    assert "utter_complaint_down" in talking.responses


def test_a_day_that_was_told_is_not_asked_for() -> None:
    told = Matter(words=("Fik en p-bøde på Vesterbrogade i går",))

    assert day_in_story("event_date", told, TODAY) == {"event_date": "2026-11-17"}
    assert day_in_story("decision_received", told, TODAY) == {}
    came = Matter(
        facts={"delivery": "digital_post"}, words=("kravet fik jeg 27. oktober i e-boks",)
    )
    assert day_in_story("decision_received", came, TODAY) == {"decision_received": "2026-10-27"}


def test_of_two_days_neither_is_taken_for_the_day_it_happened() -> None:
    for words in (("Fik en p-bøde i går", "og en i mandags"), ("jeg klagede den 12. oktober",)):
        assert day_in_story("event_date", Matter(words=words), TODAY) == {}


def test_doubt_keeps_the_offer_open_and_names_the_running_deadline(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.answer_all(REST)
    talking.say("det ved jeg ikke", "dont_know")

    assert talking.responses == ["utter_take_your_time_deadline"]
    assert "3. december 2026" in talking.turn.said[0]["running"]
    assert talking.slots["stage"] == RESULT


def test_doubt_without_a_deadline_is_given_time(talking: Talking) -> None:
    talking.say(RUDE)
    talking.answer_all(REST)
    talking.say("måske", "affirm")

    assert talking.responses == ["utter_take_your_time"]


def test_what_only_politicians_can_answer_is_not_offered_as_a_complaint(talking: Talking) -> None:
    talking.say("Jeg er utilfreds med, at politikerne har skåret i rengøringen.")
    talking.answer_all(
        REST | {"concerns": ["service_level"], "politically_decided": True, "decided_by": "council"}
    )

    assert [card["data"]["route"] for card in talking.cards] == ["outside_political_level"]
    assert talking.responses[-1] == "utter_onward_politicians"


def test_who_cannot_say_what_is_complained_of_is_asked_little_and_led_on(talking: Talking) -> None:
    talking.say("Jeg vil klage over biblioteket")
    asked = []
    while talking.slots["asked"] is not None:
        asked.append(talking.slots["asked"])
        if asked[-1] in ("is_decision", "ongoing"):
            talking.say("nej", "deny")
        else:
            talking.command("/dont_know")

    assert not {"complainant", "pending_elsewhere", "politically_decided"} & set(asked)
    assert talking.responses[-1] == "utter_know_too_little"


def test_the_day_of_a_decision_says_that_there_is_one(talking: Talking) -> None:
    talking.say("Udbetaling Danmark skrev om min barsel, brevet kom den 2. november i e-Boks.")

    assert talking.facts["decision_received"] == "2026-11-02"
    assert talking.facts["is_decision"] is True


def test_a_day_without_its_month_puts_the_one_day_right(talking: Talking) -> None:
    talking.say(REFUSAL)
    talking.say("nej den 4.", "deny")

    assert talking.facts["decision_received"] == "2026-11-04"
    assert talking.responses[-1] == "utter_ask_corrected"


def test_a_letter_where_nobody_above_decides_may_be_no_decision(talking: Talking) -> None:
    talking.say("skolen har lavet en underretning om os, vi fik brevet i går")

    assert talking.facts["subject"] == "sof_underretning"
    assert "is_decision" not in talking.facts


def test_a_story_after_a_greeting_is_heard(talking: Talking) -> None:
    story = "hej jeg hedder sara og jeg er 12 og min klasselærer tager altid mit frikvarter"
    talking.say(story, "greet", "action_greet")

    assert talking.responses[0] == "utter_minor"
    assert talking.slots["asked"] is not None


def test_a_greeting_stays_a_greeting(talking: Talking) -> None:
    talking.say("hej med dig", "greet", "action_greet")

    assert talking.responses == ["utter_greet_again"]


def test_a_letter_that_is_found_after_all_gives_the_day(talking: Talking) -> None:
    talking.say("De har afslået mit fleksjob, og jeg vil klage")
    talking.answer_all({name: value for name, value in REST.items() if name != "concerns"})
    talking.ask("jeg fandt brevet, det er fra den 3. november")

    assert talking.facts["decision_received"] == "2026-11-03"
    assert talking.cards[0]["data"]["deadlines"][0]["date"] == "2026-12-01"


def test_who_lets_go_is_left_in_peace(talking: Talking) -> None:
    talking.say(RUDE)
    talking.say("hov, glem det", "inform")

    assert talking.responses == ["utter_stopped"]


def test_who_wants_a_sent_complaint_back_is_told_how(talking: Talking) -> None:
    talking.say("Jeg fortryder min klage, kan den trækkes tilbage?", "stop")

    assert talking.responses == ["utter_status_none"]


def test_what_drags_on_is_no_complaint_taken_back(talking: Talking) -> None:
    talking.say("De trækker sagen i langdrag, og det vil jeg klage over")

    assert "utter_status_none" not in talking.responses


def test_a_subject_is_put_right_in_words(talking: Talking) -> None:
    talking.say("Afslag på kontanthjælp i e-Boks den 10. november")
    talking.say("nej det var ikke kontanthjælp men sygedagpenge", "correct")

    assert talking.facts["subject"] == "bif_sygedagpenge"
    assert talking.responses[-1] == "utter_ask_corrected"


def test_who_has_told_already_is_shown_what_was_understood(talking: Talking) -> None:
    talking.say(RUDE)
    asked = talking.slots["asked"]
    talking.say("det har jeg jo sagt", "abuse")

    assert talking.responses == ["utter_ask_missed"]
    assert "17. november" in talking.turn.said[0]["understood"]
    assert talking.slots["asked"] == asked


def test_who_has_a_power_of_attorney_is_not_asked_who_they_are(talking: Talking) -> None:
    talking.say("Min mor har ventet på plejehjem siden juni, jeg har fuldmagt")

    assert talking.facts["complainant"] == "representative"


def test_a_subject_of_one_word_is_named_by_it(talking: Talking) -> None:
    talking.say("Afslag på fleksjob i e-Boks den 12. november")

    assert talking.facts["subject"] == "bif_fleksjob"


def test_who_says_that_nobody_is_in_danger_is_believed(talking: Talking) -> None:
    talking.say("jeg er ikke i fare, bare vred", "acute_danger", "action_acute_danger")

    assert "utter_acute_danger" not in talking.responses


def test_a_loud_neighbour_is_no_danger(talking: Talking) -> None:
    talking.say(
        "overboen holder fest med høj musik hver uge", "acute_violence", "action_acute_violence"
    )

    assert talking.responses == ["utter_neighbours", "utter_if_ours"]


def test_a_neighbour_who_threatens_is_danger(talking: Talking) -> None:
    said = "overboen holder fest med høj musik og truer mig med en kniv"
    talking.say(said, "acute_violence", "action_acute_violence")

    assert talking.responses == ["utter_acute_violence"]


def test_a_wish_for_guidance_is_no_question_for_status(talking: Talking) -> None:
    said = "Jeg vil ikke klage, jeg vil bare forstå, hvilke muligheder jeg har i min sag om skimmel i boligen."
    talking.say(said, "ask_status", "action_tell_status")

    assert talking.facts["wants"] == "guidance"
    assert "utter_status_none" not in talking.responses


def test_a_refusal_about_a_child_is_no_danger(talking: Talking) -> None:
    said = "Min datter får ikke skolebus mere. Afslaget kom den 3. november i e-Boks"
    talking.say(said, "acute_child", "action_acute_child")

    assert talking.facts["subject"] == "buf_skolebefordring"
    assert "utter_acute_child" not in talking.responses


def test_harm_beside_a_refusal_is_danger(talking: Talking) -> None:
    said = "Vi fik afslag på hjælp den 3. november, og nu slår han vores datter"
    talking.say(said, "acute_child", "action_acute_child")

    assert talking.responses[0] == "utter_acute_child"


def test_who_was_treated_badly_themselves_reports_no_wrongdoing(talking: Talking) -> None:
    talking.say(
        "En ansat svinede mig til i fredags", "report_wrongdoing", "action_warn_whistleblower"
    )

    assert "utter_whistleblower" not in talking.responses
    assert talking.facts["concerns"] == ["conduct"]


def test_who_speaks_of_their_work_is_warned(talking: Talking) -> None:
    said = "Min leder råbte ad mig, fordi jeg ikke ville forfalske listerne"
    talking.say(said, "report_wrongdoing", "action_warn_whistleblower")

    assert talking.responses == ["utter_whistleblower"]
    assert not talking.slots.get("facts")


def test_danger_beside_is_met(talking: Talking) -> None:
    said = "jeg er ikke i fare, men min søn er"
    talking.say(said, "acute_danger", "action_acute_danger")

    assert talking.responses == ["utter_acute_danger"]


def test_no_subject_is_offered_where_no_word_names_one(talking: Talking) -> None:
    talking.say("jeg vil klage")
    talking.say("nej", "deny")

    assert talking.slots["asked"] == "subject"
    assert talking.titles == ["Noget andet"]


def test_a_refusal_in_one_word_is_a_decision(talking: Talking) -> None:
    for word in ("afslag", "boligindskud", "i går"):
        talking.say(word, "inform" if word == "i går" else "complain")

    assert talking.facts["concerns"] == ["decision"]
    assert talking.facts["subject"] == "okf_indskud"
    assert talking.facts["decision_received"] == "2026-11-17"


def test_the_committee_that_decides_on_children_is_no_politics(talking: Talking) -> None:
    talking.say(
        "jeg må kun se min anbragte datter to timer om måneden, udvalget bestemte samværet den 29. oktober"
    )

    assert talking.facts["subject"] == "sof_anbringelse"
    assert "politically_decided" not in talking.facts
    assert talking.facts["concerns"] == ["decision"]


def test_a_person_is_no_subject(talking: Talking) -> None:
    talking.say("jeg vil klage over en lærer")
    talking.slots["asked"] = "subject"
    talking.say("min søn", "inform")

    assert "subject" not in talking.facts


def test_a_matter_laid_aside_leaves_no_subject_behind(talking: Talking) -> None:
    talking.say("jeg vil klage over en parkeringsafgift")
    assert talking.facts["subject"] == "tmf_parkeringsafgift"
    talking.say("glem det, det er egentlig min kontanthjælp, der er blevet stoppet", "inform")

    assert talking.facts["subject"] == "bif_kontanthjaelp"
    assert talking.facts["wants"] == "complaint"


@pytest.mark.parametrize(
    ("said", "response"),
    [
        ("Jeg fik en kontrolafgift af Q-Park i går", "utter_parking_company"),
        ("min overbo holder fest hver nat", "utter_neighbours"),
        ("our neighbours play loud music", "utter_neighbours"),
    ],
)
def test_private_people_are_pointed_elsewhere(talking: Talking, said: str, response: str) -> None:
    talking.say(said)

    assert talking.responses == [response, "utter_if_ours"]
    assert talking.slots.get("asked") is None


def test_a_neighbour_s_building_permit_is_the_municipality_s(talking: Talking) -> None:
    talking.say("Kommunen har givet min nabo tilladelse til en tagterrasse med fest og larm")

    assert "utter_neighbours" not in talking.responses
