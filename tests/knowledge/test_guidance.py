"""The front door: what is said first, what is never hidden, what never changes, and what is repeated."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import Any

import pytest

from knowledge.guidance import Assessment, assess, differing_versions, load_profile
from knowledge.rules.facts import FactError, parse_facts
from knowledge.rules.model import Route
from knowledge.rules.routing import RuleGapError, Table
from knowledge.sources import load_sources
from knowledge.text.readability import lix
from tests.knowledge.rules.jurists_form import read_cases

TODAY = dt.date(2026, 11, 21)
KNOWN: dict[str, Any] = {
    "municipality": "koebenhavn", "complainant": "citizen", "wants": "complaint", "acute": False,
}  # fmt: skip
APPEAL = KNOWN | {
    "concerns": ["decision"], "subject": "bif_kontanthjaelp", "decision_received": "2026-11-05",
}  # fmt: skip
HANDLING = KNOWN | {
    "concerns": ["process"], "subject": "sof_bpa", "is_decision": False, "pending_elsewhere": "none",
    "politically_decided": False, "directly_affected": True, "ongoing": False,
    "event_date": "2026-10-13", "complained_to_forvaltning": False,
}  # fmt: skip


def run(facts: dict[str, Any], **more: Any) -> Assessment:
    return assess(
        facts, load_profile(more.pop("served", "koebenhavn")), **({"today": TODAY} | more)
    )


def test_the_last_day_is_said_before_anything_else() -> None:
    [outcome] = run(APPEAL).outcomes
    assert outcome.explanation.startswith("Klag senest torsdag den 3. december 2026")


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2026-11-30", "appeal_soon"),
        ("2026-12-03", "appeal_today"),
        ("2026-12-04", "appeal_passed"),
    ],
)
def test_a_near_or_passed_deadline_is_said_first(today: str, state: str) -> None:
    day = dt.date.fromisoformat(today)
    profile = load_profile("koebenhavn")
    [outcome] = run(APPEAL, today=day).outcomes
    said = profile.wording["da"].phrases[state].split("{")[0].split(".")[0]
    assert outcome.explanation.startswith(said)
    assert outcome.route is Route.statutory_appeal  # an expired deadline changes no route


def test_between_the_safe_day_and_the_last_day_both_are_said() -> None:
    facts = APPEAL | {"decision_received": "2026-11-21", "today": "2026-12-20"}
    [outcome] = run(facts).outcomes
    assert "lørdag den 19. december" in outcome.explanation
    assert "mandag den 21. december" in outcome.explanation


def test_what_can_still_be_done_comes_first_when_it_is_late() -> None:
    [outcome] = run(APPEAL, today=dt.date(2026, 12, 10)).outcomes
    assert "klagevejledningen" in outcome.next_steps[0]
    assert "særlig grund" in outcome.next_steps[1]


def test_anonymity_changes_words_but_neither_route_nor_date() -> None:
    plain, hidden = run(HANDLING), run(HANDLING | {"wants_anonymity": True})
    assert "wants_anonymity" not in plain.missing
    assert [(o.route, o.deadlines) for o in plain.outcomes] == [
        (o.route, o.deadlines) for o in hidden.outcomes
    ]
    assert plain.outcomes[0].next_steps != hidden.outcomes[0].next_steps
    assert "§ 21, stk. 2" in {basis.paragraph for basis in hidden.outcomes[0].basis}


@pytest.mark.parametrize(
    ("facts", "paragraph"),
    [
        (HANDLING | {"event_date": "2024-01-01"}, "§ 11, stk. 2-3"),
        (HANDLING | {"ongoing": True, "waiting_since": "2026-01-01"}, "§ 19, stk. 3-4"),
        (HANDLING | {"directly_affected": False, "has_mandate": False}, "§ 9, stk. 1-2"),
        (HANDLING | {"directly_affected": False, "has_mandate": False}, "§ 12, stk. 1"),
    ],
)
def test_exceptions_are_told(facts: dict[str, Any], paragraph: str) -> None:
    [outcome] = run(facts).outcomes
    assert paragraph in {basis.paragraph for basis in outcome.basis}


def test_every_refusal_says_normally_and_leaves_guidance_open() -> None:
    seen = set()
    for case in read_cases():
        if "refused" in case["expect"]:
            continue
        for outcome in run(case["facts"], served=case.get("served", "koebenhavn")).outcomes:
            if outcome.route.value.startswith(("outside", "too_old", "not_affected")):
                seen.add(outcome.route)
                assert "normalt" in outcome.explanation, outcome.rule
                if outcome.route is not Route.outside_personnel:
                    assert any("vejledning" in step for step in outcome.next_steps), outcome.rule
    assert len(seen) == 6


def test_texts_for_people_are_plain_in_both_languages() -> None:
    for case in read_cases():
        if "refused" in case["expect"]:
            continue
        for lang in ("da", "en"):
            served = case.get("served", "koebenhavn")
            for o in run(case["facts"], served=served, lang=lang).outcomes:
                told = [o.explanation, *o.next_steps, *o.would_change]
                told += [deadline.explanation for deadline in o.deadlines]
                assert lix("\n".join(told)) <= 40, (case["case"], lang)
                assert not any("{" in text for text in told), case["case"]


def test_the_statute_is_less_sure_after_its_amendment() -> None:
    facts = HANDLING | {"event_date": "2019-11-01"}
    before = run(facts, today=dt.date(2019, 12, 11)).outcomes[0]
    after = run(facts, today=dt.date(2019, 12, 12)).outcomes[0]
    sure = {basis.confidence for basis in before.basis if basis.source == "vedtaegt"}
    unsure = {basis.confidence for basis in after.basis if basis.source == "vedtaegt"}
    assert (sure, unsure) == ({"verified"}, {"partly"})
    assert "2016" in after.explanation
    assert "2016" not in before.explanation


def test_guidance_never_depends_on_the_edition() -> None:
    facts = KNOWN | {"wants": "guidance", "concerns": ["process"], "subject": "tvaer_adfaerd"}
    [outcome] = run(facts).outcomes
    assert {basis.confidence for basis in outcome.basis} == {"verified"}
    assert "2016" not in outcome.explanation


def test_whistleblowing_follows_the_act_from_its_day() -> None:
    facts = KNOWN | {"complainant": "employee", "concerns": ["wrongdoing"]}
    old = run(facts, today=dt.date(2021, 12, 16)).outcomes[0]
    new = run(facts, today=dt.date(2021, 12, 17)).outcomes[0]
    assert "wbl" not in {basis.source for basis in old.basis}
    assert "wbl" in {basis.source for basis in new.basis}


def test_staff_see_both_versions_when_they_differ() -> None:
    facts = KNOWN | {
        "complainant": "employee", "concerns": ["wrongdoing"], "event_date": "2021-06-01",
    }  # fmt: skip
    shown = differing_versions(facts, load_profile("koebenhavn"), today=TODAY)
    assert [day for day, _ in shown] == [TODAY, dt.date(2021, 6, 1)]
    same = differing_versions(HANDLING, load_profile("koebenhavn"), today=TODAY)
    assert same == []


@pytest.mark.parametrize(
    ("served", "day"), [("koebenhavn", "2010-03-31"), ("gentofte", "2023-01-31")]
)
def test_a_day_without_rules_is_said_as_such_and_leads_to_a_person(served: str, day: str) -> None:
    facts = KNOWN | {"municipality": served, "concerns": ["conduct"], "subject": "tvaer_adfaerd"}
    [outcome] = run(facts, served=served, today=dt.date.fromisoformat(day)).outcomes
    assert outcome.rule.endswith(".no_rules")
    assert "kender ikke reglerne" in outcome.explanation
    assert outcome.recipient is not None


@pytest.mark.parametrize("day", ["0001-01-01", "2009-06-01", "9999-12-31"])
def test_danger_is_answered_on_any_day(day: str) -> None:
    [outcome] = run({"acute": True, "today": day}).outcomes
    assert outcome.route is Route.acute_help


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_any_day_has_an_answer_to_any_dates(day: str) -> None:
    dates = dict.fromkeys(
        ("event_date", "waiting_since", "complained_on", "decision_received"), day
    )
    facts = (
        KNOWN | dates | {"today": day, "concerns": ["process", "decision"], "subject": "sof_bpa"}
    )
    assert run(facts | {"complained_how": "written", "promised_by": day}).outcomes


def test_a_gap_between_the_rows_raises() -> None:
    with pytest.raises(RuleGapError):
        Table(rules=(), deadlines={}, notes=()).decide({})


def test_an_assessment_repeated_is_the_same() -> None:
    assert run(HANDLING) == run(HANDLING)
    assert run(HANDLING).rules_version == run(APPEAL).rules_version


def test_the_part_with_a_running_deadline_comes_first() -> None:
    both = run(APPEAL | {"concerns": ["conduct", "decision"]})
    assert [o.concern for o in both.outcomes] == ["decision", "conduct"]


def test_another_municipality_is_pointed_to_with_its_own_contact() -> None:
    gentofte = run(APPEAL | {"municipality": "gentofte"}).outcomes[0]
    other = run(APPEAL | {"municipality": "other"}).outcomes[0]
    assert gentofte.route is other.route is Route.other_authority
    assert gentofte.recipient is not None
    assert other.recipient is not None
    assert "Gentofte" in gentofte.recipient.name
    assert gentofte.recipient.contact != other.recipient.contact
    assert [d.kind for d in other.deadlines] == ["appeal"]  # general law holds everywhere


def test_a_structured_subject_wins_over_the_text() -> None:
    told = APPEAL | {"subject_text": "jeg har fået en p-bøde"}
    assert run(told).subject == "bif_kontanthjaelp"
    assert run({"subject_text": "jeg har fået en p-bøde"}).subject == "tmf_parkeringsafgift"


def test_an_unclear_text_gives_subjects_to_choose_between() -> None:
    told = KNOWN | {"concerns": ["decision"], "subject_text": "aktindsigt"}
    found = run(told)
    assert found.subject is None
    assert found.next_question is not None
    assert found.next_question.fact == "subject"
    assert 2 <= len(found.next_question.options) <= 3


def test_a_running_deadline_shows_before_the_concern_is_known() -> None:
    [outcome] = run({"subject": "bif_kontanthjaelp", "decision_received": "2026-11-05"}).outcomes
    assert not outcome.certain
    assert [d.kind for d in outcome.deadlines] == ["appeal"]


def test_the_answer_is_written_as_the_contract_says() -> None:
    written = run(APPEAL).as_json(load_sources(), "da")
    deadline = written["outcomes"][0]["deadlines"][0]
    assert set(deadline) == {
        "what", "date", "latest_safe_date", "basis", "passed", "explanation",
    }  # fmt: skip
    assert set(deadline["basis"][0]) == {"source", "paragraph", "confidence"}


def test_known_facts_survive_being_written_and_read() -> None:
    areas = load_profile("koebenhavn").book.areas
    facts = parse_facts(HANDLING, today=TODAY, areas=areas)
    assert parse_facts(facts.as_json(), today=TODAY, areas=areas) == facts


def test_a_list_with_nothing_in_it_says_nothing() -> None:
    assert run(KNOWN | {"concerns": []}) == run(KNOWN)


def test_dates_at_the_end_of_the_calendar_are_no_surprise() -> None:
    facts = APPEAL | {"decision_received": "9999-12-20", "today": "9999-12-31"}
    [outcome] = run(facts).outcomes
    assert outcome.deadlines == ()
    with pytest.raises(FactError):
        run(APPEAL | {"decision_received": "10000-01-01"})


def test_one_assessment_is_fast_enough_to_ask_after_every_word() -> None:
    """The median over the jurist's cases, with room for a busy machine; see benchmarks/assess.py for figures."""
    profile = load_profile("koebenhavn")
    cases = [c["facts"] for c in read_cases() if "served" not in c and "refused" not in c["expect"]]
    taken = []
    for facts in cases:
        start = time.perf_counter()
        assess(facts, profile, today=TODAY)
        taken.append(time.perf_counter() - start)
    assert statistics.median(taken) < 0.015


