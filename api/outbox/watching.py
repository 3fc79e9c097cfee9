"""How the outbox is doing, in numbers and in rows that need a person; and what a person can do about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.outbox_models import OutboxDelivery, OutboxDestination
from api.errors import Conflict, NotFound
from api.outbox import destinations
from api.outbox.looking import NOT_FOUND_THERE
from api.outbox.states import ARRIVED, OPEN, State, move

LISTED = 200


@dataclass(frozen=True)
class Line:
    """One delivery as a list shows it: nothing of what it carries."""

    id: int
    event_type: str
    subject_id: str
    reference: str | None
    destination: str
    state: str
    attempts: int
    reason_code: str | None
    created_at: datetime
    due_at: datetime | None
    external_ref: str | None


async def metrics(tx: AsyncSession, *, now: datetime, late: float) -> dict[str, Any]:
    """Counts by destination and state, how long the oldest has waited, and what needs a person."""
    counts: dict[str, dict[str, int]] = {}
    query = select(OutboxDelivery.destination, OutboxDelivery.state, func.count()).group_by(
        OutboxDelivery.destination, OutboxDelivery.state
    )
    for destination, state, count in await tx.execute(query):
        counts.setdefault(destination, {})[state] = count
    waiting = OutboxDelivery.state.in_(OPEN)
    oldest = await tx.scalar(
        select(OutboxDelivery.created_at)
        .where(waiting)
        .order_by(OutboxDelivery.created_at)
        .limit(1)
    )
    late_count = await tx.scalar(
        select(func.count()).where(
            waiting, OutboxDelivery.created_at < now - timedelta(seconds=late)
        )
    )
    missing = await tx.scalar(
        select(func.count()).where(
            OutboxDelivery.state.in_(ARRIVED), OutboxDelivery.reason_code == NOT_FOUND_THERE
        )
    )
    rows = await tx.scalars(select(OutboxDestination).order_by(OutboxDestination.name))
    return {
        "counts": counts,
        "oldest_waiting_seconds": max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        "late": late_count or 0,
        "dead": sum(states.get(State.DEAD, 0) for states in counts.values()),
        "missing_there": missing or 0,
        "destinations": [
            {
                "name": row.name,
                "failures": row.failures,
                "closed_until": row.closed_until.isoformat() if row.closed_until else None,
                "disabled": row.disabled,
                "reason_code": row.reason_code,
                "reconciled_at": row.reconciled_at.isoformat() if row.reconciled_at else None,
            }
            for row in rows
        ],
    }


async def needing_help(tx: AsyncSession, *, now: datetime, late: float) -> list[Line]:
    """What a person should see: given up, rejected, not there any more, or waiting for too long."""
    query = (
        select(OutboxDelivery)
        .where(
            or_(
                OutboxDelivery.state.in_((State.DEAD, State.REJECTED)),
                OutboxDelivery.reason_code == NOT_FOUND_THERE,
                OutboxDelivery.state.in_(OPEN)
                & (OutboxDelivery.created_at < now - timedelta(seconds=late)),
            )
        )
        .order_by(OutboxDelivery.id)
        .limit(LISTED)
    )
    return [line_of(row) for row in await tx.scalars(query)]


async def listed(
    tx: AsyncSession, *, states: Sequence[str] = (), limit: int = LISTED
) -> list[Line]:
    """The newest deliveries in any of the states; in all, if none is named."""
    query = select(OutboxDelivery).order_by(OutboxDelivery.id.desc()).limit(limit)
    if states:
        query = query.where(OutboxDelivery.state.in_(states))
    return [line_of(row) for row in await tx.scalars(query)]


async def replay(tx: AsyncSession, delivery: int, *, now: datetime) -> Line:
    """Sends a delivery again that was given up, or that is not there any more; the other side is asked first.

    Raises:
        NotFound: there is no such delivery.
        Conflict: it is in a state that needs no help.
    """
    row = await tx.get(OutboxDelivery, delivery, with_for_update=True)
    if row is None:
        raise NotFound
    gone = row.state in ARRIVED and row.reason_code == NOT_FOUND_THERE
    if row.state != State.DEAD and not (gone and row.state != State.REJECTED):
        raise Conflict
    row.state = move(row.state, State.AMBIGUOUS)
    row.attempts, row.due_at, row.reason_code = 0, now, "asked_for"
    await destinations.open_again(tx, row.destination)
    return line_of(row)


async def replay_all(tx: AsyncSession, *, now: datetime) -> list[Line]:
    """Sends everything again that was given up."""
    dead = await tx.scalars(
        select(OutboxDelivery.id)
        .where(OutboxDelivery.state == State.DEAD)
        .order_by(OutboxDelivery.id)
    )
    return [await replay(tx, delivery, now=now) for delivery in dead.all()]


def line_of(row: OutboxDelivery) -> Line:
    """The row without what it carries."""
    return Line(
        id=row.id, event_type=row.event_type, subject_id=row.subject_id,
        reference=row.payload.get("reference"), destination=row.destination, state=row.state,
        attempts=row.attempts, reason_code=row.reason_code, created_at=row.created_at,
        due_at=row.due_at, external_ref=row.external_ref,
    )  # fmt: skip
