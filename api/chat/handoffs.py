"""Reads and writes hand-offs; every function works inside a transaction that its caller owns.

Every change names the version it saw. Of two who change the same one at once, the second is told so.
The conversation's row is always locked before the hand-off's, so that no two wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.chat.model import State
from api.chat.queue import LAST, Waiting
from api.chat.transitions import Event, after
from api.db.handoff_models import Handoff, HandoffEvent, StaffPresence
from api.db.models import ChatSession, StaffAccount
from api.errors import Conflict, NotFound

# After so long without a sign of life, somebody is gone. Browsers let a hidden page speak once a minute only.
PRESENT = timedelta(seconds=120)
# Waits from longer ago say nothing about now.
RECENT = timedelta(hours=24)
# Who acts when nobody does.
SYSTEM = "system"
CITIZEN = "citizen"


async def open_one(tx: AsyncSession, session_id: str) -> Handoff | None:
    """The hand-off of a conversation that is not over, if there is one."""
    found: Handoff | None = await tx.scalar(
        select(Handoff)
        .where(Handoff.session_id == session_id, Handoff.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return found


async def start(
    tx: AsyncSession,
    chat: ChatSession,
    *,
    summary: str | None,
    deadline: date | None,
    now: datetime,
) -> Handoff:
    """Puts a conversation in the queue; its row must be locked.

    Raises:
        Conflict: it cannot go there from where it is.
    """
    before, target = State(chat.state), after(State(chat.state), Event.REQUESTED)
    if target is None:
        raise Conflict("handoff_state")
    row = Handoff(
        session_id=chat.id, state=target.value, version=1, summary=summary, deadline=deadline,
        front=False, requested_at=now, queued_at=now,
    )  # fmt: skip
    tx.add(row)
    chat.state = target.value
    await tx.flush()
    _note(tx, row.id, Event.REQUESTED, before, target, actor=CITIZEN, now=now, details={})
    return row


async def move(
    tx: AsyncSession, row: Handoff, event: Event, *, version: int, actor: str, now: datetime,
    details: dict[str, Any] | None = None, **values: Any,
) -> ChatSession:  # fmt: skip
    """Makes one change, if nobody made another since `version`; returns the conversation, locked.

    Raises:
        Conflict: somebody was first, or the change is not possible from this state.
    """
    chat = await tx.get(ChatSession, row.session_id, with_for_update=True, populate_existing=True)
    if chat is None:
        raise NotFound()
    before, target = State(row.state), after(State(row.state), event)
    if target is None:
        raise Conflict("handoff_state")
    over = {"ended_at": now} if target in (State.BOT, State.CLOSED) else {}
    written = await tx.execute(
        update(Handoff)
        .where(Handoff.id == row.id, Handoff.version == version, Handoff.ended_at.is_(None))
        .values(state=target.value, version=version + 1, **over, **values)
        .execution_options(synchronize_session=False)
    )
    if not getattr(written, "rowcount", 0):
        raise Conflict("handoff_taken")
    chat.state = target.value
    _note(tx, row.id, event, before, target, actor=actor, now=now, details=details or {})
    await tx.flush()
    await tx.refresh(row)
    return chat


def _note(
    tx: AsyncSession, handoff_id: int, event: Event, before: State, target: State, *,
    actor: str, now: datetime, details: dict[str, Any],
) -> None:  # fmt: skip
    tx.add(
        HandoffEvent(
            handoff_id=handoff_id, at=now, kind=event.value, from_state=before.value,
            to_state=target.value, actor=actor, details=details,
        )
    )  # fmt: skip


async def in_state(tx: AsyncSession, *states: State) -> Sequence[Handoff]:
    """The hand-offs in one of the states."""
    rows = await tx.scalars(
        select(Handoff)
        .where(Handoff.state.in_([state.value for state in states]), Handoff.ended_at.is_(None))
        .order_by(Handoff.queued_at)
    )
    return rows.all()


async def waiting(tx: AsyncSession) -> list[Waiting]:
    """The queue, in no order."""
    return [
        Waiting(row.id, row.queued_at, row.deadline, row.front)
        for row in await in_state(tx, State.WAITING)
    ]


async def last_waits(tx: AsyncSession, now: datetime) -> list[timedelta]:
    """How long the last ones who were claimed had waited, newest first."""
    rows = await tx.execute(
        select(Handoff.queued_at, Handoff.claimed_at)
        .where(Handoff.claimed_at > now - RECENT)
        .order_by(Handoff.claimed_at.desc())
        .limit(LAST)
    )
    return [claimed - queued for queued, claimed in rows if claimed is not None]


async def heartbeat(tx: AsyncSession, staff_id: int, *, on_duty: bool, now: datetime) -> None:
    """A sign of life of a member of staff, and whether they take conversations."""
    row = await tx.get(StaffPresence, staff_id, with_for_update=True)
    if row is None:
        tx.add(StaffPresence(staff_id=staff_id, on_duty=on_duty, seen_at=now))
        return
    row.on_duty, row.seen_at = on_duty, now


async def on_duty(tx: AsyncSession, now: datetime) -> Sequence[StaffAccount]:
    """Who takes conversations now."""
    rows = await tx.scalars(
        select(StaffAccount)
        .join(StaffPresence, StaffPresence.staff_id == StaffAccount.id)
        .where(
            StaffPresence.on_duty.is_(True), StaffPresence.seen_at > now - PRESENT,
            StaffAccount.active.is_(True),
        )
        .order_by(StaffAccount.name)
    )  # fmt: skip
    return rows.all()


async def seen(tx: AsyncSession, now: datetime) -> set[int]:
    """Who gave a sign of life, on duty or not."""
    rows = await tx.scalars(
        select(StaffPresence.staff_id)
        .join(StaffAccount, StaffAccount.id == StaffPresence.staff_id)
        .where(StaffPresence.seen_at > now - PRESENT, StaffAccount.active.is_(True))
    )
    return set(rows)