@pytest.mark.parametrize(
    "complained",
    [
        {"complained_to_forvaltning": False},
        {"complained_to_forvaltning": True, "complained_on": "2026-11-20",
         "complained_how": "written", "forvaltning_replied": False},
        {"complained_to_forvaltning": True, "complained_on": "2026-11-20",
         "complained_how": "oral", "forvaltning_replied": False},
    ],
)  # fmt: skip
def test_nobody_is_told_to_wait_past_the_year(complained: dict[str, Any]) -> None:
    """The year ends on 1 December, the ten working days on the 4th: waiting alone would lose the right."""
    facts = HANDLING | {"event_date": "2025-12-01"} | complained
    [outcome] = run(facts).outcomes
    assert outcome.explanation.startswith("Send også klagen til Borgerrådgiveren senest tirsdag")
    assert "klagen til Borgerrådgiveren" in outcome.next_steps[0]
    assert "borgerraadgiveren@kk.dk" in outcome.next_steps[0]


def test_a_year_that_ends_later_is_no_hurry() -> None:
    [outcome] = run(HANDLING).outcomes
    assert "for gammel" not in outcome.explanation


def test_who_has_appealed_is_not_told_to_appeal() -> None:
    facts = APPEAL | {"decision_received": "2026-09-01", "pending_elsewhere": "ankestyrelsen"}
    [outcome] = run(facts).outcomes
    assert outcome.route is Route.statutory_appeal
    assert outcome.explanation.startswith("Din klage ligger allerede hos klageinstansen")
    assert not any("Send klagen" in step or "Klag " in step for step in outcome.next_steps)


