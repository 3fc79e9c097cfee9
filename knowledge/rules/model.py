"""What rules, areas and outcomes consist of. Plain frozen data: no files, no clock, no network.

The loader fills these from YAML and refuses whatever does not fit; see README.md beside this file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Literal

Confidence = Literal["verified", "partly", "unverified"]
Unit = Literal["days", "weeks", "months", "years", "working_days"]
Start = Literal["received", "published", "event"]
STRICT: dict[str, Any] = {"extra": "forbid"}


class Route(StrEnum):
    """Where a matter, or one part of it, goes."""

    forvaltning_first = "forvaltning_first"
    statutory_appeal = "statutory_appeal"
    borgerraadgiver = "borgerraadgiver"
    delay_push = "delay_push"
    too_old = "too_old"
    not_affected = "not_affected"
    outside_political_level = "outside_political_level"
    outside_personnel = "outside_personnel"
    outside_pending_elsewhere = "outside_pending_elsewhere"
    outside_already_decided_politically = "outside_already_decided_politically"
    whistleblower = "whistleblower"
    discrimination_advice = "discrimination_advice"
    other_authority = "other_authority"
    feedback = "feedback"
    acute_help = "acute_help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A sentence for people, always in both languages."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    da: str
    en: str

    def of(self, lang: str) -> str:
        """The sentence in English if asked for, else in Danish."""
        return self.en if lang == "en" else self.da


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited(Text):
    """A sentence with its sources and how sure they make it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    confidence: Confidence
    sources: tuple[str, ...]
    only_in: tuple[str, ...] = ()  # the municipalities it holds in; everywhere where none is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One legal ground: the source's id, the place in it, how sure it is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    source: str
    paragraph: str
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """So many days, weeks, months, years or working days."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Which jurist read the rows, and when; nobody yet is said as such."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    by: str | None
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forvaltning:
    """The forvaltning an area belongs to: the id of a contact, or none where it depends on the matter."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str | None
    confidence: Confidence
    sources: tuple[str, ...]
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Says that an area is not the municipality's, and whose it is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    contact: str
    why: Cited
    # Where the first of them decides, who it goes on to, and why.
    decided: Elsewhere | None = None
    # Of what holds in some municipalities only: which, and what is said in the others.
    only_in: tuple[str, ...] = ()
    outside: Cited | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealBody:
    """Who tries the appeal, and what of it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    contact: str
    name: Text
    limits: Text | None = None
    confidence: Confidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDeadline:
    """How long there is to appeal: a length that can be counted, or only words."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    length: Length | None
    outer: Length | None = None
    start: Start = "received"
    words: Text | None = None
    confidence: Confidence
    sources: tuple[str, ...]
    only_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTo:
    """Where the appeal is sent: by way of the municipality, straight to the body, or to somebody else."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    via: Literal["municipality", "body", "other"]
    contact: str | None = None
    words: Text
    confidence: Confidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconsideration:
    """Whether the authority must look again before the appeal body does, and how fast."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    required: bool | None
    length: Length | None = None
    words: Text | None = None
    confidence: Confidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a decision in an area can be appealed."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    appeal: Literal["exists", "none", "partial", "unknown"]
    appeal_confidence: Confidence
    appeal_sources: tuple[str, ...]
    body: AppealBody | None
    deadline: AppealDeadline | None
    send_to: SendTo
    reconsideration: Reconsideration
    fee: Cited
    law: Cited
    late: Cited | None = None
    suspensive: Cited | None = None
    exceptions: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTime:
    """A time the law itself gives the authority to answer in, and when one may complain that it has not."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    length: Length
    complain_after: Length | None = None
    words: Text
    confidence: Confidence
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How people speak of an area, in one language."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    keywords: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One subject area: whose it is, and what can be done in it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    forvaltning: Forvaltning
    unit: Cited
    elsewhere: Elsewhere | None = None
    concern: str | None = None
    decision: Decision
    otherwise: Cited
    answer_time: AnswerTime | None = None
    must_say: Cited | None = None
    notes: tuple[Cited, ...] = ()
    changed: tuple[Cited, ...] = ()
    words: Mapping[Literal["da", "en"], Words]

    @property
    def has_statutory_appeal(self) -> bool | None:
        """Yes or no where the area settles it; not known where only the letter can tell."""
        return {"exists": True, "none": False}.get(self.decision.appeal)

    @property
    def has_countable_deadline(self) -> bool:
        """Whether a last day to appeal can be worked out at all."""
        deadline = self.decision.deadline
        return deadline is not None and deadline.length is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The first and the last day on which something applies; no last day means until further notice."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    first: dt.date
    last: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether the day lies inside."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A period of the statute, how sure its text is then, and what is said about that."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    valid: Validity
    confidence: Confidence
    says: Text | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A tree over finite variables: `is` holds a variable and its classes, `all` and `any` hold branches."""

    op: Literal["is", "all", "any", "not"]
    variable: str = ""
    classes: frozenset[str] = frozenset()
    branches: tuple[Condition, ...] = ()

    def evaluate(self, known: Mapping[str, str]) -> bool | None:
        """Kleene's three values: None while what is known does not settle it."""
        if self.op == "is":
            value = known.get(self.variable)
            return None if value is None else value in self.classes
        if self.op == "not":
            inner = self.branches[0].evaluate(known)
            return None if inner is None else not inner
        decides = self.op == "any"
        open_ends = False
        for branch in self.branches:
            value_of = branch.evaluate(known)
            if value_of is decides:
                return decides
            open_ends = open_ends or value_of is None
        return None if open_ends else not decides

    def variables(self) -> frozenset[str]:
        """Every variable the tree reads."""
        if self.op == "is":
            return frozenset({self.variable})
        return frozenset().union(*(branch.variables() for branch in self.branches))


ALWAYS = Condition("all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something said beside an outcome when its condition holds; it never changes the route or a date."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    when: Condition
    routes: tuple[Route, ...]
    place: Literal["explanation", "next_steps", "would_change"]
    basis: tuple[Basis, ...]
    text: Text
    reading: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table: when, where to, on what ground, in which words, in force when."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    whole_matter: bool = False
    edition_matters: bool = True
    gap: bool = False
    reading: int | None = None
    when: Condition
    route: Route
    recipient: str
    valid: Validity
    basis: tuple[Basis, ...]
    deadlines: tuple[str, ...] = ()
    explanation: Text
    next_steps: tuple[Text, ...]
    would_change: tuple[Text, ...]
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """A deadline that an outcome can carry: whose it is, from which fact it runs, when it is shown."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    whose: Literal["citizen", "authority"]
    runs_from: str
    when: Condition
    length: Length | Literal["area_appeal", "area_reconsideration", "area_answer", "area_complain"]
    moves_off_closed_days: bool
    basis: tuple[Basis, ...]
    what: Text
    text: Text
    passed: Text
    # While it runs it is also told where no row gives it, but on these routes: nobody is asked for the sake of it.
    never_hidden: bool = False
    silent_on: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Numbers of the readings: when a wait is unusually long, and how long the reply guarantee is."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    long_wait_months: int
    times_the_promise: int
    reply: Length
    soon_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All that one municipality's assessments are decided by."""

    municipality: str
    version: str
    statute_sources: tuple[str, ...]
    knows_units: bool
    editions: tuple[Edition, ...]
    rules: tuple[Rule, ...]
    notes: tuple[Note, ...]
    deadlines: Mapping[str, DeadlineRule]
    areas: Mapping[str, Area]
    limits: Limits
    concern_basis: Mapping[str, tuple[Basis, ...]]
    concern_name: Mapping[str, Text]
