"""Reads and writes which hand-off is where on a live desk outside; every function works in its caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.chat.model import Sender, State
from api.db.handoff_models import Handoff
from api.db.livedesk_models import DeskRoom, DeskTransaction
from api.db.models import ChatMessage, ChatSession
from api.livedesk.port import Line

# Marks what came from the other desk, so that it is not sent back there.
OURS = "mx"
# As many messages are sent in one go; the next look takes the rest.
BATCH = 50
# How long one process has a room for itself.
LEASE = timedelta(seconds=120)
# How long it is remembered what the other desk has sent.
REMEMBERED = timedelta(days=7)
WAITING, MINE, ELSEWHERE, OVER = "waiting", "ours", "elsewhere", "over"


@dataclass(frozen=True)
class View:
    """One room with what stands behind it; without a conversation, that is erased."""

    key: str
    place: str | None
    told_seq: int
    told_state: str
    state: str | None = None
    summary: str | None = None
    lines: tuple[Line, ...] = ()
    upto: int = 0


async def add_missing(tx: AsyncSession, account_id: int) -> None:
    """Gives a row to each hand-off that waits, or was handed to the other desk, and has none."""
    known = exists().where(
        DeskRoom.handoff_id == Handoff.id, DeskRoom.session_id == Handoff.session_id
    )
    wanted = (Handoff.state == State.WAITING) | (
        (Handoff.state == State.STAFF) & (Handoff.staff_id == account_id)
    )
    for row in await tx.scalars(select(Handoff).where(Handoff.ended_at.is_(None), wanted, ~known)):
        tx.add(
            DeskRoom(
                key=secrets.token_hex(12), session_id=row.session_id, handoff_id=row.id,
                told_seq=0, told_state="",
            )
        )  # fmt: skip


async def keys(tx: AsyncSession) -> Sequence[str]:
    """The rooms that may have news: those that are not over, and those whose conversation is erased."""
    erased = ~exists().where(ChatSession.id == DeskRoom.session_id)
    rows = await tx.scalars(select(DeskRoom.key).where((DeskRoom.told_state != OVER) | erased))
    return rows.all()


async def take(tx: AsyncSession, key: str, now: datetime) -> bool:
    """Takes a room for this process; False while another one has it."""
    taken = await tx.execute(
        update(DeskRoom)
        .where(DeskRoom.key == key)
        .where(DeskRoom.lease_until.is_(None) | (DeskRoom.lease_until < now))
        .values(lease_until=now + LEASE)
    )
    return bool(getattr(taken, "rowcount", 0))


async def look(tx: AsyncSession, key: str, account_id: int) -> View | None:
    """What there is to tell about a room."""
    room = await tx.get(DeskRoom, key, populate_existing=True)
    if room is None:
        return None
    view = View(room.key, room.place, room.told_seq, room.told_state)
    if await tx.get(ChatSession, room.session_id) is None:
        return view
    row = await tx.get(Handoff, room.handoff_id)
    state = state_of(row, room.session_id, account_id)
    if state not in (WAITING, MINE):
        return View(room.key, room.place, room.told_seq, room.told_state, state)
    rows = await tx.scalars(
        select(ChatMessage)
        .where(ChatMessage.session_id == room.session_id, ChatMessage.seq > room.told_seq)
        .order_by(ChatMessage.seq)
        .limit(BATCH)
    )
    messages = rows.all()
    return View(
        room.key, room.place, room.told_seq, room.told_state, state, row.summary if row else None,
        tuple(
            Line(one.seq, Sender(one.sender), one.text)
            for one in messages
            if one.text and not from_there(one.client_id, account_id)
        ),
        messages[-1].seq if messages else room.told_seq,
    )  # fmt: skip


def state_of(row: Handoff | None, session_id: str, account_id: int) -> str:
    """Where a hand-off is, as the other desk sees it."""
    if row is None or row.session_id != session_id or row.ended_at is not None:
        return OVER
    if row.state == State.WAITING:
        return WAITING
    return MINE if row.staff_id == account_id else ELSEWHERE


def from_there(client_id: str | None, account_id: int) -> bool:
    """Whether a message was written on the other desk."""
    return (client_id or "").startswith(f"staff-{account_id}-{OURS}")


async def keep(tx: AsyncSession, key: str, **values: object) -> None:
    """Writes down how far a room has been told."""
    await tx.execute(update(DeskRoom).where(DeskRoom.key == key).values(**values))


async def drop(tx: AsyncSession, key: str) -> None:
    """Forgets a room that is emptied."""
    await tx.execute(delete(DeskRoom).where(DeskRoom.key == key))


async def find(tx: AsyncSession, place: str) -> DeskRoom | None:
    """The room of a place there."""
    found: DeskRoom | None = await tx.scalar(select(DeskRoom).where(DeskRoom.place == place))
    return found


async def first_time(tx: AsyncSession, transaction: str) -> bool:
    """Whether this was not taken before."""
    return await tx.get(DeskTransaction, transaction) is None


async def remember(tx: AsyncSession, transaction: str, now: datetime) -> None:
    """Writes down that it was taken, and forgets the old ones."""
    if await first_time(tx, transaction):
        tx.add(DeskTransaction(id=transaction, at=now))
    await tx.execute(delete(DeskTransaction).where(DeskTransaction.at < now - REMEMBERED))
