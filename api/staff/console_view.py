"""What the console shows: the queue, one conversation with all that is known, call backs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Staff
from api.chat import handoffs, queue, store
from api.chat.model import State
from api.chat.queue import Waiting
from api.chat.staffing import Staffing, may_see, names
from api.db.handoff_models import CallbackRequest, ConversationNote, Handoff, HandoffEvent
from api.db.models import ChatMessage, ChatSession

# How many that are over are listed.
HISTORY = 50
# Facts and a language in; each fact's name and value out, as people say them.
Known = Callable[[Mapping[str, Any], str], list[dict[str, str]]]


async def overview(tx: AsyncSession, staffing: Staffing, staff: Staff) -> dict[str, Any]:
    """The queue in its order, who has what, who is on duty; without a word of what citizens wrote."""
    now, today = staffing.clock.now(), staffing.clock.today()
    rows = await handoffs.in_state(tx, State.WAITING, State.STAFF)
    line = [
        Waiting(row.id, row.queued_at, row.deadline, row.front)
        for row in rows
        if row.state == State.WAITING
    ]
    places = {one.id: place for place, one in enumerate(queue.order(line, today), start=1)}
    mine_first = [row for row in rows if may_see(staff, row)]
    mine_first.sort(key=lambda row: (places.get(row.id, 0), row.queued_at))
    shown = await names(tx, [row.staff_id for row in rows if row.staff_id])
    open_calls = await tx.scalar(
        select(func.count()).select_from(CallbackRequest).where(CallbackRequest.done_at.is_(None))
    )
    return {
        "conversations": [
            {
                **summary_line(row, shown, staff),
                **await _last(tx, row.session_id),
                "position": places.get(row.id),
                "waited_seconds": int((now - row.queued_at).total_seconds()),
            }
            for row in mine_first
        ],
        "on_duty": [
            {"username": one.username, "name": one.name} for one in await handoffs.on_duty(tx, now)
        ],
        "callbacks": open_calls or 0,
        "usual_minutes": queue.usual_minutes(await handoffs.last_waits(tx, now)),
    }


async def _last(tx: AsyncSession, session_id: str) -> dict[str, Any]:
    """How far the conversation has come, who of the two wrote last, how many notes there are, and the language."""
    chat = await tx.get_one(ChatSession, session_id)
    sender = await tx.scalar(
        select(ChatMessage.sender)
        .where(
            ChatMessage.session_id == session_id,
            ChatMessage.sender.in_(("citizen", "staff")),
        )
        .order_by(ChatMessage.seq.desc())
        .limit(1)
    )
    notes = await tx.scalar(
        select(func.count())
        .select_from(ConversationNote)
        .where(ConversationNote.session_id == session_id)
    )
    return {
        "last_seq": chat.next_seq - 1,
        "unanswered": sender == "citizen",
        "notes": notes or 0,
        "language": chat.language,
    }


def summary_line(row: Handoff, shown: dict[int, str], staff: Staff) -> dict[str, Any]:
    """One hand-off in a list."""
    return {
        "session": row.session_id,
        "number": row.id,
        "state": row.state,
        "version": row.version,
        "unit": row.unit,
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "queued_at": _iso(row.queued_at),
        "ended_at": _iso(row.ended_at),
        "reason": row.reason,
        "staff": shown.get(row.staff_id or 0),
        "mine": row.staff_id == staff.id,
    }


async def history(tx: AsyncSession, staff: Staff) -> list[dict[str, Any]]:
    """The newest hand-offs that are over and not yet erased."""
    rows: Sequence[Handoff] = (
        await tx.scalars(
            select(Handoff)
            .where(Handoff.ended_at.is_not(None))
            .order_by(Handoff.ended_at.desc())
            .limit(HISTORY)
        )
    ).all()
    shown = await names(tx, [row.staff_id for row in rows if row.staff_id])
    return [summary_line(row, shown, staff) for row in rows if may_see(staff, row)]


async def whole(
    tx: AsyncSession, staffing: Staffing, row: Handoff, staff: Staff, known: Known
) -> dict[str, Any]:
    """One conversation with everything that staff need, so that the citizen repeats nothing."""
    chat = await tx.get_one(ChatSession, row.session_id)
    brief = staffing.live.brief(chat, "da")
    shown = await names(tx, [row.staff_id] if row.staff_id else [])
    notes = await tx.scalars(
        select(ConversationNote)
        .where(ConversationNote.session_id == chat.id)
        .order_by(ConversationNote.id)
    )
    events = await tx.scalars(
        select(HandoffEvent)
        .join(Handoff, Handoff.id == HandoffEvent.handoff_id)
        .where(Handoff.session_id == chat.id)
        .order_by(HandoffEvent.id)
    )
    messages = await store.messages(tx, chat.id)
    return {
        "conversation": {**summary_line(row, shown, staff), "language": chat.language},
        "summary": row.summary,
        "facts": dict(brief.facts),
        "known": known(brief.facts, "da"),
        "assessment": brief.assessment,
        "messages": [message.model_dump(mode="json") for message in messages],
        "notes": [
            {"author": note.author, "text": note.text, "at": _iso(note.at)} for note in notes
        ],
        "events": [
            {"at": _iso(event.at), "kind": event.kind, "actor": event.actor} for event in events
        ],
    }


async def callbacks(tx: AsyncSession) -> list[dict[str, Any]]:
    """Who wants to be called: what runs out soonest first, then the oldest."""
    rows = (
        await tx.scalars(select(CallbackRequest).where(CallbackRequest.done_at.is_(None)))
    ).all()
    ordered = sorted(rows, key=lambda row: (row.deadline or dt.date.max, row.created_at))
    return [
        {
            "id": row.id, "name": row.name, "phone": row.phone, "when": row.wished,
            "language": row.language, "summary": row.summary, "session": row.session_id,
            "deadline": row.deadline.isoformat() if row.deadline else None,
            "created_at": _iso(row.created_at),
        }
        for row in ordered
    ]  # fmt: skip


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None
