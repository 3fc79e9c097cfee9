"""The shapes of the guidance interface, for OpenAPI and for those who build on it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel

from knowledge.rules.facts import CONCERNS, DATES, ENUMS, YES_NO
from knowledge.rules.model import Route
from knowledge.sources import Confidence


class BasisOut(BaseModel):
    """One legal ground."""

    source: str
    paragraph: str
    confidence: Confidence


class RecipientOut(BaseModel):
    """Who to turn to."""

    forvaltning: str | None
    unit: str | None
    name: str
    contact: str


class DeadlineOut(BaseModel):
    """One date: the last day by law and the day that is safe."""

    what: str
    date: dt.date
    latest_safe_date: dt.date
    basis: list[BasisOut]
    passed: bool
    explanation: str


class OutcomeOut(BaseModel):
    """What holds for one part of the matter."""

    route: Route
    concern: str | None
    certain: bool
    recipient: RecipientOut | None
    basis: list[BasisOut]
    explanation: str
    next_steps: list[str]
    deadlines: list[DeadlineOut]
    would_change: list[str]


class OptionOut(BaseModel):
    """One answer to a question."""

    value: bool | str | list[str]
    label: str


class QuestionOut(BaseModel):
    """What to ask next."""

    fact: str
    text: str
    options: list[OptionOut]


class AssessmentOut(BaseModel):
    """The whole answer."""

    outcomes: list[OutcomeOut]
    missing: list[str]
    next_question: QuestionOut | None
    rules_version: str


def facts_schema() -> dict[str, Any]:
    """The JSON Schema of the facts; every one may be absent or null, which means not known."""
    kinds: dict[str, dict[str, Any]] = {
        **{name: {"type": ["boolean", "null"]} for name in YES_NO},
        **{name: {"type": ["string", "null"], "format": "date"} for name in DATES},
        **{name: {"enum": [*values, None]} for name, values in ENUMS.items()},
        "concerns": {"type": ["array", "null"], "items": {"enum": list(CONCERNS)}},
        "subject": {"type": ["string", "null"]},
        "subject_text": {"type": ["string", "null"]},
    }
    return {"type": "object", "additionalProperties": False, "properties": kinds}


Language = Literal["da", "en"]
