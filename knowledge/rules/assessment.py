"""The answer of the engine, in the shape that others build on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from knowledge.rules.model import Basis, Route
from knowledge.sources import SourceRegister


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who the citizen turns to, and how."""

    contact_id: str | None
    forvaltning: str | None
    unit: str | None
    name: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One date: the last day by law, the day that is safe, whether it has passed, and why."""

    kind: str
    whose: str
    what: str
    date: dt.date
    latest_safe_date: dt.date
    basis: tuple[Basis, ...]
    passed: bool
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What holds for one part of the matter, or for all of it when `concern` is None."""

    rule: str
    leaf: tuple[str, ...]  # the ids of the deadlines that the row gives here, dated or not
    notes: tuple[str, ...]
    whole_matter: bool
    route: Route
    concern: str | None
    certain: bool
    recipient: Recipient | None
    basis: tuple[Basis, ...]
    explanation: str
    next_steps: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    would_change: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to a question: what the fact becomes, and how the answer reads."""

    value: Any
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask next."""

    fact: str
    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All outcomes, what is still missing, and the version of the rules that said so."""

    outcomes: tuple[Outcome, ...]
    missing: tuple[str, ...]
    next_question: Question | None
    rules_version: str
    subject: str | None = None  # the area used, given or found in the text

    def as_json(self, sources: SourceRegister, lang: str) -> dict[str, Any]:
        """The answer as the contract writes it."""
        question = self.next_question
        return {
            "outcomes": [_outcome(outcome, sources, lang) for outcome in self.outcomes],
            "missing": list(self.missing),
            "next_question": None if question is None else {
                "fact": question.fact,
                "text": question.text,
                "options": [{"value": o.value, "label": o.label} for o in question.options],
            },
            "rules_version": self.rules_version,
        }  # fmt: skip


def _outcome(outcome: Outcome, sources: SourceRegister, lang: str) -> dict[str, Any]:
    to = outcome.recipient
    return {
        "route": outcome.route.value,
        "concern": outcome.concern,
        "certain": outcome.certain,
        "recipient": None if to is None else {
            "forvaltning": to.forvaltning,
            "unit": to.unit,
            "name": to.name,
            "contact": to.contact,
        },
        "basis": _basis(outcome.basis, sources, lang),
        "explanation": outcome.explanation,
        "next_steps": list(outcome.next_steps),
        "deadlines": [
            {
                "what": deadline.what,
                "date": deadline.date.isoformat(),
                "latest_safe_date": deadline.latest_safe_date.isoformat(),
                "basis": _basis(deadline.basis, sources, lang),
                "passed": deadline.passed,
                "explanation": deadline.explanation,
            }
            for deadline in outcome.deadlines
        ],
        "would_change": list(outcome.would_change),
    }  # fmt: skip


def _basis(rows: tuple[Basis, ...], sources: SourceRegister, lang: str) -> list[dict[str, str]]:
    return [
        {
            "source": sources.get(row.source).name(lang),
            "paragraph": row.paragraph,
            "confidence": row.confidence,
        }
        for row in rows
    ]
