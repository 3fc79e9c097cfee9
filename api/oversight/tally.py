"""Sums over contacts, kept beside them so that a page never has to read them all, and counted again to be checked."""

from __future__ import annotations

import datetime as dt
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.oversight_models import Contact, ContactTally
from api.oversight.contacts import Bucket
from api.oversight.vocabulary import COMPLAINT, load_vocabulary

EVERY_UNIT = "*"
# Rows that count each contact once.
WHOLE = "all"
KEYS = ("month", "forvaltning", "unit", "facet", "value", "inquiry", "informal")
OUTCOMES = ("medhold", "delvist", "ikke", "uformelt", "videresendt")
MEASURES = ("contacts", "points", "in_time", "late", "unanswered", *OUTCOMES)
BATCH = 5000

Key = tuple[dt.date, str, str, str, str, str, bool]
Sums = dict[Key, Counter[str]]


class Counts(Protocol):
    """What of a contact is counted."""

    month: dt.date
    forvaltning: str
    unit: str
    inquiry: str
    informal: bool
    channel: str
    language: str
    kinds: list[str]
    themes: list[str]
    answer_days: int | None
    unanswered: bool
    outcome: str | None


COUNTED = tuple(Counts.__annotations__)


def counted(row: Counts | Contact, limit: int) -> Iterator[tuple[Key, dict[str, int]]]:
    """What one contact adds to which sums; `limit` is the working days within which an answer is in time."""
    once = _measures(row, limit)
    complaint = row.inquiry == COMPLAINT
    points = Counter(load_vocabulary().main_of.get(one, "") for one in row.themes)
    facets: list[tuple[str, str, int]] = [
        (WHOLE, "", once["points"]), ("channel", row.channel, once["points"]),
        ("language", row.language, once["points"]),
    ]  # fmt: skip
    # What has no kind or no theme is counted as such, so that the parts are the whole.
    facets += [("kind", one, once["points"]) for one in row.kinds or [""]]
    facets += [("theme", one, int(complaint)) for one in row.themes or [""]]
    facets += [("main", one, points[one] * complaint) for one in points] or [
        ("main", "", int(complaint))
    ]
    for unit in (EVERY_UNIT, row.unit):
        for facet, value, own in facets:
            key = (row.month, row.forvaltning, unit, facet, value, row.inquiry, row.informal)
            yield key, once | {"points": own}


def naive(rows: Iterable[Contact], limit: int) -> Sums:
    """The sums of contacts, counted one by one."""
    sums: Sums = {}
    for row in rows:
        for key, adds in counted(row, limit):
            sums.setdefault(key, Counter()).update(adds)
    return sums


def together(rows: Iterable[Any], limit: int) -> Sums:
    """The same sums, where contacts that count alike are counted once: most of a month are."""
    alike: dict[str, list[Any]] = {}
    for row in rows:
        alike.setdefault(repr(tuple(row)), [row, 0])[1] += 1
    sums: Sums = {}
    for row, times in alike.values():
        for key, adds in counted(row, limit):
            have = sums.setdefault(key, Counter())
            for name, number in adds.items():
                have[name] += number * times
    return sums


async def refresh(tx: AsyncSession, buckets: Iterable[Bucket], limit: int) -> None:
    """Counts months and places again, in the transaction that changed their contacts."""
    for month, forvaltning in sorted(set(buckets)):
        await _alone(tx, month, forvaltning)
        own = (Contact.month == month, Contact.forvaltning == forvaltning)
        columns = (getattr(Contact, name) for name in COUNTED)
        sums = together(await tx.execute(select(*columns).where(*own)), limit)
        await tx.execute(
            delete(ContactTally).where(
                ContactTally.month == month, ContactTally.forvaltning == forvaltning
            )
        )
        rows = [as_row(key, adds) for key, adds in sums.items()]
        for at in range(0, len(rows), BATCH):
            await tx.execute(insert(ContactTally), rows[at : at + BATCH])


async def _alone(tx: AsyncSession, month: dt.date, forvaltning: str) -> None:
    """Lets nobody else count the same at the same time; SQLite has one writer anyway."""
    if tx.get_bind().dialect.name == "postgresql":
        key = zlib.crc32(f"tally:{month}:{forvaltning}".encode())
        await tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def as_row(key: Key, adds: Counter[str]) -> dict[str, Any]:
    """One line of the table of sums."""
    return dict(zip(KEYS, key, strict=True)) | {name: adds[name] for name in MEASURES}


async def buckets_in_use(tx: AsyncSession) -> set[Bucket]:
    """All months and places that have contacts or sums."""
    found: set[Bucket] = set()
    for table in (Contact, ContactTally):
        rows = await tx.execute(select(table.month, table.forvaltning).distinct())
        found.update((month, place) for month, place in rows)
    return found


async def differences(tx: AsyncSession, one: Bucket, limit: int) -> int:
    """How many sums of a month and a place are not what counting one by one gives."""
    month, forvaltning = one
    fresh = naive(
        await tx.scalars(
            select(Contact).where(Contact.month == month, Contact.forvaltning == forvaltning)
        ),
        limit,
    )
    kept: Sums = {}
    rows = await tx.scalars(
        select(ContactTally).where(
            ContactTally.month == month, ContactTally.forvaltning == forvaltning
        )
    )
    for row in rows:
        key: Any = tuple(getattr(row, name) for name in KEYS)
        kept.setdefault(key, Counter()).update({name: getattr(row, name) for name in MEASURES})
    return sum(1 for key in fresh.keys() | kept.keys() if fresh.get(key) != kept.get(key))


def _measures(row: Counts | Contact, limit: int) -> dict[str, int]:
    complaint = row.inquiry == COMPLAINT
    answered = complaint and row.answer_days is not None
    in_time = answered and (row.answer_days or 0) <= limit
    return {
        "contacts": 1, "points": max(1, len(row.themes)) if complaint else 0,
        "in_time": int(in_time), "late": int(answered and not in_time),
        "unanswered": int(row.unanswered),
    } | {one: int(row.outcome == one) for one in OUTCOMES}  # fmt: skip
