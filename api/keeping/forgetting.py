"""Deletes what has been kept for its time; what is still on its way to somebody is never deleted."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.alert_models import Alert, GapQuestion
from api.db.complaint_models import Complaint, ComplaintEvent, ComplaintKey
from api.db.engine import Database
from api.db.handoff_models import CallbackRequest
from api.db.learning_models import ContactPerson, Lesson, LessonVersion
from api.db.models import AuditEvent, KnowledgeFeedback
from api.db.outbox_models import OutboxAttempt, OutboxDelivery
from api.db.oversight_models import Contact, ContactTally
from api.keeping.erasing import Folders, Gone, erase_complaints, left_behind
from api.keeping.periods import Periods
from api.outbox.states import OPEN
from api.outbox.store import ALERTS, MAIL

# At a time, so that no transaction becomes long.
BATCH = 200
FILES = "file_left_behind"


class Forgetting:
    """Keeps the periods."""

    def __init__(
        self, database: Database, folders: Folders, periods: Periods,
        now: Callable[[], dt.datetime],
    ) -> None:  # fmt: skip
        self.database = database
        self.folders = folders
        self.periods = periods
        self.now = now

    async def count(self) -> dict[str, int]:
        """How much of each kind has had its time; deletes nothing."""
        now = self.now()
        async with self.database.reading() as tx:
            found = {
                kind: await _how_many(tx, Complaint.id, condition)
                for kind, condition in complaints_past(self.periods, now).items()
            }
            for kind, (table, condition) in rows_past(self.periods, now).items():
                found[kind] = await _how_many(tx, table.__table__.c[0], condition)
            found[FILES] = len(await left_behind(tx, self.folders.attachments))
        return found

    async def run(self) -> dict[str, int]:
        """Deletes; gives how much of each kind."""
        now, gone = self.now(), dict.fromkeys([*self.periods, FILES], 0)
        for kind, condition in complaints_past(self.periods, now).items():
            while removed := await self._complaints(condition):
                gone[kind] += removed
        for kind, (table, condition) in rows_past(self.periods, now).items():
            while removed := await self._rows(table, condition):
                gone[kind] += removed
        async with self.database.reading() as tx:
            files = await left_behind(tx, self.folders.attachments)
        await asyncio.to_thread(self.folders.remove, Gone(attachments=files))
        gone[FILES] = len(files)
        if any(gone.values()):
            await self.database.checkpoint()
        return gone

    async def erase(self, reference: str) -> bool:
        """Deletes one complaint at once, by its reference, whatever its time; whether there was one."""
        async with self.database.transaction() as tx:
            found = await tx.scalar(select(Complaint.id).where(Complaint.reference == reference))
            gone = await erase_complaints(tx, [found]) if found is not None else Gone()
        await asyncio.to_thread(self.folders.remove, gone)
        await self.database.checkpoint()
        return found is not None

    async def _complaints(self, condition: ColumnElement[bool]) -> int:
        async with self.database.transaction() as tx:
            ids = list(await tx.scalars(select(Complaint.id).where(condition).limit(BATCH)))
            gone = await erase_complaints(tx, ids) if ids else Gone()
        await asyncio.to_thread(self.folders.remove, gone)
        return len(gone.complaints)

    async def _rows(self, table: Any, condition: ColumnElement[bool]) -> int:
        key = table.__table__.c[0]
        async with self.database.transaction() as tx:
            ids = list(await tx.scalars(select(key).where(condition).limit(BATCH)))
            if table is OutboxDelivery:
                await tx.execute(delete(OutboxAttempt).where(OutboxAttempt.delivery_id.in_(ids)))
            if table is Lesson:
                await tx.execute(delete(LessonVersion).where(LessonVersion.lesson_id.in_(ids)))
            await tx.execute(delete(table).where(key.in_(ids)))
        return len(ids)


def complaints_past(periods: Periods, now: dt.datetime) -> dict[str, ColumnElement[bool]]:
    """Which complaints have had their time, by kind; a complaint belongs to one kind alone."""
    before = {kind: period.before(now) for kind, period in periods.items()}
    on_its_way = select(OutboxDelivery.subject_id).where(
        OutboxDelivery.state.in_(OPEN), OutboxDelivery.destination != MAIL
    )
    settled = Complaint.id.not_in(on_its_way)
    last = (
        select(func.max(ComplaintEvent.at))
        .where(ComplaintEvent.complaint_id == Complaint.id)
        .scalar_subquery()
    )
    ended = Complaint.status.in_(("closed", "withdrawn"))
    notice, praise = Complaint.is_notice.is_(True), Complaint.route == "feedback"
    running = ~ended & ~notice & ~praise
    answered = Complaint.status == "answered"
    received = Complaint.received_at
    return {
        "complaint_ended": settled & ended & (Complaint.closed_at <= before["complaint_ended"]),
        "praise": settled & ~ended & ~notice & praise & (received <= before["praise"]),
        "notice": settled & ~ended & notice & (received <= before["notice"]),
        "complaint_answered": settled & running & answered & (last <= before["complaint_answered"]),
        "complaint_open": settled & running & ~answered & (received <= before["complaint_open"]),
    }


def rows_past(
    periods: Periods, now: dt.datetime
) -> dict[str, tuple[Any, ColumnElement[bool]]]:  # fmt: skip
    """Which single rows have had their time, by kind, with their table."""
    before = {kind: period.before(now) for kind, period in periods.items()}
    told = OutboxDelivery.destination.in_((MAIL, ALERTS))
    mail_settled = told & OutboxDelivery.state.not_in(OPEN)
    return {
        "repeat_key": (ComplaintKey, ComplaintKey.created_at <= before["repeat_key"]),
        "mail": (OutboxDelivery, mail_settled & (OutboxDelivery.created_at <= before["mail"])),
        "callback_done": (CallbackRequest, CallbackRequest.done_at <= before["callback_done"]),
        "callback_waiting": (
            CallbackRequest,
            CallbackRequest.done_at.is_(None) & (CallbackRequest.created_at <= before["callback_waiting"]),
        ),
        "feedback": (KnowledgeFeedback, KnowledgeFeedback.at <= before["feedback"]),
        "lesson": (Lesson, Lesson.updated_at <= before["lesson"]),
        "contact_person_left": (
            ContactPerson,
            ContactPerson.active.is_(False) & (ContactPerson.updated_at <= before["contact_person_left"]),
        ),
        "alert_closed": (Alert, Alert.closed_at <= before["alert_closed"]),
        "gap_question": (GapQuestion, GapQuestion.at <= before["gap_question"]),
        # By whole months, so that the sums over them stay what counting gives.
        "contact": (Contact, Contact.month < before["contact"].date().replace(day=1)),
        "contact_sum": (
            ContactTally, ContactTally.month < before["contact_sum"].date().replace(day=1),
        ),
        "audit": (AuditEvent, AuditEvent.at <= before["audit"]),
    }  # fmt: skip


def folders_of(var: Path, case_folder: Path | None) -> Folders:
    """Where files lie, as the settings say."""
    return Folders(attachments=var / "attachments", cases=case_folder or var / "cases")


async def _how_many(tx: AsyncSession, key: Any, condition: ColumnElement[bool]) -> int:
    return await tx.scalar(select(func.count(key)).where(condition)) or 0
