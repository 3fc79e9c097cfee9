"""Facts as dialect, haste, learned Danish and formal Danish state them, and slips that are taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from knowledge.reading import read_facts

# A Wednesday.
TODAY = date(2026, 9, 16)


def facts(text: str, **more: Any) -> dict[str, Any]:
    return read_facts(text, today=TODAY, lang="da", **more).facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Spoken and hasty Danish.
        ("De sku ha ringet til mig inden udgangen af august", {"promised_by": "2026-08-31"}),
        ("de tar min hjemmehjælp fra mig", {"is_decision": True, "concerns": ["decision"]}),
        ("der er ingen klagevejl i afgørelsen", {"appeal_guidance_missing": True}),
        ("kommunen har ghostet mig siden maj", {"waiting_since": "2026-05-31"}),
        ("vi venter på en institutionsplads, fire måneder nu", {"waiting_since": "2026-05-16"}),
        ("det foregår stadigvæk", {"ongoing": True}),
        ("hun skældte mig huden fuld i mandags",
         {"concerns": ["conduct"], "event_date": "2026-09-14"}),
        ("Vikaren rev min datter i håret i fredags",
         {"concerns": ["conduct"], "event_date": "2026-09-11"}),
        ("Hun bad mig holde min mund i torsdags",
         {"concerns": ["conduct"], "event_date": "2026-09-10"}),
        ("lygten ved stien er nu gået ud", {"concerns": ["practical"]}),
        ("vil helst ikk ha nogen ved det er mig", {"wants_anonymity": True}),
        ("det er for min bedstefar, han er blind", {"complainant": "representative"}),
        # Whoever learns Danish.
        ("Jeg klage allerede for tre måneder siden", {"complained_to_forvaltning": True}),
        ("Jeg skrive for min kone", {"complainant": "representative"}),
        ("vi har kiosk, kommunen siger nej", {"complainant": "company"}),
        ("Jeg har vente fem måneder på min bolig", {"waiting_since": "2026-04-16"}),
        ("Jeg bor Nørrebro", {"municipality": "koebenhavn"}),
        ("Pædagog slå min søn i går", {"concerns": ["conduct"], "event_date": "2026-09-15"}),
        ("Jeg hjælpe min kone, hun give mig fuldmagt",
         {"complainant": "representative", "has_mandate": True}),
        ("kommune stoppe min kontanthjælp", {"is_decision": True}),
        ("Jeg skrive for ham, han er syg", {"complainant": "representative"}),
        # Formal Danish.
        ("Som indehaver af en mindre virksomhed vil jeg klage over et påbud modtaget den 1. september",
         {"complainant": "company", "is_decision": True, "decision_received": "2026-09-01"}),
        ("jeg beder om at min identitet holdes fortrolig", {"wants_anonymity": True}),
        ("Min klage af 2. juni henstår ubesvaret", {"forvaltning_replied": False}),
        ("Det er Sundheds- og Omsorgsudvalget, der har besluttet nedlæggelsen",
         {"politically_decided": True, "decided_by": "committee"}),
        ("Nedlæggelsen er vedtaget i Børne- og Ungdomsudvalget",
         {"politically_decided": True, "decided_by": "committee"}),
        ("Vores klage til Teknik- og Miljøforvaltningen er stadig ikke besvaret",
         {"complained_to_forvaltning": True, "forvaltning_replied": False}),
        ("Sagen verserer fortsat ved byretten", {"pending_elsewhere": "court"}),
        ("Klagevejledningen fremgår af brevet", {"appeal_guidance_missing": False}),
        ("jeg ønsker alene at få afklaret mine rettigheder", {"wants": "guidance"}),
        # English.
        ("She has been waiting since the beginning of June", {"waiting_since": "2026-06-10"}),
        ("I applied on 4 May, they promised a reply by 1 July and I heard nothing",
         {"waiting_since": "2026-05-04", "promised_by": "2026-07-01"}),
        ("The Ombudsman is already looking into it", {"pending_elsewhere": "ombudsman"}),
        ("I hold power of attorney for my aunt",
         {"has_mandate": True, "complainant": "representative"}),
        ("They stopped our cleaning in August", {"is_decision": True}),
        ("Lovely help from the girl at the library, thank you", {"concerns": ["praise"]}),
        ("I have a suggestion for the municipality", {"wants": "feedback"}),
        ("My sister lives in Gentofte, but I live in Copenhagen", {"municipality": "koebenhavn"}),
        ("It is now before the courts", {"pending_elsewhere": "court"}),
        ("The meals come cold every day", {"concerns": ["practical"], "ongoing": True}),
        ("We own a bakery in Gentofte", {"municipality": "gentofte", "complainant": "company"}),
        ("They treat us worse than the Danish families", {"concerns": ["discrimination"]}),
    ],
)  # fmt: skip
def test_many_voices_state_the_same(text: str, expected: dict[str, Any]) -> None:
    read = facts(text)
    assert {fact: read.get(fact) for fact in expected} == expected


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("De skrev tilbage på klagen i mandags", "complained_on"),
        ("jeg har aldrig sagt, at jeg har klaget", "complained_to_forvaltning"),
        ("I never said we complained", "complained_to_forvaltning"),
        ("der er ikke nogen der har skældt ud, det er bare vildt langsomt", "concerns"),
        ("jeg søgte i marts og fik nej i juni", "waiting_since"),
        ("Alle på vejen snakker om, at det er udvalget, der har bestemt det", "decided_by"),
        ("Det var ikke udvalget, der bestemte det", "decided_by"),
        ("det er min datter, der har fundet brevet til mig", "complainant"),
        ("kan kommunen stoppe min kontanthjælp?", "is_decision"),
        ("de truer med at stoppe mine dagpenge", "is_decision"),
        ("Udvalget har ikke besluttet noget endnu", "politically_decided"),
        ("det er min fars hus, men det er mig, der bor der", "complainant"),
        ("jeg skal vente 6 uger på byggesagen", "waiting_since"),
        ("vi fik afslag på et lån i banken i mandags", "is_decision"),
        ("I gave power of attorney for my house to a lawyer", "complainant"),
    ],
)
def test_what_only_sounds_like_it_is_not_read(text: str, never: str) -> None:
    assert never not in facts(text)


def test_who_passes_over_half_of_a_complaint_has_answered_it() -> None:
    read = facts("De svarede på min klage i går, men ignorerede det vigtigste")
    assert read["forvaltning_replied"] is True


def test_a_no_that_is_told_beside_rudeness_is_no_complaint_of_its_own() -> None:
    read = facts("lederen var nedladende, og hun sagde nej til min rollator den 4. september")
    assert read["is_decision"] is True
    assert read["concerns"] == ["conduct"]


def test_a_no_on_the_telephone_alone_is_oral() -> None:
    said = "Hun ringede og sagde, at min hjælp bliver skåret ned, ikke noget på skrift"
    assert facts(said)["delivery"] == "oral"


def test_a_complaint_of_the_tone_alone_is_none_of_the_decision() -> None:
    assert facts("Jeg har ikke klaget over afgørelsen, kun over tonen")["concerns"] == ["conduct"]


def test_how_it_went_for_a_brother_is_no_part_of_ones_own_matter() -> None:
    read = facts(
        "Da min bror klagede i 2023, fik han svar på en uge. Jeg har ventet i fem måneder."
    )
    assert read["waiting_since"] == "2026-04-16"
    assert "complained_on" not in read
    assert "forvaltning_replied" not in read


def test_a_dismissive_answer_is_an_answer_and_no_rudeness() -> None:
    read = facts("Jeg klagede den 1. september og fik et afvisende svar den 8. september")
    assert read["forvaltning_replied"] is True
    assert "conduct" not in read.get("concerns", ())


def test_an_application_that_was_refused_is_no_slow_handling() -> None:
    assert facts("jeg søgte i marts og fik nej i juni")["concerns"] == ["decision"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jeg klagede i maj. nej, det var i juni",
         {"complained_to_forvaltning": True, "complained_on": "2026-06-30"}),
        ("I complained on 3 August, sorry, I mean 13 August", {"complained_on": "2026-08-13"}),
        ("Afslaget kom den 1. september, nej undskyld, den 7. september",
         {"decision_received": "2026-09-07"}),
        ("brevet kom d. 2/9 nej det passer ikke det var d. 3/9", {"decision_received": "2026-09-03"}),
        ("afgørelsen kom med posten eller nej i e-boks", {"delivery": "digital_post"}),
    ],
)  # fmt: skip
def test_a_slip_that_is_taken_back_does_not_count(text: str, expected: dict[str, Any]) -> None:
    read = facts(text)
    assert {fact: read.get(fact) for fact in expected} == expected


def test_the_last_of_many_slips_is_meant() -> None:
    read = facts("jeg klagede " + "den 1. juni, nej " * 500 + "den 3. juni")
    assert read["complained_on"] == "2026-06-03"


def test_a_slip_is_taken_back_in_an_answer_too() -> None:
    said = "jeg skrev den 2., men jeg mente den 12. september"
    assert facts(said, asked="decision_received")["decision_received"] == "2026-09-12"


@pytest.mark.parametrize(
    "text",
    [
        "Brevet er dateret den 1. september, men kom først den 8. september",
        "Afslaget er fra den 1. september og landede først den 8. september",
    ],
)
def test_the_day_it_came_goes_before_the_day_it_bears(text: str) -> None:
    assert facts(text)["decision_received"] == "2026-09-08"


def test_two_days_of_two_things_stay_two() -> None:
    read = facts("Jeg fik afslaget den 1. september. Nej, de har ikke svaret på klagen fra den 4.")
    assert read["decision_received"] == "2026-09-01"
