"""A letter in the conversation: explained, its facts taken, and the day it was received asked for."""

from __future__ import annotations

import pytest

from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking
from tests.knowledge.reading.test_letters import DECISION, GUIDANCE, HEARING

MISSING = DECISION.format(guidance="Du er velkommen til at ringe.")
WHOLE = DECISION.format(guidance=GUIDANCE)


@pytest.fixture
def talking() -> Talking:
    """A conversation in Danish."""
    return Talking(fake_ports())


def paste(talking: Talking, text: str) -> str:
    """Pastes a letter after its text was asked for; gives what was said of it."""
    talking.say("Jeg forstår ikke mit brev", "understand_letter", "action_read_letter")
    assert talking.responses == ["utter_paste_letter"]
    talking.say(text, "ask_question", "action_answer_question")
    return str(talking.turn.said[0]["summary"])


def test_a_letter_is_explained_and_the_day_it_came_is_asked_for(talking: Talking) -> None:
    summary = paste(talking, WHOLE)

    assert talking.responses == ["utter_letter_read", "utter_letter_parts", "utter_ask_received"]
    assert "4 uger" in summary
    assert "Handicapcenter København" in summary
    assert talking.facts["is_decision"] is True
    assert talking.facts["appeal_guidance_missing"] is False
    assert "decision_received" not in talking.facts
    assert talking.slots["asked"] == "decision_received"


def test_the_day_it_came_brings_the_deadline(talking: Talking) -> None:
    paste(talking, WHOLE)
    talking.say("den 10. november", "inform", "action_answer_question")

    assert talking.facts["decision_received"] == "2026-11-10"
    assert "8. december 2026" in str(talking.turn.said)


def test_missing_guidance_is_said_with_its_consequence(talking: Talking) -> None:
    summary = paste(talking, MISSING)

    assert "§ 25" in summary
    assert talking.facts["appeal_guidance_missing"] is True


def test_nothing_of_the_letter_is_kept_but_a_masked_phrase(talking: Talking) -> None:
    paste(talking, WHOLE)

    kept = str(talking.slots)
    assert "el-scooter" in kept
    for private in ("Birthe", "Opdigtet", "010190", "Prøvestræde", "Opfundet"):
        assert private not in kept


def test_a_hearing_is_no_decision_and_asks_nothing(talking: Talking) -> None:
    summary = paste(talking, HEARING)

    assert "24. november 2026" in summary
    assert talking.responses[-1] == "utter_letter_onward"
    assert talking.facts["is_decision"] is False


def test_a_letter_is_read_wherever_it_comes(talking: Talking) -> None:
    talking.say(WHOLE, "complain")

    assert talking.responses[0] == "utter_letter_read"


def test_what_was_told_before_stands(talking: Talking) -> None:
    talking.say("Jeg fik afslag på sygedagpenge i e-Boks den 5. november og vil klage.")
    talking.say(WHOLE, "understand_letter", "action_read_letter")

    assert talking.facts["subject"] == "bif_sygedagpenge"
    assert talking.facts["decision_received"] == "2026-11-05"
    assert talking.slots["asked"] not in (None, "decision_received")


def test_an_english_conversation_is_answered_in_english() -> None:
    talking = Talking(fake_ports(), "en")
    talking.say(MISSING, "understand_letter", "action_read_letter")

    assert "guidance on how to complain" in str(talking.turn.said[0]["summary"])


def test_a_final_decision_of_a_board_asks_for_no_day_and_starts_no_limit(talking: Talking) -> None:
    talking.say(
        "ANKESTYRELSEN\n\nDato: 4. november 2026\n\nKære Birthe Opdigtet\n\nAfgørelse om førtidspension\n\n"
        "Du har klaget over kommunens afgørelse. Vi stadfæster kommunens afgørelse, jf. § 16.\n\n"
        "Afgørelsen er endelig og kan ikke indbringes for anden administrativ myndighed.\n\nVenlig hilsen\nOle Opfundet"
    )

    assert talking.responses == ["utter_letter_read", "utter_letter_parts", "utter_letter_onward"]
    assert talking.facts.get("has_statutory_appeal") is False
    assert "is_decision" not in talking.facts


def test_the_second_of_two_letters_is_told_beside_the_first(talking: Talking) -> None:
    letter = (
        "Københavns Kommune\nSundheds- og Omsorgsforvaltningen\n\nDato: {day}. november 2026\n\n"
        "Kære Birthe\n\n{what}\n\n"
        "Venlig hilsen\nOle Opfundet\n\n"
    )
    first = letter.format(
        day=5, what="Vi har besluttet at give dig afslag på hjemmehjælp efter § 83."
    )
    second = letter.format(
        day=9, what="Vi har besluttet at give dig afslag på en kørestol efter § 112."
    )

    talking.say(first + second)

    assert "utter_letters_beside" in talking.responses
    assert talking.facts["subject"] == "suf_hjemmehjaelp"
    beside = next(m for m in talking.turn.said if m.get("response") == "utter_letters_beside")
    assert "9. november 2026" in beside["summary"]
    assert "Birthe" not in str(talking.turn.said)


def test_a_letter_of_another_matter_is_explained_and_kept_apart(talking: Talking) -> None:
    talking.say("Jeg fik afslag på byggetilladelse den 2. november")
    before = dict(talking.facts)

    talking.say(MISSING)

    assert "utter_letter_of_another" in talking.responses
    assert talking.facts == before
    assert "Hjælpemidler" in talking.turn.said[0]["summary"]
