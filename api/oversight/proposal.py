"""How the machine sorts a contact from what the product already knows of it. Pure.

A report of wrongdoing keeps no place and no theme: where few work, they could tell who reported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from api.oversight.vocabulary import (
    ADVICE,
    COMPLAINT,
    OTHER,
    PRAISE,
    WRONGDOING,
    Vocabulary,
    load_vocabulary,
)
from knowledge.guidance import Profile
from knowledge.rules.deadlines import Days, is_working_day
from knowledge.rules.recipients import split_unit

FILE = Path(__file__).parent / "proposals.yaml"
DAY = dt.timedelta(days=1)
# Beyond this many days an answer is late in any case, and counting further says no more.
MOST_DAYS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A contact as it is sorted; the fields are those of the table."""

    inquiry: str
    informal: bool
    channel: str
    language: str
    received_on: dt.date
    kinds: Sequence[str] = ()
    themes: Sequence[str] = ()
    area: str = ""
    forvaltning: str = ""
    unit: str = ""
    answered_on: dt.date | None = None
    answer_days: int | None = None
    unanswered: bool = False
    outcome: str = ""
    causes: Sequence[str] = ()
    citizen_effects: Sequence[str] = ()
    municipality_effects: Sequence[str] = ()
    learning: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a matter is, as far as its subject tells."""

    area: str = ""
    forvaltning: str = ""
    unit: str = ""


@cache
def load_proposals() -> tuple[Mapping[str, Any], ...]:
    """The rows that propose themes."""
    return tuple(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def place_of(area_id: Any, profile: Profile) -> Place:
    """The forvaltning and the unit of a subject area, by its Danish name so that it is counted as one."""
    area = profile.book.areas.get(area_id) if isinstance(area_id, str) else None
    if area is None:
        return Place()
    own = area.forvaltning.id if area.forvaltning.id in profile.organisation.contacts else None
    unit = split_unit(area.unit.of("da"))[0] if profile.book.knows_units and own else ""
    return Place(area.id, own or "", unit)


def themes_of(facts: Mapping[str, Any], words: Vocabulary) -> list[str]:
    """The themes that the facts point to."""
    found = [row["theme"] for row in load_proposals() if _is_true(row, facts.get(row["fact"]))]
    return words.known("themes", found)


def of_conversation(
    facts: Mapping[str, Any], *, channel: str, language: str, received: dt.date, profile: Profile,
    answered: dt.date | None = None,
) -> Entry:  # fmt: skip
    """A conversation: guidance, unless it only brought praise; a complaint is counted when it is filed."""
    words = load_vocabulary()
    concerns = facts.get("concerns")
    kinds = words.known("kinds", concerns if isinstance(concerns, list | tuple) else [])
    praise = kinds == [PRAISE] or facts.get("wants") == "feedback"
    place = place_of(facts.get("subject"), profile)
    return protected(
        Entry(
            inquiry=OTHER if praise else ADVICE, informal=True, channel=channel, language=language,
            received_on=received, kinds=kinds, themes=themes_of(facts, words), area=place.area,
            forvaltning=place.forvaltning, unit=place.unit, answered_on=answered,
            answer_days=days_between(received, answered, profile.days),
        )
    )  # fmt: skip


def of_complaint(
    record: Mapping[str, Any], *, is_notice: bool, route: str, forvaltning: str | None,
    unit: str | None, channel: str, language: str, received: dt.date, answered: dt.date | None,
    outcome: str | None, profile: Profile,
) -> Entry:  # fmt: skip
    """A complaint, or one part of it."""
    words = load_vocabulary()
    matter = record.get("matter" if is_notice else "complaint") or {}
    target = record.get("matter" if is_notice else "target") or {}
    kinds = words.known("kinds", matter.get("categories") or [])
    facts = dict((record.get("assessment") or {}).get("facts") or {}) | {"concerns": kinds}
    themes = words.known("themes", matter.get("themes") or []) or themes_of(facts, words)
    place = place_of(target.get("area"), profile)
    known = forvaltning if forvaltning in profile.organisation.forvaltninger else None
    same = known is None or known == place.forvaltning
    area = profile.book.areas.get(place.area)
    # The unit that the rules named, in either language, is one unit; another one was set by staff.
    by_rule = {split_unit(area.unit.of(lang))[0] for lang in ("da", "en")} if area else set()
    staffs_own = unit if unit and unit not in by_rule else ""
    return protected(
        Entry(
            inquiry=OTHER if route == "feedback" or kinds == [PRAISE] else COMPLAINT,
            informal=False, channel=channel, language=language, received_on=received,
            kinds=kinds, themes=themes, area=place.area, forvaltning=known or place.forvaltning,
            unit=staffs_own or (place.unit if same else ""), answered_on=answered,
            answer_days=days_between(received, answered, profile.days),
            outcome=outcome if outcome in words.ids("outcomes") else "",
        )
    )  # fmt: skip


def of_verdict(*, answered: bool, audience: str, language: str, received: dt.date) -> Entry:
    """A question to the look-up that was judged: unanswered is a question, the rest is feedback."""
    return Entry(
        inquiry=OTHER if answered else ADVICE, informal=True,
        channel="klarret" if audience == "caseworker" else "chat", language=language,
        received_on=received, unanswered=not answered,
    )  # fmt: skip


def protected(entry: Entry) -> Entry:
    """The entry without what could tell who reported wrongdoing."""
    if WRONGDOING not in entry.kinds:
        return entry
    return Entry(
        inquiry=entry.inquiry, informal=entry.informal, channel=entry.channel,
        language=entry.language, received_on=entry.received_on.replace(day=1), kinds=(WRONGDOING,),
    )  # fmt: skip


def days_between(received: dt.date, answered: dt.date | None, days: Days) -> int | None:
    """Working days after the receipt up to the answer; doubtful days count in the authority's favour."""
    if answered is None:
        return None
    count, day = 0, received
    while day < answered and count < MOST_DAYS:
        day += DAY
        count += is_working_day(day, days, cautious=True)
    return count


def _is_true(row: Mapping[str, Any], value: Any) -> bool:
    if "equals" in row:
        return bool(value is row["equals"])
    if "holds" in row:
        return isinstance(value, list | tuple) and row["holds"] in value
    return value is not None
