"""Messages with the facts they state, and what counts as reading them rightly.

A case says what must be read (`facts`), what may be (`may`) and what must not be assumed (`not`). Any other fact that
is read is wrong, except a few that nearly every message allows: the subject in the writer's own words, that a person
writes for themselves and is affected, that what they wait for goes on; concerns and wants where the case is silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.articles import Lang

Half = Literal["tune", "dev", "stories", "final"]
# All but 'final' may be looked at; that one is only measured.
HALVES: tuple[Half, ...] = ("tune", "dev", "stories", "final")
FOLDER = Path(__file__).parent / "facts"
ANY = "any"
CONCERNS = "concerns"
FREE: Mapping[str, object] = {"complainant": "citizen", "directly_affected": True, "ongoing": True}
FREE_WHERE_SILENT = (CONCERNS, "wants")
FREE_ALWAYS = "subject_text"
# Whoever answers a question agrees with what it takes for granted.
PRESUPPOSED: Mapping[str, tuple[str, object]] = {
    "complained_on": ("complained_to_forvaltning", True),
    "complained_how": ("complained_to_forvaltning", True),
    "forvaltning_replied": ("complained_to_forvaltning", True),
    "decision_received": ("is_decision", True),
    "delivery": ("is_decision", True),
    "appeal_guidance_missing": ("is_decision", True),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One message and the reading that is expected of it."""

    id: str
    today: str
    lang: Lang
    text: str
    asked: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    may: Mapping[str, Any] = field(default_factory=dict)
    never: tuple[str | Mapping[str, Any], ...] = ()
    not_concerns: frozenset[str] = frozenset()
    corrected: frozenset[str] = frozenset()
    answer: str | None = None
    answer_may: str | None = None

    @property
    def style(self) -> str:
        """What kind of message this is."""
        return self.id.rpartition("-")[0]


def load_cases(half: Half, folder: Path = FOLDER) -> tuple[Case, ...]:
    """Read one set."""
    data = yaml.safe_load((folder / f"{half}.yaml").read_text(encoding="utf-8"))
    return tuple(
        Case(
            id=row["id"],
            today=row.get("today", data["today"]),
            lang=row.get("lang", "da"),
            text=row["text"],
            asked=row.get("asked"),
            known=row.get("known", {}),
            facts=row.get("facts", {}),
            may=row.get("may", {}),
            never=tuple(row.get("not", ())),
            not_concerns=frozenset(row.get("not_concerns", ())),
            corrected=frozenset(row.get("corrected", ())),
            answer=row.get("answer"),
            answer_may=row.get("answer_may"),
        )
        for row in data["cases"]
    )


def agrees(expected: Any, read: Any) -> bool:
    """Say whether a value is one that a case expects: the same, within the days, or any of several."""
    if expected == ANY:
        return True
    if isinstance(expected, Mapping):
        if "any_of" in expected:
            return read in expected["any_of"]
        return str(expected["from"]) <= str(read) <= str(expected["to"])
    if isinstance(expected, bool) or isinstance(read, bool):
        return expected is read
    return bool(str(expected) == str(read))


def wrongly_read(case: Case, read: Mapping[str, Any]) -> dict[str, Any]:
    """What was read that the message does not state, by fact; of the concerns only those that are wrong."""
    wrong: dict[str, Any] = {}
    for fact, value in read.items():
        if fact == CONCERNS:
            allowed = {*case.facts.get(CONCERNS, ()), *case.may.get(CONCERNS, ())}
            faulty = [v for v in value if v in case.not_concerns or (allowed and v not in allowed)]
            if faulty or _is_forbidden(case, fact, value):
                wrong[fact] = faulty or value
        elif not _may_be_read(case, fact, value):
            wrong[fact] = value
    return wrong


def rightly_read(case: Case, read: Mapping[str, Any]) -> dict[str, Any]:
    """What must be read and was."""
    right: dict[str, Any] = {}
    for fact, expected in case.facts.items():
        if fact not in read:
            continue
        if fact == CONCERNS:
            if found := [concern for concern in expected if concern in read[fact]]:
                right[fact] = found
        elif agrees(expected, read[fact]):
            right[fact] = read[fact]
    return right


def _may_be_read(case: Case, fact: str, value: Any) -> bool:
    if _is_forbidden(case, fact, value):
        return False
    if any(fact in said and agrees(said[fact], value) for said in (case.facts, case.may)):
        return True
    if fact in case.facts or fact in case.may:
        return False
    if case.asked is not None and PRESUPPOSED.get(case.asked) == (fact, value):
        return True
    if fact == FREE_ALWAYS or fact in FREE_WHERE_SILENT:
        return True
    return fact in FREE and FREE[fact] == value


def _is_forbidden(case: Case, fact: str, value: Any) -> bool:
    return any(
        fact == entry if isinstance(entry, str) else fact in entry and agrees(entry[fact], value)
        for entry in case.never
    )