def test_a_statutory_deadline_is_no_surer_than_the_statute() -> None:
    [deadline] = run(HANDLING).outcomes[0].deadlines
    assert deadline.kind == "one_year"
    assert {basis.confidence for basis in deadline.basis} == {"partly"}


def test_no_recipient_is_a_sentence_or_named_twice() -> None:
    for lang in ("da", "en"):
        for subject in load_profile("koebenhavn").book.areas:
            facts = HANDLING | {"subject": subject}
            for outcome in run(facts, lang=lang).outcomes:
                to = outcome.recipient
                if to is None or to.unit is None:
                    continue
                assert ". " not in to.unit
                assert outcome.explanation.count(f"{to.name} i {to.name}") == 0
                assert f"{to.name} in {to.name}" not in outcome.explanation


def test_the_order_of_the_concerns_does_not_matter() -> None:
    one = run(KNOWN | {"wants": "guidance", "concerns": ["process", "decision"]}).outcomes
    other = run(KNOWN | {"wants": "guidance", "concerns": ["decision", "process"]}).outcomes
    assert [(o.route, o.basis) for o in one] == [(o.route, o.basis) for o in other]


def test_between_the_short_and_the_longest_time_it_is_not_too_late() -> None:
    facts = KNOWN | {
        "concerns": ["decision"], "subject": "suf_sygepleje", "has_statutory_appeal": True,
        "event_date": "2024-05-21",
    }  # fmt: skip
    [outcome] = run(facts).outcomes
    [deadline] = outcome.deadlines
    assert not deadline.passed
    assert deadline.latest_safe_date < TODAY < deadline.date
    assert "længste frist" in outcome.explanation


def test_what_was_passed_over_is_not_asked_again_and_holds_nothing_back() -> None:
    profile = load_profile("koebenhavn")
    known = {"acute": False, "municipality": "koebenhavn", "subject": "suf_hjemmehjaelp"}
    asked = assess(known, profile, today=TODAY, passed=("concerns", "wants")).missing
    assert "concerns" not in asked
    assert "is_decision" in asked
    assert (
        "decided_by"
        not in assess(
            known, profile, today=TODAY, passed=("concerns", "politically_decided")
        ).missing
    )


def test_the_rare_is_asked_last() -> None:
    profile = load_profile("koebenhavn")
    asked = assess({}, profile, today=TODAY).missing
    assert asked[0] == "acute"
    rare = ("pending_elsewhere", "politically_decided", "decided_by")
    assert set(asked[-len(rare) :]) == set(rare)
