"""How each destination is doing: left alone after failures, closed when it wants no more, asked now and then."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.outbox_models import OutboxDestination
from api.outbox.policy import Policy


async def allowance(
    tx: AsyncSession, name: str, *, now: datetime, at_once: int, probe_seconds: float
) -> int:
    """How many deliveries may be claimed for a destination now: all, none, or the one that tries whether it is back."""
    row = await tx.scalar(
        select(OutboxDestination).where(OutboxDestination.name == name).with_for_update()
    )
    if row is None:
        return at_once
    if row.disabled:
        return 0
    if row.closed_until is None:
        return at_once
    if row.closed_until > now:
        return 0
    # One worker tries; the others see the destination closed for as long as that can take.
    row.closed_until = now + timedelta(seconds=probe_seconds)
    return 1


async def succeeded(tx: AsyncSession, name: str) -> None:
    """The destination answers again, if it did not."""
    row = await tx.get(OutboxDestination, name)
    if row is not None and (row.failures or row.closed_until):
        row.failures, row.closed_until, row.reason_code = 0, None, None


async def failed(
    tx: AsyncSession, name: str, *, now: datetime, policy: Policy, reason: str,
    at_least: float | None = None,
) -> None:  # fmt: skip
    """Counts a failure, and leaves the destination alone for a while after too many or when it asks for that."""
    row = await known(tx, name)
    row.failures += 1
    row.reason_code = reason
    wait = max(policy.breaker(row.failures) or 0, min(at_least or 0, policy.longest_wait))
    row.closed_until = now + timedelta(seconds=wait) if wait else None


async def door_closed(
    tx: AsyncSession, name: str, *, now: datetime, policy: Policy, reason: str
) -> None:
    """Leaves alone a destination that does not let us in, so that nothing is tried in vain."""
    row = await known(tx, name)
    row.failures += 1
    row.reason_code = reason
    row.closed_until = now + timedelta(seconds=policy.closed_door)


async def disable(tx: AsyncSession, name: str, reason: str) -> None:
    """Closes a destination until a person opens it."""
    row = await known(tx, name)
    row.disabled, row.reason_code = True, reason


async def open_again(tx: AsyncSession, name: str) -> None:
    """A person has opened the destination."""
    row = await known(tx, name)
    row.disabled, row.failures, row.closed_until, row.reason_code = False, 0, None, None


async def turn_to_look(
    tx: AsyncSession, name: str, *, what: str, now: datetime, every: float
) -> bool:
    """Whether it is this worker's turn to do what is done now and then; the others are told that it is done."""
    await known(tx, name)
    column = OutboxDestination.looked_at if what == "changes" else OutboxDestination.reconciled_at
    result = await tx.execute(
        update(OutboxDestination)
        .where(
            OutboxDestination.name == name,
            or_(column.is_(None), column <= now - timedelta(seconds=every)),
        )
        .values({column: now})
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


async def known(tx: AsyncSession, name: str) -> OutboxDestination:
    """The destination's row, made if it is the first time, and locked."""
    insert = postgresql.insert if tx.get_bind().dialect.name == "postgresql" else sqlite.insert
    await tx.execute(
        insert(OutboxDestination)
        .values(name=name, failures=0, disabled=False)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    row = await tx.scalar(
        select(OutboxDestination)
        .where(OutboxDestination.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert row is not None
    return row
