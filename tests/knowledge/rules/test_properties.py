"""What must hold whatever the facts: the engine asks exactly for what matters, and never contradicts the table."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.guidance import Assessment, assess, load_profile
from knowledge.rules.diagram import Diagram, build_diagram
from knowledge.rules.facts import CONCERNS, ENUMS, YES_NO
from knowledge.rules.routing import table_on
from knowledge.rules.variables import DOMAINS
from tests.knowledge.rules import naive

TODAY = dt.date(2026, 11, 21)
MUNICIPALITIES = ("koebenhavn", "gentofte")
AREAS = ("bif_kontanthjaelp", "tmf_parkeringsafgift", "sof_anbringelse", "okf_boligstoette",
         "tvaer_adfaerd", "tvaer_aktindsigt_part", "suf_sygepleje", "buf_mobning")  # fmt: skip
OF_A_KIND = ("tvaer_adfaerd",)
# Asked for only once another fact has not settled them.
LATER = ("complained_on", "complained_how", "forvaltning_replied", "promised_by", "is_decision",
         "has_statutory_appeal", "decision_received")  # fmt: skip


@pytest.fixture(scope="module", params=MUNICIPALITIES)
def compiled(request: pytest.FixtureRequest) -> tuple[str, Diagram]:
    book = load_profile(request.param).book
    return request.param, build_diagram(table_on(book, TODAY))


def some_classes(rng: random.Random, unknown: int) -> dict[str, str]:
    """Classes for all variables but so many, which ones by chance."""
    left_out = set(rng.sample(sorted(DOMAINS), unknown))
    return {name: rng.choice(values) for name, values in DOMAINS.items() if name not in left_out}


def test_the_diagram_never_contradicts_the_table(compiled: tuple[str, Diagram]) -> None:
    municipality, diagram = compiled
    rng = random.Random(1)
    for _ in range(4000):
        classes = some_classes(rng, 0)
        [leaf] = diagram.restrict(classes).leaves()
        shown = frozenset(deadline.id for deadline in leaf.deadlines)
        assert (leaf.rule.id, shown) == naive.outcome(municipality, classes)


def test_exactly_what_can_change_the_outcome_is_open(compiled: tuple[str, Diagram]) -> None:
    """Checked over every completion of what is unknown: nothing needless, nothing forgotten."""
    municipality, diagram = compiled
    rng = random.Random(2)
    for unknown in (1, 2, 3, 4, 5):
        for _ in range(60 if unknown < 5 else 15):
            known = some_classes(rng, unknown)
            expected = naive.relevant(municipality, known, DOMAINS)
            assert set(diagram.restrict(known).variables()) == expected, known


def test_every_row_of_the_table_can_be_reached(compiled: tuple[str, Diagram]) -> None:
    municipality, diagram = compiled
    reached = {leaf.rule.id for leaf in diagram.leaves}
    assert reached == {row["id"] for row in naive.rows(municipality)}


days = st.dates(dt.date(2023, 6, 1), TODAY).map(dt.date.isoformat)
FACT_VALUES: dict[str, st.SearchStrategy[Any]] = {
    **{name: st.booleans() for name in YES_NO},
    **{name: st.sampled_from(values) for name, values in ENUMS.items()},
    "concerns": st.lists(st.sampled_from(CONCERNS), min_size=1, max_size=3, unique=True),
    "subject": st.sampled_from(AREAS),
    "event_date": days,
    "waiting_since": days,
    "decision_received": days,
    "complained_on": days,
    "promised_by": st.dates(dt.date(2023, 6, 1), dt.date(2028, 1, 1)).map(dt.date.isoformat),
}
facts_strategy = st.fixed_dictionaries({}, optional=FACT_VALUES)
full_facts = st.fixed_dictionaries(FACT_VALUES)


def gist(assessment: Assessment) -> list[Any]:
    """What an outcome decides: row, part, recipient and dates."""
    return [
        (
            o.rule,
            o.concern,
            o.recipient,
            tuple((d.kind, d.date, d.latest_safe_date, d.passed) for d in o.deadlines),
        )
        for o in assessment.outcomes
    ]


def run(facts: dict[str, Any], served: str = "koebenhavn") -> Assessment:
    return assess(facts, load_profile(served), today=TODAY)


def until_nothing_is_missing(known: dict[str, Any], answers: dict[str, Any], order: Any) -> Any:
    """Answers what is asked, in the order that `order` picks, until nothing is."""
    told = dict(known)
    while (assessment := run(told)).missing:
        fact = order(assessment.missing)
        told[fact] = answers[fact]
    return told, assessment


@settings(max_examples=120, deadline=None, derandomize=True)
@given(known=facts_strategy, completion=full_facts)
def test_when_nothing_is_missing_no_completion_changes_anything(
    known: dict[str, Any], completion: dict[str, Any]
) -> None:
    told, settled = until_nothing_is_missing(known, completion, lambda missing: missing[0])
    assert all(outcome.certain for outcome in settled.outcomes)
    # What a subject or another fact has settled can be overruled by a given value: that is no completion.
    settled_by_others = {"has_statutory_appeal", "is_decision", "promised_by"}
    rest = {
        name: value
        for name, value in completion.items()
        if name not in told and name not in settled_by_others
    }
    if not told.get("complained_to_forvaltning"):
        rest.pop("complained_on", None)  # a day of complaint would say that there was one
    if "complained_on" in told:
        rest.pop("complained_to_forvaltning", None)
    if told.get("subject") in OF_A_KIND:
        rest.pop("concerns", None)  # the subject says the kind; naming another changes the matter
    assert gist(run(told | rest)) == gist(settled)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(known=facts_strategy, answers=full_facts, seed=st.integers(0, 2**16))
def test_the_order_of_the_questions_does_not_matter(
    known: dict[str, Any], answers: dict[str, Any], seed: int
) -> None:
    rng = random.Random(seed)
    _, straight = until_nothing_is_missing(known, answers, lambda missing: missing[0])
    _, mixed = until_nothing_is_missing(known, answers, rng.choice)
    assert gist(straight) == gist(mixed)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(known=facts_strategy)
def test_certain_means_that_no_answer_changes_the_route(known: dict[str, Any]) -> None:
    """Every single answer to every open question leaves a certain route as it is."""
    before = run(known)
    certain = {(o.concern, o.route) for o in before.outcomes if o.certain}
    if not certain or not known.get("concerns"):
        return
    for fact in before.missing:
        for value in answers_to(fact):
            after = run(known | {fact: value})
            assert certain <= {(o.concern, o.route) for o in after.outcomes}, (fact, value)


def answers_to(fact: str) -> list[Any]:
    """Answers to a question that between them fall in every band the rules can tell apart."""
    if fact in YES_NO:
        return [True, False]
    if fact in ENUMS:
        return list(ENUMS[fact])
    if fact == "concerns":
        return [[concern] for concern in CONCERNS]
    if fact == "subject":
        return list(AREAS)
    return [
        day.isoformat()
        for day in (TODAY, TODAY - dt.timedelta(days=1), TODAY - dt.timedelta(days=40),
                    dt.date(2025, 11, 21), dt.date(2025, 11, 20), dt.date(2024, 1, 1))
    ]  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(known=facts_strategy, completion=full_facts)
def test_each_fact_asked_for_can_change_the_outcome(
    known: dict[str, Any], completion: dict[str, Any]
) -> None:
    """For each missing fact some completion of the others lets two of its values give different outcomes."""
    missing = run(known).missing
    if len(missing) > 6:  # settle most of them, so that the rest can be looked through
        known = known | {fact: completion[fact] for fact in missing[:-3]}
        missing = run(known).missing
    for fact in missing[:3]:
        assert can_change(known, fact, list(missing)), (known, fact)


def can_change(known: dict[str, Any], fact: str, missing: list[str]) -> bool:
    """Whether two values of the fact part the outcomes, for some answers to the other open questions."""
    rng = random.Random(7)
    for attempt in range(60):
        told = dict(known)
        if attempt:
            others = [name for name in {*missing, *LATER} if name != fact and name not in known]
            told |= {name: rng.choice(answers_to(name)) for name in others}
        results = [gist(run(told | {fact: value})) for value in answers_to(fact)]
        if any(result != results[0] for result in results):
            return True
    return False


@settings(max_examples=60, deadline=None, derandomize=True)
@given(facts=facts_strategy, served=st.sampled_from(MUNICIPALITIES), today=st.dates(
    dt.date(2023, 6, 1), dt.date(2100, 1, 1)))  # fmt: skip
def test_any_facts_give_an_answer(facts: dict[str, Any], served: str, today: dt.date) -> None:
    told = {key: value for key, value in facts.items() if key not in FACT_DATES}
    for lang in ("da", "en"):
        assessment = assess(told, load_profile(served), today=today, lang=lang)
        assert (assessment.next_question is None) == (assessment.missing == ())


FACT_DATES = ("event_date", "waiting_since", "decision_received", "complained_on")
