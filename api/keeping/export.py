"""Everything of one complaint in one file: what its citizen may have, the work of staff, who saw it, and the files."""

from __future__ import annotations

import asyncio
import json
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store
from api.complaints.export import everything_held
from api.complaints.record import stamp
from api.db.case_models import CaseFile, CaseNote
from api.db.complaint_models import Complaint, ComplaintAttachment
from api.db.engine import Database
from api.db.learning_models import Mediation, MediationNote
from api.db.models import AuditEvent


async def write_export(database: Database, folder: Path, reference: str, file: Path) -> bool:
    """Writes the file; whether there was such a complaint."""
    async with database.reading() as tx:
        row = await store.by_reference(tx, reference)
        if row is None:
            return False
        parts = await store.group_of(tx, row)
        held = await everything_held(tx, row)
        held["staff"] = [await _work_of_staff(tx, one) for one in parts]
        files = [one for part in parts for one in await store.attachments(tx, complaint_id=part.id)]
    await asyncio.to_thread(_pack, file, held, files, folder)
    return True


async def _work_of_staff(tx: AsyncSession, row: Complaint) -> dict[str, Any]:
    case = await tx.get(CaseFile, row.id)
    notes = await tx.scalars(
        select(CaseNote).where(CaseNote.complaint_id == row.id).order_by(CaseNote.id)
    )
    course = await tx.scalars(
        select(MediationNote)
        .join(Mediation, Mediation.id == MediationNote.mediation_id)
        .where(Mediation.complaint_id == row.id)
        .order_by(MediationNote.id)
    )
    seen = await tx.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_kind == "complaint", AuditEvent.subject_id == row.reference)
        .order_by(AuditEvent.id)
    )
    return {
        "reference": row.reference,
        "answer": case.answer if case else None,
        "taken_by": case.taken_by if case else None,
        "answered_at": stamp(case.answered_at) if case and case.answered_at else None,
        "outcome": case.outcome if case else None,
        "notes": [{"at": stamp(one.at), "author": one.author, "text": one.text} for one in notes],
        "mediation": [
            {"day": one.day.isoformat(), "author": one.author, "text": one.text} for one in course
        ],
        "seen_and_done": [{"at": stamp(one.at), "by": one.actor, "act": one.act} for one in seen],
    }


def _pack(
    file: Path, held: dict[str, Any], files: list[ComplaintAttachment], folder: Path
) -> None:  # fmt: skip
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("data.json", json.dumps(held, ensure_ascii=False, indent=1))
        for one in files:
            lies = folder / one.id
            if lies.is_file():
                out.write(lies, f"attachments/{one.id}-{one.filename}")
