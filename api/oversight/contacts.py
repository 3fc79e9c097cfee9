"""Keeps contacts: made once from what they come from, corrected by staff, with every change written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.oversight_models import Contact, ContactChange, ContactMark
from api.oversight.proposal import Entry
from api.oversight.vocabulary import load_vocabulary

PROPOSED, CONFIRMED = "proposed", "confirmed"
MACHINE = "stafet"
LISTS = ("kinds", "themes", "causes", "citizen_effects", "municipality_effects")

# A month and a forvaltning: what is counted again when a contact changes.
Bucket = tuple[dt.date, str]


def bucket(row: Contact) -> Bucket:
    """Where the contact is counted."""
    return row.month, row.forvaltning


def bucket_of(entry: Entry) -> Bucket:
    """Where a contact with this entry is counted, if staff have not moved it."""
    return entry.received_on.replace(day=1), entry.forvaltning


async def put(
    tx: AsyncSession, origin: str, entries: Iterable[tuple[str, Entry]], now: dt.datetime
) -> set[Bucket]:
    """Makes contacts, or brings them up to date where staff have not spoken; gives what must be counted again."""
    wanted = {origin_id: plain(entry) for origin_id, entry in entries}
    query = select(Contact).where(Contact.origin == origin, Contact.origin_id.in_(wanted))
    known = {row.origin_id: row for row in await tx.scalars(query)}
    touched: set[Bucket] = set()
    for origin_id, row in known.items():
        values = wanted.pop(origin_id)
        touched |= await change(
            tx, row, {name: value for name, value in values.items() if name not in row.kept},
            actor=MACHINE, now=now,
        )  # fmt: skip
    new = [_new(origin, origin_id, values, now) for origin_id, values in wanted.items()]
    tx.add_all(new)
    await tx.flush()
    for row in new:
        _mark(tx, row)
    await tx.flush()
    return touched | {bucket(row) for row in new}


async def add(
    tx: AsyncSession, origin: str, origin_id: str, values: Mapping[str, Any], now: dt.datetime, *,
    state: str = PROPOSED, kept: Iterable[str] = (),
) -> Contact:  # fmt: skip
    """A new contact."""
    row = _new(origin, origin_id, values, now, state=state, kept=kept)
    tx.add(row)
    await tx.flush()
    _mark(tx, row)
    await tx.flush()
    return row


def _new(
    origin: str, origin_id: str, values: Mapping[str, Any], now: dt.datetime, *,
    state: str = PROPOSED, kept: Iterable[str] = (),
) -> Contact:  # fmt: skip
    return Contact(
        origin=origin, origin_id=origin_id, state=state, kept=list(kept), version=1,
        created_at=now, updated_at=now, month=values["received_on"].replace(day=1), **values,
    )  # fmt: skip


async def change(
    tx: AsyncSession, row: Contact, values: Mapping[str, Any], *, actor: str, now: dt.datetime
) -> set[Bucket]:
    """Sets what is different and writes down what it was; the machine's own guesses are not history."""
    different = {name: new for name, new in values.items() if getattr(row, name) != new}
    if not different:
        return set()
    touched = {bucket(row)}
    for name, new in different.items():
        if actor != MACHINE or row.state == CONFIRMED:
            details = {"before": _json(getattr(row, name)), "after": _json(new)}
            tx.add(
                ContactChange(contact_id=row.id, at=now, actor=actor, field=name, details=details)
            )
        setattr(row, name, new)
    row.month, row.updated_at, row.version = row.received_on.replace(day=1), now, row.version + 1
    await tx.flush()
    if different.keys() & {"kinds", "themes", "received_on"}:
        await tx.execute(delete(ContactMark).where(ContactMark.contact_id == row.id))
        _mark(tx, row)
        await tx.flush()
    return touched | {bucket(row)}


async def confirm(
    tx: AsyncSession, row: Contact, values: Mapping[str, Any], *, actor: str, now: dt.datetime
) -> set[Bucket]:
    """What a member of staff says it is; the machine leaves the fields alone that they changed."""
    changed = [name for name, new in values.items() if getattr(row, name) != new]
    touched = await change(tx, row, values, actor=actor, now=now)
    row.kept = sorted({*row.kept, *changed})
    if row.state != CONFIRMED:
        details = {"before": row.state, "after": CONFIRMED}
        tx.add(
            ContactChange(contact_id=row.id, at=now, actor=actor, field="state", details=details)
        )
        row.state, row.updated_at, row.version = CONFIRMED, now, row.version + 1
    await tx.flush()
    return touched


async def changes_of(tx: AsyncSession, row: Contact) -> list[ContactChange]:
    """The history of a contact, oldest first."""
    query = select(ContactChange).where(ContactChange.contact_id == row.id)
    return list(await tx.scalars(query.order_by(ContactChange.id)))


def plain(entry: Entry) -> dict[str, Any]:
    """The entry as the table writes it."""
    values = asdict(entry)
    return values | {name: list(values[name]) for name in LISTS}


def _mark(tx: AsyncSession, row: Contact) -> None:
    marks = {"kind": row.kinds, "theme": row.themes, "main": load_vocabulary().mains(row.themes)}
    tx.add_all(
        ContactMark(contact_id=row.id, facet=facet, value=value, received_on=row.received_on)
        for facet, values in marks.items()
        for value in values
    )


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
