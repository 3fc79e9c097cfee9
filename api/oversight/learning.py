"""The learning bank: what complaints have taught, written in five steps, kept in versions, found by words and place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.learning_models import Lesson, LessonVersion
from api.oversight.error_price import Inputs, read_number

LEARNING_FILE = Path(__file__).parent / "learning.yaml"
PAGE = 20
QUERY_LENGTH = 200
MOST_PAGES = 10_000


@cache
def load_learning() -> dict[str, Any]:
    """The questions, the roles and the limits."""
    found = yaml.safe_load(LEARNING_FILE.read_text(encoding="utf-8"))
    return cast("dict[str, Any]", found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written in the form, and what is wrong with it by field."""

    steps: Mapping[str, str]
    inputs: Inputs
    unit: str
    theme: str
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All that somebody wrote freely."""
        return "\n".join([*self.steps.values(), self.unit])

    def as_json(self) -> dict[str, Any]:
        """As a version is kept."""
        return {
            "steps": dict(self.steps), "cost": self.inputs.as_json(), "unit": self.unit,
            "theme": self.theme,
        }  # fmt: skip


def read_form(form: Mapping[str, str], themes: frozenset[str]) -> Written:
    """What was written; nothing of it is lost when something is wrong."""
    data, faults = load_learning(), {}
    limits = data["limits"]
    steps: dict[str, str] = {}
    for step in data["steps"]:
        said = form.get(step["id"], "").replace("\x00", "").replace("\r\n", "\n").strip()
        if not said and step.get("required"):
            faults[step["id"]] = "missing"
        if len(said) > limits["text"]:
            faults[step["id"]] = "too_long"
        steps[step["id"]] = said[: limits["text"]]

    def number(name: str, most: int) -> Any:
        found = read_number(form.get(name, ""), most)
        if found is None:
            faults[name] = "number"
        return found or read_number("0", most)

    roles = [role["id"] for role in data["roles"]]
    inputs = Inputs(
        minutes={role: number(f"minutes_{role}", limits["minutes"]) for role in roles},
        hour_price={role: number(f"price_{role}", limits["hour_price"]) for role in roles},
        direct=number("direct", limits["money"]), times=number("times", limits["times"]),
        mending=number("mending", limits["money"]),
    )  # fmt: skip
    theme = form.get("theme", "")
    if theme and theme not in themes:
        faults["theme"] = "choice"
    return Written(
        steps=steps, inputs=inputs, unit=form.get("unit", "").replace("\x00", "").strip()[:300],
        theme=theme if theme in themes else "", faults=faults,
    )  # fmt: skip


async def lesson_of(tx: AsyncSession, complaint_id: str) -> Lesson | None:
    """What a complaint has taught, if somebody wrote it."""
    found: Lesson | None = await tx.scalar(
        select(Lesson).where(Lesson.complaint_id == complaint_id).with_for_update()
    )
    return found


async def save_lesson(
    tx: AsyncSession, written: Written, *, complaint_id: str, forvaltning: str | None,
    outcome: str, closed_on: dt.date, seen_version: int, by: str, now: dt.datetime,
) -> Lesson | None:  # fmt: skip
    """Writes a lesson, or a new version of it; none, when a colleague has written since it was seen."""
    row = await lesson_of(tx, complaint_id)
    if (row.version if row else 0) != seen_version:
        return None
    if row is None:
        row = Lesson(complaint_id=complaint_id, version=0, created_at=now)
        tx.add(row)
    row.forvaltning, row.outcome, row.closed_on = forvaltning, outcome, closed_on
    row.unit, row.theme = written.unit, written.theme
    row.steps, row.cost = dict(written.steps), written.inputs.as_json()
    row.words = written.text.casefold()
    row.version, row.updated_at, row.updated_by = row.version + 1, now, by
    await tx.flush()
    tx.add(
        LessonVersion(
            lesson_id=row.id, version=row.version, content=written.as_json(), at=now, by=by
        )
    )
    return row


async def versions_of(tx: AsyncSession, lesson: Lesson) -> list[LessonVersion]:
    """How a lesson was written before, the newest first."""
    query = select(LessonVersion).where(LessonVersion.lesson_id == lesson.id)
    return list(await tx.scalars(query.order_by(LessonVersion.version.desc())))


async def latest_prices(tx: AsyncSession, forvaltning: str | None) -> Mapping[str, str]:
    """What an hour cost in the newest lesson of the same forvaltning, as a start for the next one."""
    row = await tx.scalar(
        select(Lesson)
        .where(Lesson.forvaltning == forvaltning)
        .order_by(Lesson.updated_at.desc(), Lesson.id.desc())
        .limit(1)
    )
    return cast("Mapping[str, str]", row.cost.get("hour_price") or {}) if row else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What somebody looks for in the bank, as it stands in the address."""

    words: str = ""
    forvaltning: str = ""
    unit: str = ""
    theme: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Search:
        """From an address; what cannot be understood is left out."""
        page = query.get("page", "")
        return cls(
            words=query.get("q", "").strip()[:QUERY_LENGTH],
            forvaltning=query.get("forvaltning", "")[:40], unit=query.get("unit", "").strip()[:100],
            theme=query.get("theme", "")[:60], since=_day(query.get("fra", "")),
            until=_day(query.get("til", "")),
            page=int(page) if page.isdecimal() and 0 < int(page[:6]) < MOST_PAGES else 1,
        )  # fmt: skip

    def named(self) -> dict[str, str]:
        """As it stands in an address."""
        named = {
            "q": self.words, "forvaltning": self.forvaltning, "unit": self.unit, "theme": self.theme,
            "fra": self.since.isoformat() if self.since else "",
            "til": self.until.isoformat() if self.until else "",
        }  # fmt: skip
        return {name: value for name, value in named.items() if value}


async def find_lessons(tx: AsyncSession, search: Search) -> tuple[list[Lesson], int]:
    """The lessons that were asked for, the newest first, and how many there are in all."""
    conditions = _conditions(search)
    total = await tx.scalar(select(func.count()).select_from(Lesson).where(*conditions)) or 0
    query = (
        select(Lesson)
        .where(*conditions)
        .order_by(Lesson.closed_on.desc(), Lesson.id.desc())
        .limit(PAGE)
        .offset((search.page - 1) * PAGE)
    )
    return list(await tx.scalars(query)), total


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Lesson.words.contains(word, autoescape=True) for word in search.words.casefold().split()
    ]
    if search.forvaltning:
        found.append(Lesson.forvaltning == search.forvaltning)
    if search.unit:
        found.append(Lesson.unit.icontains(search.unit, autoescape=True))
    if search.theme:
        found.append(Lesson.theme == search.theme)
    if search.since is not None:
        found.append(Lesson.closed_on >= search.since)
    if search.until is not None:
        found.append(Lesson.closed_on <= search.until)
    return found


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
