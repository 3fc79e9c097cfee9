"""The front door of the guidance engine: facts in, outcomes with their basis, dates and next question out.

Nothing is assumed: a fact that is not known stays not known, and is asked for only if it can change an outcome.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from knowledge.organisation import Organisation, load_organisation
from knowledge.rules.assessment import Assessment, Option, Outcome, Question
from knowledge.rules.calendar import load_calendar
from knowledge.rules.deadlines import Days
from knowledge.rules.diagram import Diagram, Rest, build_diagram
from knowledge.rules.explain import explain_parts
from knowledge.rules.facts import CONCERNS, ENUMS, Facts, parse_facts
from knowledge.rules.loader import (
    load_presumptions,
    load_questions,
    load_rulebook,
    load_texts,
    load_usual_way,
)
from knowledge.rules.local import area_in
from knowledge.rules.model import Area, Cited, Edition, Route, Rulebook
from knowledge.rules.parts import Part, Setting
from knowledge.rules.questions import Rank, missing_facts
from knowledge.rules.routing import Leaf, Presumption, RuleGapError, Table, presume, table_on
from knowledge.rules.subjects import Similarity, SubjectFinder, SubjectMatch, load_finder
from knowledge.rules.variables import classify
from knowledge.rules.wording import Wording

__all__ = ["Assessment", "Profile", "assess", "differing_versions", "load_profile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One municipality's rules, organisation and words, loaded once."""

    book: Rulebook
    organisation: Organisation
    days: Days
    presumptions: tuple[Presumption, ...]
    ranks: Mapping[str, Rank]
    wording: Mapping[str, Wording]
    usual_way: Cited
    finder: SubjectFinder

    @property
    def municipality(self) -> str:
        """The municipality that the deployment serves."""
        return self.book.municipality


@cache
def load_profile(municipality: str) -> Profile:
    """The profile of a municipality.

    Raises:
        RulesError: there is none, or its data does not fit together.
    """
    phrases = load_texts("phrases")
    return Profile(
        book=load_rulebook(municipality),
        organisation=load_organisation(municipality),
        days=load_calendar(),
        presumptions=load_presumptions(municipality),
        ranks={
            fact: Rank(place, row.get("first", False), row.get("first_when", {}))
            for place, (fact, row) in enumerate(load_questions().items())
        },
        wording={lang: Wording(lang, phrases[lang]) for lang in ("da", "en")},
        usual_way=load_usual_way(),
        finder=load_finder(),
    )


def assess(
    raw: Mapping[str, Any], profile: Profile, *, today: dt.date, lang: str = "da",
    rules_of: dt.date | None = None, similarity: Similarity | None = None,
    passed: Collection[str] = (),
) -> Assessment:  # fmt: skip
    """The guidance for what is known of a matter; the questions that somebody passed over are not asked again.

    `rules_of` applies the rows in force on another day than the assessment's own, for comparing versions.

    Raises:
        FactError: something that cannot be a fact.
        RuleGapError: no rules are known for that day.
    """
    facts = parse_facts(raw, today=today, areas=profile.book.areas)
    match = _subject(facts, profile, similarity)
    if facts.subject is None and match is not None and match.area is not None:
        facts = facts.with_(subject=match.area)
    area = _area(facts, profile)
    edition, table, diagram = _in_force(profile.book, rules_of or facts.today)
    matter = _Matter(facts, area, profile, table, diagram)
    setting = Setting(
        book=profile.book,
        organisation=profile.organisation,
        elsewhere=_elsewhere(facts, profile),
        edition=edition,
        days=profile.days,
        wording=profile.wording[lang],
        usual_way=profile.usual_way,
    )
    outcomes = explain_parts(matter.parts(), setting)
    missing = missing_facts(facts, area, matter.open, profile.ranks, passed)
    return Assessment(
        outcomes=tuple(sorted(_merged(outcomes), key=_urgency)),
        missing=missing,
        next_question=ask(missing[0], facts, profile, lang, match) if missing else None,
        rules_version=profile.book.version,
        subject=facts.subject,
    )


def ask(
    fact: str, facts: Facts, profile: Profile, lang: str, match: SubjectMatch | None = None
) -> Question:
    """The question for a fact, with the answers to choose between."""
    row = load_questions()[fact]
    options = tuple(
        Option(value=_answer(option["value"], facts), label=option["label"][lang])
        for option in row["options"]
    )
    text = row["text"][lang]
    if fact == "subject":
        near = match.candidates if match is not None else ()
        areas = [profile.book.areas[name] for name in near] or profile.book.areas.values()
        options = tuple(Option(value=area.id, label=area.name.of(lang)) for area in areas)
        if near:
            text = profile.wording[lang].say("which_subject")
    return Question(fact=fact, text=text, options=options)


def differing_versions(
    raw: Mapping[str, Any], profile: Profile, *, today: dt.date, lang: str = "da"
) -> list[tuple[dt.date, Assessment]]:
    """For staff: the matter under today's rules, and under those of its own days where they answer otherwise.

    An empty list says that every version of the rules gives the same outcomes.
    """
    facts = parse_facts(raw, today=today, areas=profile.book.areas)
    now = assess(raw, profile, today=today, lang=lang)
    found: list[tuple[dt.date, Assessment]] = []
    for day in (facts.event_date, facts.waiting_since, facts.decision_received):
        if day is None or day in (other for other, _ in found):
            continue
        try:
            then = assess(raw, profile, today=today, lang=lang, rules_of=day)
        except RuleGapError:
            continue
        if _differs(now, then):
            found.append((day, then))
    return [(facts.today, now), *found] if found else []


