"""What is read from messages, and what is not; the sentences are the tests' own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.reading import read_facts
from knowledge.rules.facts import parse_facts

# A Saturday.
TODAY = date(2026, 11, 21)


def facts(text: str, **more: Any) -> dict[str, Any]:
    return read_facts(text, today=TODAY, lang="da", **more).facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jeg klagede til centret den 9. oktober, og de har ikke svaret.",
         {"complained_to_forvaltning": True, "complained_on": "2026-10-09",
          "forvaltning_replied": False}),
        ("vi har sendt en skriftlig klage, men hører intet",
         {"complained_to_forvaltning": True, "complained_how": "written",
          "forvaltning_replied": False}),
        ("Jeg har slet ikke klaget endnu", {"complained_to_forvaltning": False}),
        ("Afslaget kom i e-Boks i torsdags",
         {"is_decision": True, "delivery": "digital_post", "decision_received": "2026-11-19"}),
        ("jeg har ventet på svar i fem måneder", {"waiting_since": "2026-06-21"}),
        ("De lovede mig svar inden den 1. november", {"promised_by": "2026-11-01"}),
        ("min far har ventet siden 2. maj, og jeg har fuldmagt",
         {"complainant": "representative", "has_mandate": True, "waiting_since": "2026-05-02"}),
        ("Sagen ligger hos Ankestyrelsen", {"pending_elsewhere": "ankestyrelsen"}),
        ("We complained in writing on 3 September and got no reply",
         {"complained_to_forvaltning": True, "complained_on": "2026-09-03",
          "complained_how": "written", "forvaltning_replied": False}),
        ("she yelled at me last week", {"concerns": ["conduct"]}),
        # Word families: other verbs, other offices, other relatives.
        ("Vi har fremsendt en indsigelse til pladsanvisningen",
         {"complained_to_forvaltning": True}),
        ("Kommunen har skåret min boligstøtte ned", {"is_decision": True}),
        ("vores ansøgning om en plejebolig blev ikke imødekommet", {"is_decision": True}),
        ("Jeg skriver for min svigermor, og hun har underskrevet en fuldmagt",
         {"complainant": "representative", "has_mandate": True}),
        ("jeg er pædagog i en børnehave, og lederen snyder med timerne",
         {"complainant": "employee", "concerns": ["wrongdoing"]}),
        ("Sagen verserer lige nu ved Østre Landsret", {"pending_elsewhere": "court"}),
        # Slips of the finger and spoken forms.
        ("har ikk fuldmakt", {"has_mandate": False}),
        ("fik afslga i e-box igår",
         {"is_decision": True, "delivery": "digital_post", "decision_received": "2026-11-20"}),
        ("I didn't get a reply to the complaint I sent them on 2 October",
         {"complained_to_forvaltning": True, "complained_on": "2026-10-02",
          "forvaltning_replied": False}),
        # How it was done stands in the clause before, the day is counted from another.
        ("Jeg ringede til lederen og klagede", {"complained_how": "oral"}),
        ("Den 6. oktober fik jeg nej, og jeg klagede dagen efter",
         {"decision_received": "2026-10-06", "complained_on": "2026-10-07"}),
        # Days of the week as a story tells them.
        ("Brevet om afslaget kom om torsdagen", {"decision_received": "2026-11-19"}),
        ("Den 2. november var jeg til møde, og om onsdagen fik jeg brev om afslag",
         {"decision_received": "2026-11-04"}),
        # Whoever has custody, or is a guardian, stands for the other.
        ("Jeg skriver om min søn, og jeg har forældremyndigheden",
         {"complainant": "representative", "has_mandate": True}),
        ("Jeg er værge for min faster", {"complainant": "representative", "has_mandate": True}),
        # What it needs is told after it; the day stands in the clause before it.
        ("Lederen har aldrig svaret på det klagebrev, jeg gav hende den 9. oktober",
         {"complained_to_forvaltning": True, "complained_on": "2026-10-09",
          "forvaltning_replied": False}),
        ("Jeg skrev til lederen den 9. oktober og klagede", {"complained_on": "2026-10-09"}),
        # A name with 'and' in it.
        ("Jeg sendte en klage til Center for Børn og Familier d. 9. oktober",
         {"complained_on": "2026-10-09"}),
        # One of the writer's own does it.
        ("Min kone er sygemeldt. I går klagede hun til centret", {"complained_on": "2026-11-20"}),
        ("Sagen ligger nu hos Planklagenævnet", {"pending_elsewhere": "other"}),
    ],
)  # fmt: skip
def test_what_is_stated_is_read(text: str, expected: dict[str, Any]) -> None:
    assert expected.items() <= facts(text).items()


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("Hvis jeg klager nu, hvad sker der så?", "complained_to_forvaltning"),
        ("Skal jeg have klaget til forvaltningen først?", "complained_to_forvaltning"),
        ("Min nabo klagede i august og fik svar", "complained_to_forvaltning"),
        ("De påstår, at jeg fik afgørelsen i juni", "decision_received"),
        ("Jeg overvejer at klage", "complained_to_forvaltning"),
        ("ring til mig på 33 66 33 66", "event_date"),
        ("min sag hedder 2024-0815-1234", "event_date"),
        ("Jeg klagede til Ombudsmanden sidste år", "complained_to_forvaltning"),
        ("klagefristen er fire uger", "decision_received"),
        ("if they refuse me, can I appeal", "is_decision"),
        ("Bliver det et nej, klager jeg", "is_decision"),
        ("Min underbo har klaget over mig", "complained_to_forvaltning"),
        ("På nettet skriver folk at kommunen har stoppet hjælpen", "is_decision"),
        ("jeg venter barn til januar", "waiting_since"),
        ("Jeg har ventet på en afgørelse i otte uger", "decision_received"),
        ("Hvor kan vi klage over en lærer", "complained_to_forvaltning"),
        # Reports behind a comma, of what was said to others, and in quotation marks.
        ("Min mor tror, at hun har klaget", "complained_to_forvaltning"),
        ("Hun har noteret i journalen, at jeg klagede i maj", "complained_to_forvaltning"),
        ("My caseworker told my sister that I had complained", "complained_to_forvaltning"),
        ('Der står: "Du har modtaget vores afgørelse den 4. maj 2026."', "decision_received"),
        # Somebody else does it.
        ("Manden ovenpå fik frataget sin hjælp. Han har klaget", "complained_to_forvaltning"),
        ("Foreningen har klaget til forvaltningen", "complained_to_forvaltning"),
        ("my landlord complained to the council about us", "complained_to_forvaltning"),
        ("En borger har klaget over mig", "complained_to_forvaltning"),
        # A matter of before.
        (
            "For tre år siden klagede jeg, og det blev ordnet. Nu er det noget andet",
            "complained_to_forvaltning",
        ),
        ("Støjen er stoppet. Nu gælder det skraldet", "ongoing"),
        # Said one way and then the other.
        ("Jeg har klaget. Eller nej, jeg har ikke klaget", "complained_to_forvaltning"),
        # Days of something else.
        ("Afslaget er dateret den 3. november", "decision_received"),
        ("Min far døde i april. Jeg fik afslag", "decision_received"),
        ("Jeg lover at sende papirerne senest fredag", "promised_by"),
        ("De har lukket i uge 52, og hun var grov", "event_date"),
        ("jeg har ventet på svar, er jeg berettiget til hjælp fra i dag", "is_decision"),
        # Idle words, and commands to the bot.
        ("start helt forfra", "concerns"),
        ("that link is broken", "concerns"),
        ("nej, den øverste", "is_decision"),
        ("may they stop my benefit while I appeal", "is_decision"),
    ],
)
def test_what_is_not_stated_is_not_assumed(text: str, never: str) -> None:
    assert never not in facts(text)


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        ("complained_to_forvaltning", "ja, i september, på mail",
         {"complained_to_forvaltning": True, "complained_on": "2026-09-30",
          "complained_how": "written"}),
        ("complained_to_forvaltning", "nej ikke endnu", {"complained_to_forvaltning": False}),
        ("complained_on", "det var vist den 3.", {"complained_on": "2026-11-03"}),
        ("delivery", "med posten", {"delivery": "letter"}),
        ("forvaltning_replied", "næ", {"forvaltning_replied": False}),
        ("waiting_since", "otte uger", {"waiting_since": "2026-09-26"}),
        ("promised_by", "senest 1. december", {"promised_by": "2026-12-01"}),
        ("pending_elsewhere", "nej", {"pending_elsewhere": "none"}),
    ],
)  # fmt: skip
def test_a_short_answer_belongs_to_the_question(
    asked: str, text: str, expected: dict[str, Any]
) -> None:
    assert facts(text, asked=asked) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [("ved ikke", "dont_know"), ("spring over", "skip"), ("det kan jeg ikke huske", "dont_know"),
     ("no idea", "dont_know"), ("skip it", "skip"), ("ja", None)],
)  # fmt: skip
def test_not_knowing_and_skipping_are_answers(text: str, kind: str | None) -> None:
    assert read_facts(text, today=TODAY, lang="da", asked="is_decision").answer == kind


def test_a_correction_changes_what_was_known() -> None:
    known = {"complained_to_forvaltning": True, "complained_on": "2026-03-31"}
    read = read_facts("nej, det var i april", today=TODAY, lang="da", known=known)
    assert read.facts["complained_on"] == "2026-04-30"
    assert read.corrected == {"complained_on"}


def test_a_month_is_read_so_that_the_citizen_is_safe() -> None:
    """Their own limit from its first day, the authority's time from its last."""
    assert facts("jeg fik afslaget i oktober")["decision_received"] == "2026-10-01"
    assert facts("jeg klagede i oktober")["complained_on"] == "2026-10-31"


