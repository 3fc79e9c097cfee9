"""Looks at the other side: what has changed there, and whether everything that was delivered is still there."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from api.cases.port import CASE_EVENTS, CaseStatus, CaseSystem, Change, StatusSink
from api.db.engine import Database
from api.db.outbox_models import InboundEvent, OutboxDelivery, OutboxDestination
from api.masking import mask_cpr
from api.outbox import destinations
from api.outbox.claims import event_of
from api.outbox.states import ARRIVED, MOVES, State

log = structlog.get_logger(__name__)

# How much of a note is shown to the citizen, in characters.
NOTE_LENGTH = 1000
NAME_LENGTH = 200
# What reconciliation writes on a delivery that is not there any more.
NOT_FOUND_THERE = "not_found_there"


@dataclass(frozen=True)
class Reconciled:
    """What comparing with the other side has shown, as ids of deliveries."""

    there: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    not_asked: tuple[int, ...] = ()


async def look(
    database: Database, destination: str, system: CaseSystem, sink: StatusSink, now: datetime
) -> int:
    """Takes over what has changed since the last look; gives how many were new."""
    async with database.reading() as tx:
        row = await tx.get(OutboxDestination, destination)
        cursor = row.changes_cursor if row else None
    changes = await system.changes(cursor)
    taken = 0
    for change in changes.items:
        async with database.transaction() as tx:
            taken += await take(tx, change, sink=sink, now=now)
    if changes.cursor != cursor:
        async with database.transaction() as tx:
            (await destinations.known(tx, destination)).changes_cursor = changes.cursor
    return taken


async def take(tx: AsyncSession, change: Change, *, sink: StatusSink, now: datetime) -> bool:
    """Takes over one change, in the caller's transaction; the same one again, or an older one, changes nothing."""
    insert = postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = await tx.scalar(
        insert(InboundEvent)
        .values(
            source=change.source, event_id=change.event_id, subject_id=change.subject_id,
            occurred_at=change.at, received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["source", "event_id"])
        .returning(InboundEvent.event_id)
    )  # fmt: skip
    if new is None:
        return False
    delivery = await tx.scalar(
        select(OutboxDelivery)
        .where(
            OutboxDelivery.subject_id == change.subject_id,
            OutboxDelivery.event_type.in_(CASE_EVENTS),
        )
        .order_by(OutboxDelivery.id.desc())
        .limit(1)
        .with_for_update()
    )
    if delivery is None:
        log.warning("outbox.change_of_unknown", source=change.source, status=change.status)
        return False
    newest = await tx.scalar(
        select(func.max(InboundEvent.occurred_at)).where(
            InboundEvent.subject_id == change.subject_id,
            InboundEvent.event_id != change.event_id,
        )
    )
    if newest is not None and _aware(newest, now) > change.at:
        return False
    await _apply(tx, delivery, change, sink)
    return True


async def _apply(
    tx: AsyncSession, delivery: OutboxDelivery, change: Change, sink: StatusSink
) -> None:
    rejected = change.status is CaseStatus.REJECTED
    wanted = State.REJECTED if rejected else State.ACCEPTED
    if wanted in MOVES[State(delivery.state)]:
        delivery.state = wanted
    if rejected:
        log.error("outbox.rejected", delivery=delivery.id, source=change.source)
        delivery.reason_code = "rejected_there"
        await sink.failed_for_good(
            tx, change.subject_id, system=delivery.system or "", reason_code="rejected_there",
            at=change.at,
        )  # fmt: skip
        return
    note = mask_cpr(change.note)[:NOTE_LENGTH] if change.note else None
    await sink.status_changed(
        tx, change.subject_id, status=change.status, note=note, at=change.at,
        source_event_id=_one_name(change),
    )  # fmt: skip


def _one_name(change: Change) -> str:
    """Source and id as one name, short enough for any column."""
    name = f"{change.source}#{change.event_id}"
    return name if len(name) <= NAME_LENGTH else hashlib.sha256(name.encode()).hexdigest()


def _aware(value: datetime, like: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=like.tzinfo)


async def reconcile(
    database: Database, destination: str, system: CaseSystem, now: datetime, *,
    days: int, seconds: float, repair: bool = False,
) -> Reconciled:  # fmt: skip
    """Asks the other side for everything that was delivered in the last days.

    What is missing is marked and logged, for a person to look at: it may have been deleted there on purpose. With
    `repair` it is sent again.
    """
    if not system.can_find:
        return Reconciled()
    async with database.reading() as tx:
        rows = (
            await tx.scalars(
                select(OutboxDelivery)
                .where(
                    OutboxDelivery.destination == destination,
                    OutboxDelivery.state.in_(ARRIVED),
                    OutboxDelivery.delivered_at >= now - timedelta(days=days),
                )
                .order_by(OutboxDelivery.id)
            )
        ).all()
    there: list[int] = []
    missing: list[int] = []
    not_asked: list[int] = []
    for row in rows:
        try:
            async with asyncio.timeout(seconds):
                found = await system.find(event_of(row))
        except Exception as error:  # one that cannot be asked for now must not hide the rest
            log.warning("outbox.not_reconciled", delivery=row.id, kind=type(error).__name__)
            not_asked.append(row.id)
            continue
        (missing if found is None else there).append(row.id)
    for delivery in missing:
        await _mark_missing(database, delivery, now, repair=repair)
    log.info(
        "outbox.reconciled", system=system.name, there=len(there), missing=len(missing),
        not_asked=len(not_asked),
    )  # fmt: skip
    return Reconciled(tuple(there), tuple(missing), tuple(not_asked))


async def _mark_missing(database: Database, delivery: int, now: datetime, *, repair: bool) -> None:
    log.error("outbox.missing_there", delivery=delivery)
    async with database.transaction() as tx:
        row = await tx.get(OutboxDelivery, delivery, with_for_update=True)
        if row is None or row.state not in ARRIVED:
            return
        row.reason_code = NOT_FOUND_THERE
        if repair and State.AMBIGUOUS in MOVES[State(row.state)]:
            row.state, row.due_at, row.attempts = State.AMBIGUOUS, now, 0