@dataclass(slots=True)
class _Matter:
    """The parts of one matter while they are being decided."""

    facts: Facts
    area: Area | None
    profile: Profile
    table: Table
    diagram: Diagram
    open: Sequence[
        tuple[Rest, Mapping[str, str]]
    ] = ()  # what is open in each part, and its ordinary case

    def parts(self) -> list[Part]:
        """Each concern with its decided row; without a known concern, what all of them share."""
        concerns = self.facts.concerns
        if concerns:
            decided = [self._decide(concern) for concern in concerns]
            self.open = [(rest, self._ordinary(part.known)) for part, rest in decided]
            return [part for part, _ in decided]
        known = self._known(None)
        rest = self.diagram.restrict(known)
        self.open = [(rest, self._ordinary(known))]
        guess = self._likely_concern()
        if guess is not None:
            part, _ = self._decide(guess)
            return [replace(part, certain=len(rest.routes()) == 1)]
        shared = self._shared_leaf(known)
        certain = len(rest.routes()) == 1
        return [self._part(None, known, shared, certain=certain)] if shared else []

    def _likely_concern(self) -> str | None:
        """The part to show while the concern is still to be asked: so that no time limit stays hidden."""
        facts = self.facts
        if self.area is not None and self.area.concern is not None:
            return self.area.concern
        if facts.is_decision or facts.decision_received is not None:
            return "decision"
        waits = facts.waiting_since is not None or facts.promised_by is not None
        if waits or facts.wants == "finish_case":
            return "process"
        return None

    def _decide(self, concern: str) -> tuple[Part, Rest]:
        known = self._known(concern)
        rest = self.diagram.restrict(known)
        leaf = self.table.decide(self._ordinary(known))
        if leaf is None:
            raise RuleGapError("the ordinary case leaves something open")
        return self._part(concern, known, leaf, certain=len(rest.routes()) == 1), rest

    def _shared_leaf(self, known: Mapping[str, str]) -> Leaf | None:
        """The row that holds whatever the concern turns out to be, if there is one."""
        filled = self._ordinary(known)
        leaves = [self.table.decide(filled | {"concern": concern}) for concern in CONCERNS]
        first = leaves[0]
        same = all(leaf and first and leaf.rule is first.rule for leaf in leaves)
        return first if same else None

    def _known(self, concern: str | None) -> dict[str, str]:
        profile = self.profile
        return classify(self.facts, self.area, profile.days, profile.book.limits, concern)

    def _ordinary(self, known: Mapping[str, str]) -> dict[str, str]:
        return presume(known, self.profile.presumptions)

    def _part(
        self, concern: str | None, known: Mapping[str, str], leaf: Leaf, *, certain: bool
    ) -> Part:
        return Part(
            facts=self.facts, area=self.area, concern=concern, known=known, leaf=leaf,
            certain=certain,
        )  # fmt: skip


def _area(facts: Facts, profile: Profile) -> Area | None:
    if facts.subject is None:
        return None
    return area_in(profile.book.areas[facts.subject], facts.municipality or profile.municipality)


def _merged(outcomes: list[Outcome]) -> list[Outcome]:
    """One outcome, of no concern in particular, where a row answers for the whole matter."""
    found: dict[str, Outcome] = {}
    for place, outcome in enumerate(outcomes):
        if not outcome.whole_matter:
            found[f"{outcome.rule}/{place}"] = outcome
            continue
        before = found.get(outcome.rule, outcome)
        fullest = max(before, outcome, key=lambda one: len(one.deadlines))
        certain = before.certain and outcome.certain
        found[outcome.rule] = replace(fullest, concern=None, certain=certain)
    return list(found.values())


def _urgency(outcome: Outcome) -> tuple[int, dt.date]:
    """Danger first, then a running appeal deadline, the nearest first; then as the citizen named them."""
    appeals = [d.date for d in outcome.deadlines if d.kind == "appeal" and not d.passed]
    if outcome.route is Route.acute_help:
        return 0, dt.date.min
    if appeals:
        return 1, min(appeals)
    return (2 if outcome.route is Route.statutory_appeal else 3), dt.date.max


def _differs(one: Assessment, other: Assessment) -> bool:
    def gist(assessment: Assessment) -> list[tuple[Any, ...]]:
        return [(o.rule, o.route, o.concern, o.basis) for o in assessment.outcomes]

    return gist(one) != gist(other)


@cache
def _editions(municipality: str) -> dict[tuple[str, ...], tuple[Table, Diagram]]:
    return {}


def _in_force(book: Rulebook, day: dt.date) -> tuple[Edition, Table, Diagram]:
    """The edition and the compiled table of a day; days with the same rows share one."""
    table = table_on(book, day)
    key = (book.version, *(rule.id for rule in table.rules))
    compiled = _editions(book.municipality)
    if key not in compiled:
        compiled[key] = (table, build_diagram(table))
    edition = next(edition for edition in book.editions if edition.valid.covers(day))
    return edition, *compiled[key]


def _subject(facts: Facts, profile: Profile, similarity: Similarity | None) -> SubjectMatch | None:
    """What the free text is about; a structured subject wins and makes the text silent."""
    if facts.subject is not None or facts.subject_text is None:
        return None
    return profile.finder.find(facts.subject_text, similarity)


def _elsewhere(facts: Facts, profile: Profile) -> Organisation | None:
    if facts.municipality in (None, profile.municipality):
        return None
    return load_organisation(facts.municipality or ENUMS["municipality"][-1])


def _answer(value: Any, facts: Facts) -> Any:
    return facts.today.isoformat() if value == "today" else value