def test_several_kinds_of_complaint_are_noticed() -> None:
    read = read_facts("De svarer aldrig, og hun råbte ad mig i skranken", today=TODAY, lang="da")
    assert set(read.facts["concerns"]) == {"process", "conduct"}
    assert read.concerns_mixed


def test_a_negation_reaches_only_as_far_as_its_thought() -> None:
    read = facts("Jeg har ikke hørt fra dem, efter jeg klagede den 2. november")
    assert read["complained_to_forvaltning"] is True
    assert read["complained_on"] == "2026-11-02"
    assert facts("Han var ikke uhøflig").get("concerns") is None


@pytest.mark.parametrize(
    "text",
    [
        "Genboen har lige fået tilladelse til en kvist, der tager al vores sol",
        "kommunen gav bygherren dispensation",
        "Our neighbours were given planning permission",
    ],
)
def test_what_others_may_do_is_a_decision_of_another_day(text: str) -> None:
    read = facts(f"{text} den 2. november")
    assert read["is_decision"] is True
    assert "decision_received" not in read


@pytest.mark.parametrize(
    "text",
    [
        "Naboen har søgt om byggetilladelse",
        "min nabo fik afslag på byggetilladelse",
        "Kommunen har ikke givet naboen lov til at bygge endnu",
        "kan min nabo få byggetilladelse uden at spørge mig?",
    ],
)
def test_what_others_may_not_do_yet_is_no_decision(text: str) -> None:
    assert "is_decision" not in facts(text)


def test_the_rent_tribunals_word_is_a_decision_of_its_day() -> None:
    read = facts("Huslejenævnet afgjorde min sag den 5. november")
    assert read["decision_received"] == "2026-11-05"


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("Kommunen har afvist min aktindsigt", "decision"),
        ("Jeg venter på aktindsigt", "process"),
        ("min rengøring bliver skåret ned til hver tredje uge", "decision"),
        ("min rengøring bliver ikke gjort", "practical"),
        ("rådgiveren er en løgner", "conduct"),
    ],
)
def test_a_refusal_is_told_from_waiting_and_from_a_task(text: str, concern: str) -> None:
    assert facts(f"Brev fra i går: {text}" if concern == "decision" else text)["concerns"] == [
        concern
    ]


@pytest.mark.parametrize(
    "text", ["hun ved ikke, at jeg skriver", "he does not know that I am writing"]
)
def test_who_does_not_know_of_it_has_given_no_mandate(text: str) -> None:
    assert facts(text)["has_mandate"] is False


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_gives_facts_that_can_be(text: str) -> None:
    read = read_facts(text, today=TODAY, lang="da", asked="complained_on")
    parse_facts(read.facts, today=TODAY, areas=())
