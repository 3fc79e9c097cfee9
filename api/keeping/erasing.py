"""Removes complaints with everything that belongs to them: rows, what was sent of them, files."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.alert_models import Alert
from api.db.case_models import CaseFile, CaseNote
from api.db.complaint_models import (
    Complaint,
    ComplaintAttachment,
    ComplaintCall,
    ComplaintDraft,
    ComplaintEvent,
    ComplaintKey,
)
from api.db.learning_models import Lesson, Mediation, MediationNote, QuickTry
from api.db.outbox_models import InboundEvent, OutboxAttempt, OutboxDelivery, RegisterInbox

log = structlog.get_logger(__name__)

# A file without a row is just being received, or was left behind; after so many seconds it is the latter.
LEFT_BEHIND = 86_400.0
# So many files without a row, and more than those with one: this is another database, they were not left.
SUSPICIOUS = 20


@dataclass(slots=True)
class Gone:
    """What was removed from the database; its files go once that is committed."""

    complaints: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Folders:
    """Where files lie beside the database."""

    attachments: Path
    cases: Path

    def remove(self, gone: Gone) -> None:
        """Deletes the files; one that is gone already is no fault."""
        for name in gone.attachments:
            (self.attachments / name).unlink(missing_ok=True)
        for name in gone.complaints:
            (self.cases / f"{name}.json").unlink(missing_ok=True)
            shutil.rmtree(self.cases / name, ignore_errors=True)


async def erase_complaints(tx: AsyncSession, ids: Sequence[str]) -> Gone:
    """Removes complaints from every table; nothing of them is left but their references in the audit log."""
    wanted = list(ids)
    drafts = list(
        await tx.scalars(select(ComplaintDraft.id).where(ComplaintDraft.notice_id.in_(wanted)))
    )
    owned = ComplaintAttachment.complaint_id.in_(wanted) | ComplaintAttachment.draft_id.in_(drafts)
    files = list(await tx.scalars(select(ComplaintAttachment.id).where(owned)))
    await tx.execute(delete(ComplaintAttachment).where(owned))
    await tx.execute(delete(ComplaintDraft).where(ComplaintDraft.id.in_(drafts)))
    deliveries = select(OutboxDelivery.id).where(OutboxDelivery.subject_id.in_(wanted))
    await tx.execute(delete(OutboxAttempt).where(OutboxAttempt.delivery_id.in_(deliveries)))
    for sent in (OutboxDelivery, InboundEvent, RegisterInbox):
        await tx.execute(delete(sent).where(sent.subject_id.in_(wanted)))
    talks = select(Mediation.id).where(Mediation.complaint_id.in_(wanted))
    await tx.execute(delete(MediationNote).where(MediationNote.mediation_id.in_(talks)))
    # What was learnt holds nothing of the citizen and stays; it only forgets which complaint it came from.
    await tx.execute(
        update(Lesson).where(Lesson.complaint_id.in_(wanted)).values(complaint_id=None)
    )
    for part in (
        Alert, CaseFile, CaseNote, ComplaintEvent, ComplaintKey, ComplaintCall, QuickTry, Mediation,
    ):  # fmt: skip
        await tx.execute(delete(part).where(part.complaint_id.in_(wanted)))
    await tx.execute(delete(Complaint).where(Complaint.id.in_(wanted)))
    return Gone(complaints=wanted, attachments=files)


async def left_behind(tx: AsyncSession, folder: Path) -> list[str]:
    """Files among the attachments that no row speaks of any more; their age is by the machine's own clock.

    None, when it looks as if the folder belonged to another database.
    """
    names = await asyncio.to_thread(_older, folder, time.time() - LEFT_BEHIND)
    known: set[str] = set()
    for at in range(0, len(names), 500):
        query = select(ComplaintAttachment.id).where(
            ComplaintAttachment.id.in_(names[at : at + 500])
        )
        known.update(await tx.scalars(query))
    left = [name for name in names if name not in known]
    if len(left) >= SUSPICIOUS and len(left) > len(known):
        log.error("keeping.files_of_another_database", files=len(left), known=len(known))
        return []
    return left


def _older(folder: Path, before: float) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(
        one.name for one in folder.iterdir() if one.is_file() and one.stat().st_mtime < before
    )
