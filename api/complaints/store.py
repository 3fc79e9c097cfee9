"""Reads and writes complaints; every function works inside a transaction that its caller owns."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints.codes import new_reference
from api.db.complaint_models import (
    Complaint,
    ComplaintAttachment,
    ComplaintCall,
    ComplaintDraft,
    ComplaintEvent,
    ComplaintKey,
)
from api.db.models import SignInFailure
from api.errors import TooMany

# Wrong codes within the window that close one reference to one address, one reference to all, and one address.
PAIR_FAILURES = 5
REFERENCE_FAILURES = 100
ADDRESS_FAILURES = 50
FAILURE_WINDOW = dt.timedelta(minutes=15)
ENDED = ("withdrawn", "closed")


async def free_reference(tx: AsyncSession, now: dt.datetime) -> str:
    """A reference that nobody has."""
    while True:
        reference = new_reference(now)
        taken = await tx.scalar(select(Complaint.id).where(Complaint.reference == reference))
        if taken is None:
            return reference


async def by_reference(
    tx: AsyncSession, reference: str, *, to_change: bool = False
) -> Complaint | None:
    """The complaint with this reference."""
    query = select(Complaint).where(Complaint.reference == reference)
    found: Complaint | None = await tx.scalar(query.with_for_update() if to_change else query)
    return found


async def by_session(tx: AsyncSession, session_id: str) -> list[Complaint]:
    """What was filed from a conversation, newest first."""
    query = (
        select(Complaint)
        .where(Complaint.session_id == session_id)
        .order_by(Complaint.received_at.desc(), Complaint.group_position)
    )
    return list(await tx.scalars(query))


async def group_of(tx: AsyncSession, complaint: Complaint) -> list[Complaint]:
    """The parts of a mixed complaint, in order; a complaint by itself is its only part."""
    if complaint.group_id is None:
        return [complaint]
    query = select(Complaint).where(Complaint.group_id == complaint.group_id)
    return list(await tx.scalars(query.order_by(Complaint.group_position)))


async def add_event(
    tx: AsyncSession, complaint_id: str, kind: str, *, at: dt.datetime, actor: str,
    note: str | None = None, source_event_id: str | None = None, **details: Any,
) -> None:  # fmt: skip
    """Writes down what happened."""
    tx.add(
        ComplaintEvent(
            complaint_id=complaint_id, kind=kind, at=at, actor=actor, note=note, details=details,
            source_event_id=source_event_id,
        )
    )  # fmt: skip
    await tx.flush()


async def event_known(tx: AsyncSession, source_event_id: str) -> bool:
    """Whether an event from outside was taken before."""
    query = select(ComplaintEvent.id).where(ComplaintEvent.source_event_id == source_event_id)
    return await tx.scalar(query) is not None


async def events(tx: AsyncSession, complaint_id: str) -> list[ComplaintEvent]:
    """The history, oldest first."""
    query = select(ComplaintEvent).where(ComplaintEvent.complaint_id == complaint_id)
    return list(await tx.scalars(query.order_by(ComplaintEvent.at, ComplaintEvent.id)))


async def attachments(
    tx: AsyncSession, *, complaint_id: str | None = None, draft_id: str | None = None
) -> list[ComplaintAttachment]:
    """The files of a complaint or of a draft, in the order in which they came."""
    owner = (
        ComplaintAttachment.complaint_id == complaint_id
        if complaint_id is not None
        else ComplaintAttachment.draft_id == draft_id
    )
    query = select(ComplaintAttachment).where(owner)
    return list(await tx.scalars(query.order_by(ComplaintAttachment.created_at, ComplaintAttachment.id)))  # fmt: skip


async def draft_of(
    tx: AsyncSession, owner: str, now: dt.datetime, *, to_change: bool = False
) -> ComplaintDraft | None:
    """The draft of an owner, unless its time is up."""
    query = select(ComplaintDraft).where(
        ComplaintDraft.owner == owner, ComplaintDraft.expires_at > now
    )
    found: ComplaintDraft | None = await tx.scalar(query.with_for_update() if to_change else query)
    return found


async def drop_owned(tx: AsyncSession, owner: str) -> None:
    """Removes what is left of an owner's draft whose time is up."""
    left = await tx.scalar(select(ComplaintDraft.id).where(ComplaintDraft.owner == owner))
    if left is not None:
        await drop_draft(tx, left)


async def drop_draft(tx: AsyncSession, draft_id: str) -> None:
    """Removes a draft; files that did not go along with a complaint go with it."""
    await tx.execute(delete(ComplaintAttachment).where(ComplaintAttachment.draft_id == draft_id))
    await tx.execute(delete(ComplaintDraft).where(ComplaintDraft.id == draft_id))


async def used_key(tx: AsyncSession, key_hash: str) -> ComplaintKey | None:
    """The idempotency key, if it came before."""
    return await tx.get(ComplaintKey, key_hash)


async def call_wanted(tx: AsyncSession, complaint_id: str, reason: str, now: dt.datetime) -> None:
    """Puts a citizen on the list of those to be called, once for each reason that nobody has dealt with."""
    waiting = select(ComplaintCall.id).where(
        ComplaintCall.complaint_id == complaint_id, ComplaintCall.reason == reason,
        ComplaintCall.done_at.is_(None),
    )  # fmt: skip
    if await tx.scalar(waiting) is None:
        tx.add(ComplaintCall(complaint_id=complaint_id, reason=reason, created_at=now))


def _subjects(reference: str, address: str) -> dict[str, int]:
    limits = {
        f"complaint:{reference}:{address}": PAIR_FAILURES,
        f"complaint:{reference}": REFERENCE_FAILURES,
        f"complaint-address:{address}": ADDRESS_FAILURES,
    }
    return {hashlib.sha256(name.encode()).hexdigest(): limit for name, limit in limits.items()}


async def refuse_guessing(tx: AsyncSession, reference: str, address: str, now: dt.datetime) -> None:
    """Refuses whoever has guessed too often; a reference that does not exist is counted like one that does.

    Raises:
        TooMany: too many wrong codes.
    """
    since = now - FAILURE_WINDOW
    for subject, limit in _subjects(reference, address).items():
        row = await tx.execute(
            select(func.count(), func.min(SignInFailure.at)).where(
                SignInFailure.subject == subject, SignInFailure.at > since
            )
        )
        count, first = row.one()
        if count >= limit:
            wait = max(60, int((first + FAILURE_WINDOW - now).total_seconds()))
            raise TooMany("locked_out", minutes=-(-wait // 60), headers={"Retry-After": str(wait)})


def note_failure(tx: AsyncSession, reference: str, address: str, now: dt.datetime) -> None:
    """Counts a wrong code."""
    tx.add_all(SignInFailure(subject=one, at=now) for one in _subjects(reference, address))


def has_ended(complaint: Complaint) -> bool:
    """Whether nothing more can be added to it."""
    return complaint.status in ENDED


def as_metadata(rows: Sequence[ComplaintAttachment]) -> list[dict[str, Any]]:
    """The files as the record names them; what is in them is fetched on its own."""
    return [
        {
            "id": row.id, "filename": row.filename, "media_type": row.media_type,
            "size": row.size, "sha256": row.sha256, "scan": "skipped",
        }
        for row in rows
    ]  # fmt: skip
