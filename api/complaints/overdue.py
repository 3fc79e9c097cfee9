"""Looks, now and then, for steps of the authority whose time has passed, and tells the citizen; removes old drafts."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store
from api.complaints.following import Following
from api.complaints.views import FINISHED
from api.db.complaint_models import Complaint, ComplaintDraft, ComplaintEvent

# At a time, so that no transaction becomes long.
BATCH = 200


async def tell_overdue(tx: AsyncSession, following: Following, today: dt.date) -> int:
    """Writes down and tells, once each, that a day has passed without the step; gives how many."""
    told = 0
    for kind, column in (
        ("answer_passed", Complaint.answer_due), ("reconsider_passed", Complaint.reconsider_due),
    ):  # fmt: skip
        for row in await _passed(tx, kind, column < today):
            await store.add_event(tx, row.id, kind, at=following.now(), actor="clock")
            await following.tell_news(tx, row, kind)
            told += 1
    return told


async def _passed(tx: AsyncSession, kind: str, late: ColumnElement[bool]) -> list[Complaint]:
    known = select(ComplaintEvent.complaint_id).where(ComplaintEvent.kind == kind)
    query = select(Complaint).where(
        late, Complaint.is_notice.is_(False), Complaint.status.not_in(FINISHED),
        Complaint.id.not_in(known),
    )  # fmt: skip
    return list(await tx.scalars(query.limit(BATCH)))


async def drop_old_drafts(tx: AsyncSession, following: Following) -> int:
    """Removes drafts whose time is up, with their files; gives how many."""
    query = select(ComplaintDraft).where(ComplaintDraft.expires_at <= following.now()).limit(BATCH)
    drafts = list(await tx.scalars(query))
    for draft in drafts:
        for file in await store.attachments(tx, draft_id=draft.id):
            following.files.remove(file.id)
        await store.drop_draft(tx, draft.id)
    return len(drafts)


async def keep_complaints(following: Following) -> None:
    """One round of both."""
    async with following.database.transaction() as tx:
        await tell_overdue(tx, following, following.today())
    async with following.database.transaction() as tx:
        await drop_old_drafts(tx, following)
