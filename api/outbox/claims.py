"""Claims deliveries for one worker at a time, and writes down what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.cases.port import CASE_EVENTS, CaseEvent, StatusSink
from api.db.outbox_models import OutboxAttempt, OutboxDelivery
from api.outbox import destinations
from api.outbox.policy import Policy
from api.outbox.states import UNSETTLED, State, move
from api.outbox.store import MAIL

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """A delivery that this worker, and no other, may send until its lease ends."""

    id: int
    owner: str
    destination: str
    event: CaseEvent
    attempts: int
    # It may already have arrived, by an earlier try whose outcome nobody knows.
    unsure: bool


@dataclass(frozen=True)
class Result:
    """What came of one try."""

    state: State
    reason_code: str | None = None
    external_ref: str | None = None
    # What the other side wants us to wait, in seconds.
    retry_after: float | None = None
    # The other side does not let us in; the try does not count.
    door_closed: bool = False
    # The other side wants nothing more at all.
    wants_no_more: bool = False


def due(destination: str, now: datetime, limit: int) -> Select[OutboxDelivery]:
    """What is to be sent now: not before everything earlier about the same subject has arrived.

    Mails stand alone: one that cannot be sent holds no other back.
    """
    query = (
        select(OutboxDelivery)
        .where(OutboxDelivery.destination == destination, OutboxDelivery.due_at <= now)
        .order_by(OutboxDelivery.due_at, OutboxDelivery.id)
        .limit(limit)
    )
    if destination == MAIL:
        return query
    earlier = aliased(OutboxDelivery)
    return query.where(
        ~exists().where(
            earlier.subject_id == OutboxDelivery.subject_id,
            earlier.destination == OutboxDelivery.destination,
            earlier.id < OutboxDelivery.id,
            earlier.state.in_(UNSETTLED),
        )
    )


async def anything_due(tx: AsyncSession, destination: str, now: datetime) -> bool:
    """Whether a claim would find something; needs no lock."""
    query = due(destination, now, 1).with_only_columns(OutboxDelivery.id)
    return (await tx.scalar(query)) is not None


async def claim(
    tx: AsyncSession, destination: str, *, worker: str, now: datetime, limit: int, lease: float
) -> list[Claim]:
    """Takes what is due, the longest waiting first; a claim whose worker has gone silent is taken over."""
    rows = await tx.scalars(
        due(destination, now, limit).with_for_update(skip_locked=True, of=OutboxDelivery)
    )
    claims = []
    for row in rows:
        unsure = row.state in (State.SENDING, State.AMBIGUOUS)
        if row.state == State.SENDING:
            log.warning("outbox.taken_over", delivery=row.id, attempts=row.attempts)
            tx.add(_attempt(row, now, State.AMBIGUOUS, "worker_lost"))
        row.state = move(row.state, State.SENDING)
        row.attempts += 1
        row.lease_owner = f"{worker}:{uuid4().hex[:12]}"
        row.due_at = now + timedelta(seconds=lease)
        claims.append(
            Claim(
                id=row.id, owner=row.lease_owner, destination=destination,
                event=event_of(row), attempts=row.attempts, unsure=unsure,
            )
        )  # fmt: skip
    return claims


async def record(
    tx: AsyncSession, claimed: Claim, result: Result, *, system: str, settle_seconds: float,
    now: datetime, chance: float, policy: Policy, sink: StatusSink,
) -> State | None:  # fmt: skip
    """Writes down what came of a try and tells whoever keeps the complaint's history.

    Nothing is written when the claim has been taken over meanwhile: then the one that took it decides.
    """
    row = await tx.get(OutboxDelivery, claimed.id, with_for_update=True)
    if row is None or row.lease_owner != claimed.owner:
        log.warning("outbox.lease_lost", delivery=claimed.id, result=result.state)
        return None
    if result.door_closed:
        row.attempts -= 1
    state, row.due_at = _settled(row.attempts, result, settle_seconds, now, chance, policy)
    row.state = move(row.state, state)
    row.lease_owner, row.system, row.reason_code = None, system, result.reason_code
    tx.add(_attempt(row, now, result.state, result.reason_code))
    await _tell(tx, row, result, now, sink)
    await _note_destination(tx, claimed.destination, result, now, policy)
    return state


def _settled(
    attempts: int, result: Result, settle_seconds: float, now: datetime, chance: float,
    policy: Policy,
) -> tuple[State, datetime | None]:  # fmt: skip
    """The state that a result leads to, and when to look again."""
    if result.state not in (State.RETRY_WAIT, State.AMBIGUOUS):
        return result.state, None
    if result.door_closed or result.wants_no_more:
        return result.state, now + timedelta(seconds=policy.closed_door)
    wait = policy.next_wait(attempts, chance, result.retry_after)
    if wait is None:
        return State.DEAD, None
    if result.state is State.AMBIGUOUS:
        # Not before the other side has surely ended what it may still be doing.
        wait = max(wait, settle_seconds)
    return result.state, now + timedelta(seconds=wait)


async def _tell(
    tx: AsyncSession, row: OutboxDelivery, result: Result, now: datetime, sink: StatusSink
) -> None:
    if row.state == State.DELIVERED:
        row.external_ref, row.delivered_at = result.external_ref, now
        if row.event_type in CASE_EVENTS:
            await sink.delivered(
                tx, row.subject_id, system=row.system or "",
                external_ref=row.external_ref or "", at=now,
            )  # fmt: skip
    elif row.state == State.DEAD:
        log.error("outbox.dead", delivery=row.id, reason=row.reason_code, attempts=row.attempts)
        if row.destination == MAIL:
            about = str(row.payload.get("about") or "")
            await sink.mail_failed(tx, row.subject_id, about=about, at=now)
        else:
            await sink.failed_for_good(
                tx, row.subject_id, system=row.system or "",
                reason_code=row.reason_code or "unknown", at=now,
            )  # fmt: skip


async def _note_destination(
    tx: AsyncSession, name: str, result: Result, now: datetime, policy: Policy
) -> None:
    reason = result.reason_code or "unknown"
    if result.wants_no_more:
        await destinations.disable(tx, name, reason)
    elif result.door_closed:
        await destinations.door_closed(tx, name, now=now, policy=policy, reason=reason)
    elif result.state in (State.RETRY_WAIT, State.AMBIGUOUS):
        await destinations.failed(
            tx, name, now=now, policy=policy, reason=reason, at_least=result.retry_after
        )
    else:
        await destinations.succeeded(tx, name)


def event_of(row: OutboxDelivery) -> CaseEvent:
    """The row as a case system sees it."""
    return CaseEvent(
        id=row.event_id, type=row.event_type, subject_id=row.subject_id, at=row.created_at,
        payload=row.payload,
    )  # fmt: skip


def _attempt(
    row: OutboxDelivery, now: datetime, result: State, reason: str | None
) -> OutboxAttempt:
    return OutboxAttempt(
        delivery_id=row.id, number=row.attempts, at=now, result=result, reason_code=reason
    )


async def attempts_of(tx: AsyncSession, delivery: int) -> Sequence[OutboxAttempt]:
    """Every try of a delivery, the first one first."""
    query = select(OutboxAttempt).where(OutboxAttempt.delivery_id == delivery)
    return (await tx.scalars(query.order_by(OutboxAttempt.id))).all()
