"""The cases that one may see, as JSON or as a sheet; and one case with all that belongs to it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from api.complaints import views
from api.complaints.fields import get
from api.complaints.record import Setting, stamp
from api.db.case_models import CaseFile, CaseNote
from api.db.complaint_models import Complaint, ComplaintAttachment, ComplaintEvent
from api.staff.register_list import Found

# What a spreadsheet would run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "reference", "received_at", "status", "route", "kinds", "area", "forvaltning", "unit", "recipient",
    "answer_due", "reconsider_due", "overdue", "taken_by", "answered_at", "outcome", "closed_at",
)  # fmt: skip


def rows_of(found: Found, today: dt.date, setting: Setting) -> list[dict[str, Any]]:
    """One row per case, without anything that the citizen wrote."""
    told = []
    for row in found.rows:
        file = found.files.get(row.id)
        place = "/matter" if row.is_notice else "/complaint"
        area = "/matter/area" if row.is_notice else "/target/area"
        told.append(
            {
                "reference": row.reference, "received_at": stamp(row.received_at),
                "status": row.status, "route": row.route,
                "kinds": list(get(row.record, f"{place}/categories") or []),
                "area": get(row.record, area), "forvaltning": row.forvaltning, "unit": row.unit,
                "recipient": row.recipient_name, "answer_due": _day(row.answer_due),
                "reconsider_due": _day(row.reconsider_due),
                "overdue": any(step.passed for step in views.steps_of(row, today, setting)),
                "taken_by": file.taken_by if file else None,
                "answered_at": _time(file.answered_at) if file else None,
                "outcome": file.outcome if file else None, "closed_at": _time(row.closed_at),
            }
        )  # fmt: skip
    return told


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a sheet that Danish spreadsheets open as it is."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return "\ufeff" + out.getvalue()


def whole_case(
    row: Complaint, events: Sequence[ComplaintEvent], files: Sequence[ComplaintAttachment],
    case: CaseFile | None, notes: Sequence[CaseNote],
) -> dict[str, Any]:  # fmt: skip
    """Everything of one case, for filing it elsewhere."""
    return {
        "reference": row.reference, "status": row.status, "received_at": stamp(row.received_at),
        "recipient": {"contact": row.recipient_contact, "name": row.recipient_name, "unit": row.unit},
        "answer_due": _day(row.answer_due), "reconsider_due": _day(row.reconsider_due),
        "record": row.record, "record_sha256": row.record_hash,
        "history": [
            {"at": stamp(one.at), "kind": one.kind, "actor": one.actor, "note": one.note,
             "details": one.details}
            for one in events
        ],
        "attachments": [
            {"id": one.id, "filename": one.filename, "media_type": one.media_type,
             "size": one.size, "sha256": one.sha256}
            for one in files
        ],
        "case": None if case is None else {
            "taken_by": case.taken_by, "answer": case.answer, "ticked": case.ticked,
            "answered_how": case.answered_how, "answered_at": _time(case.answered_at),
            "answered_by": case.answered_by, "outcome": case.outcome,
            "outcome_at": _time(case.outcome_at), "outcome_by": case.outcome_by,
        },
        "notes": [{"at": stamp(one.at), "author": one.author, "text": one.text} for one in notes],
    }  # fmt: skip


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _time(moment: dt.datetime | None) -> str | None:
    return stamp(moment) if moment else None
