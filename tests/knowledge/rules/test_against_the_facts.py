"""What a citizen reads, held against the sources: no date hidden, no doubt left out, nobody told to wait in vain."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from knowledge.guidance import Assessment, assess, load_profile
from knowledge.rules.assessment import Outcome
from knowledge.rules.integrity import RulesError, check_area
from knowledge.rules.loader import load_areas
from knowledge.rules.local import area_in
from knowledge.sources import load_sources

TODAY = dt.date(2026, 11, 21)
KNOWN: dict[str, Any] = {
    "complainant": "citizen", "wants": "complaint", "acute": False, "directly_affected": True,
    "pending_elsewhere": "none", "politically_decided": False,
}  # fmt: skip


def run(
    today: dt.date = TODAY, served: str = "koebenhavn", lang: str = "da", **facts: Any
) -> Assessment:
    told = KNOWN | {"municipality": served} | facts
    return assess(told, load_profile(served), today=today, lang=lang)


def first(**facts: Any) -> Outcome:
    return run(**facts).outcomes[0]


def appeals(outcome: Outcome) -> list[dt.date]:
    return [deadline.date for deadline in outcome.deadlines if deadline.kind == "appeal"]


def said(outcome: Outcome) -> str:
    texts = (outcome.explanation, *outcome.next_steps, *outcome.would_change)
    return " ".join((*texts, *(deadline.explanation for deadline in outcome.deadlines)))


# The one who has complained. Ankestyrelsen's guidance: the complaint goes to the municipality, which looks again within
# four weeks; so a complaint that the municipality already has can be the appeal.

MADE: dict[str, Any] = {
    "concerns": ["decision"], "subject": "bif_fleksjob", "complained_to_forvaltning": True,
    "complained_how": "written", "forvaltning_replied": False,
}  # fmt: skip


def test_who_complained_in_time_is_not_told_that_the_time_has_run_out() -> None:
    outcome = first(**MADE, decision_received="2026-09-10", complained_on="2026-10-08")
    assert appeals(outcome) == [dt.date(2026, 10, 8)]
    assert outcome.explanation.startswith("Du klagede torsdag den 8. oktober 2026. Gjaldt klagen")
    assert "Så skal du ikke klage igen" in outcome.explanation
    assert "ser ud til at være udløbet" not in said(outcome)
    assert not any("en særlig grund" in step for step in outcome.next_steps)


def test_a_complaint_about_something_else_leaves_the_day_as_it_is() -> None:
    outcome = first(**MADE, decision_received="2026-11-10", complained_on="2026-11-12")
    assert (
        "Gjaldt den noget andet, så klag over afgørelsen senest tirsdag den 8. december 2026"
        in (outcome.explanation)
    )
    assert any(step.startswith("Send klagen til den enhed") for step in outcome.next_steps)


def test_between_the_safe_day_and_the_day_by_law_no_complaint_is_late() -> None:
    facts = MADE | {"decision_received": "2026-11-21", "complained_on": "2026-11-30"}
    outcome = first(today=dt.date(2026, 12, 20), **facts)  # a Saturday, moved to Monday the 21st
    assert "Gjaldt den noget andet, så klag over afgørelsen nu." in outcome.explanation
    assert any(step.startswith("Send klagen til den enhed") for step in outcome.next_steps)


def test_nothing_goes_astray_where_no_day_counts_and_the_municipality_may_be_asked_first() -> None:
    facts = MADE | {"subject": "tvaer_gdpr"}
    outcome = first(**facts, decision_received="2026-11-10", complained_on="2026-11-12")
    assert not any("sende den videre" in step for step in outcome.next_steps)


def test_who_complained_too_late_is_asked_for_the_reason_and_not_for_another_complaint() -> None:
    outcome = first(**MADE, decision_received="2026-09-10", complained_on="2026-10-12")
    assert "Skriv til kommunen, hvorfor klagen kom sent" in outcome.explanation
    assert "Klag alligevel nu" not in said(outcome)
    assert any("særlig grund" in step for step in outcome.next_steps)  # the dispensation is told


def test_what_was_sent_before_the_decision_came_is_no_appeal() -> None:
    outcome = first(**MADE, decision_received="2026-11-10", complained_on="2026-11-02")
    assert outcome.explanation.startswith("Klag senest tirsdag den 8. december 2026")


def test_a_complaint_to_the_municipality_is_no_appeal_where_it_goes_straight_to_the_body() -> None:
    facts = MADE | {"subject": "sof_anbringelse"}
    outcome = first(**facts, decision_received="2026-11-10", complained_on="2026-11-12")
    assert outcome.explanation.startswith("Klag senest tirsdag den 8. december 2026")
    assert "skal den så vidt muligt sende den videre" in outcome.next_steps[0]  # fvl § 7, stk. 2
    assert "også selv til Ankestyrelsen" in outcome.next_steps[0]
    usual = first(**MADE, decision_received="2026-11-10", complained_on="2026-11-12")
    assert "sende den videre" not in usual.next_steps[0]


@pytest.mark.parametrize(
    ("subject", "pending"),
    [("tmf_byggesag", "other"), ("tmf_byggesag", "ankestyrelsen"), ("bif_fleksjob", "other")],
)
def test_nobody_is_told_to_wait_because_somebody_else_looks_at_the_matter(
    subject: str, pending: str
) -> None:
    outcome = first(
        concerns=["decision"], subject=subject, decision_received="2026-11-10",
        pending_elsewhere=pending,
    )  # fmt: skip
    assert outcome.explanation.startswith("Klag senest tirsdag den 8. december 2026")
    assert any("regn med, at klagefristen løber" in step for step in outcome.next_steps)


@pytest.mark.parametrize("subject", ["bif_fleksjob", "buf_specialundervisning"])
def test_an_appeal_that_lies_with_the_body_is_not_sent_again(subject: str) -> None:
    outcome = first(
        concerns=["decision"], subject=subject, decision_received="2026-11-10",
        pending_elsewhere="ankestyrelsen",
    )  # fmt: skip
    assert outcome.explanation.startswith("Din klage ligger allerede hos klageinstansen")


# A running appeal deadline is never hidden by a matter about something else.

BESIDE: dict[str, Any] = {
    "subject": "suf_hjemmehjaelp", "is_decision": True, "decision_received": "2026-11-10",
}  # fmt: skip


@pytest.mark.parametrize(
    "matter",
    [
        {"concerns": ["praise"]},
        {"concerns": ["process"], "wants": "feedback"},
        {"concerns": ["employment"]},
        {"concerns": ["process"], "complainant": "representative", "has_mandate": False},
    ],
)
@pytest.mark.parametrize("served", ["koebenhavn", "gentofte"])
def test_a_running_deadline_is_told_first_whatever_else_the_matter_is_about(
    matter: dict[str, Any], served: str
) -> None:
    outcome = first(served=served, **(BESIDE | matter))
    assert appeals(outcome) == [dt.date(2026, 12, 8)]
    assert "klag senest tirsdag den 8. december 2026" in outcome.explanation.lower()
    assert outcome.explanation.startswith(
        ("Klag senest", "Er du uenig i afgørelsen, så klag senest")
    )


def test_it_is_told_too_where_only_the_letter_can_say_whether_there_is_an_appeal() -> None:
    outcome = first(**(BESIDE | {"subject": "tmf_miljoe"}), concerns=["praise"])
    assert appeals(outcome) == [dt.date(2026, 12, 8)]
    settled = first(**BESIDE, concerns=["praise"], has_statutory_appeal=False)
    assert appeals(settled) == []


def test_it_is_told_once_and_asks_for_nothing() -> None:
    told = run(**BESIDE, concerns=["praise", "employment"])
    assert [len(appeals(outcome)) for outcome in told.outcomes] == [1, 0]
    untold = run(concerns=["praise"], subject="suf_hjemmehjaelp")
    assert untold.missing == ()


def test_a_deadline_that_is_over_says_nothing_to_who_gives_praise() -> None:
    outcome = first(**(BESIDE | {"decision_received": "2026-09-10"}), concerns=["praise"])
    assert appeals(outcome) == []


def test_danger_and_reports_of_wrongdoing_carry_no_date() -> None:
    assert appeals(first(**BESIDE, concerns=["process"], acute=True)) == []
    assert appeals(first(**BESIDE, concerns=["wrongdoing"], complainant="employee")) == []


# Doubt is said.


@pytest.mark.parametrize(
    ("subject", "doubt"),
    [
        ("sof_boligsocial", True),  # general knowledge only
        ("kff_idraet_tilskud", True),  # partly
        ("buf_dagtilbud_plads", False),  # dagtilbudsloven § 26 is read
    ],
)
def test_that_there_is_no_appeal_body_is_as_sure_as_its_source(subject: str, doubt: bool) -> None:
    outcome = first(
        concerns=["decision"], subject=subject, event_date="2026-11-10", ongoing=False,
        complained_to_forvaltning=False,
    )  # fmt: skip
    assert "Der er ingen klageinstans over kommunen" in outcome.explanation
    assert (
        "Vi er ikke helt sikre på, at der ingen klageinstans er" in outcome.explanation
    ) is doubt


def test_a_letter_that_names_no_body_does_not_settle_that_there_is_none() -> None:
    outcome = first(
        concerns=["decision"], subject="bif_fleksjob", has_statutory_appeal=False,
        event_date="2026-11-10", ongoing=False, complained_to_forvaltning=False,
    )  # fmt: skip
    assert "klage over nogle af de afgørelser til Ankestyrelsen" in outcome.explanation
    assert "En klagefrist kan løbe" in outcome.explanation


def test_a_passed_limit_is_told_as_counted_and_not_as_settled() -> None:
    outcome = first(
        concerns=["decision"], subject="bif_fleksjob", decision_received="2026-09-01",
        appeal_guidance_missing=True, complained_to_forvaltning=False,
    )  # fmt: skip
    assert "klagefristen udløb" not in said(outcome)
    assert any("er fristen måske ikke begyndt at løbe" in step for step in outcome.next_steps)


def test_the_last_safe_day_is_not_called_the_last_day_when_the_law_moves_it() -> None:
    facts = {"concerns": ["decision"], "subject": "bif_fleksjob"}
    moved = first(today=dt.date(2026, 12, 24), decision_received="2026-11-27", **facts)
    assert moved.explanation.startswith("I dag er den sidste sikre dag")
    fixed = first(today=dt.date(2026, 12, 24), decision_received="2026-11-26", **facts)
    assert fixed.explanation.startswith("Fristen udløber i dag")


def test_whether_the_adviser_may_look_at_what_the_equality_board_can_is_open() -> None:
    outcome = first(
        concerns=["decision"], subject="tvaer_diskrimination", decision_received="2026-11-10"
    )
    assert "Det er ikke afklaret, om Borgerrådgiveren" in outcome.explanation
    assert any("har den sin egen klagefrist" in step for step in outcome.next_steps)


@pytest.mark.parametrize("subject", ["tmf_miljoe", "tmf_natur", "tmf_lokalplan", "tmf_skadedyr"])
def test_that_the_fee_must_be_paid_first_is_never_left_out(subject: str) -> None:
    outcome = first(concerns=["decision"], subject=subject, decision_received="2026-11-10")
    assert any("gebyret er betalt" in step for step in outcome.next_steps)


def test_treatment_older_than_a_year_is_still_sent_to_the_agency_for_patients() -> None:
    outcome = first(
        concerns=["practical"], subject="suf_sygepleje", event_date="2024-10-01", ongoing=False,
        is_decision=False,
    )  # fmt: skip
    assert outcome.route.value == "too_old"
    assert any("Styrelsen for Patientklager" in step for step in outcome.next_steps)
    assert any("burde kende fejlen" in step for step in outcome.next_steps)


def test_who_waits_for_access_to_files_hears_of_the_complaint_about_the_time() -> None:
    outcome = first(
        concerns=["process"], subject="tvaer_aktindsigt_offentlig", waiting_since="2026-10-20",
        event_date="2026-10-20", ongoing=True, complained_to_forvaltning=False, is_decision=False,
    )  # fmt: skip
    assert outcome.route.value == "delay_push"  # offentlighedsloven § 39: 14 working days
    [day] = [d for d in outcome.deadlines if d.kind == "answer_complaint"]
    assert (day.date, day.passed) == (dt.date(2026, 11, 9), True)


def test_who_has_had_an_answer_is_not_sent_back_to_the_manager() -> None:
    outcome = first(
        concerns=["decision"], subject="buf_sfo_plads_takst", event_date="2026-11-01",
        ongoing=False, complained_to_forvaltning=True, forvaltning_replied=True,
    )  # fmt: skip
    assert outcome.route.value == "borgerraadgiver"
    assert not any("Skriv til lederen" in step for step in outcome.next_steps)


# What holds in one municipality is not told in another.

RENT: dict[str, Any] = {
    "concerns": ["decision"], "subject": "okf_husleje", "decision_received": "2026-11-10",
}  # fmt: skip


def test_the_appeals_tribunal_for_rent_is_copenhagens() -> None:
    outcome = first(**RENT)
    assert outcome.recipient is not None
    assert outcome.recipient.contact_id == "ankenaevnet-husleje"
    assert appeals(outcome) == [dt.date(2026, 12, 8)]


@pytest.mark.parametrize(
    ("served", "municipality"), [("gentofte", "gentofte"), ("koebenhavn", "other")]
)
@pytest.mark.parametrize("lang", ["da", "en"])
def test_elsewhere_the_tribunals_own_letter_tells_the_way(
    served: str, municipality: str, lang: str
) -> None:
    told = run(served=served, lang=lang, **(RENT | {"municipality": municipality}))
    [outcome] = told.outcomes
    assert appeals(outcome) == []
    assert "Ankenævnet" not in said(outcome)
    assert "Appeals Tribunal" not in said(outcome)
    assert told.missing == ()
    if served == municipality:
        letter = {"da": "står der i nævnets brev", "en": "the tribunal's letter says"}[lang]
        assert letter in outcome.explanation


@pytest.mark.parametrize(
    "subject",
    ["tvaer_sagsbehandlingstid", "bif_kontanthjaelp", "sof_hjaelpemidler", "buf_dagtilbud_plads"],
)
def test_copenhagens_promises_and_offices_are_not_told_in_gentofte(subject: str) -> None:
    outcome = first(
        served="gentofte", concerns=["process"], subject=subject, event_date="2026-11-01",
        ongoing=False, is_decision=False,
    )  # fmt: skip
    steps = " ".join(outcome.next_steps)
    for own in ("ti arbejdsdage", "Ydelsesservice", "forvaltningen deler", "egen klageenhed"):
        assert own not in steps


def test_an_area_is_whole_where_everything_holds_and_keeps_what_holds_everywhere() -> None:
    area = load_areas()["okf_husleje"]
    assert area_in(area, "koebenhavn") == area
    outside = area_in(area, "gentofte")
    assert outside.decision.deadline is None
    assert [note.only_in for note in outside.notes] == [()]
    plain = load_areas()["bif_fleksjob"]
    assert area_in(plain, "gentofte") == plain


def test_what_holds_in_some_municipalities_says_what_of_the_others() -> None:
    area = load_areas()["okf_husleje"]
    assert area.elsewhere is not None
    assert area.elsewhere.decided is not None
    silent = replace(area.elsewhere, decided=replace(area.elsewhere.decided, outside=None))
    contacts = {"huslejenaevnet", "ankenaevnet-husleje"}
    with pytest.raises(RulesError, match="some municipalities"):
        check_area(replace(area, elsewhere=silent), "here", load_sources(), contacts)


@pytest.mark.parametrize(
    ("lang", "until"),
    [("da", "til og med den tiende arbejdsdag"), ("en", "including the tenth working day")],
)
def test_the_reply_guarantee_is_told_without_a_day_while_the_day_is_unknown(
    lang: str, until: str
) -> None:
    told = run(
        lang=lang, concerns=["conduct"], subject="kff_borgerservice", event_date="2026-11-01",
        ongoing=False, complained_to_forvaltning=True, forvaltning_replied=False,
        complained_how="written",
    )  # fmt: skip
    [outcome] = told.outcomes
    assert "complained_on" in told.missing
    assert until in outcome.next_steps[0]
