"""Everything that is held on a complaint, for the one it is about: as data, in the order in which it came."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store
from api.complaints.record import stamp
from api.db.complaint_models import Complaint, ComplaintCall, ComplaintDraft
from api.db.learning_models import Mediation, QuickTry
from api.db.outbox_models import InboundEvent, OutboxDelivery

# Who did something, as the citizen is told: never by the name of an employee.
CITIZEN = "citizen"


async def everything_held(tx: AsyncSession, row: Complaint) -> dict[str, Any]:
    """All that is held on one follow-up code: the complaint, its other parts, and a draft that completes it."""
    parts = await store.group_of(tx, row)
    drafts = await tx.scalars(
        select(ComplaintDraft).where(ComplaintDraft.notice_id.in_([one.id for one in parts]))
    )
    return {
        "complaints": [await _part(tx, one) for one in parts],
        "drafts": [
            {"record": one.record, "facts": one.facts, "created_at": stamp(one.created_at),
             "updated_at": stamp(one.updated_at), "expires_at": stamp(one.expires_at)}
            for one in drafts
        ],
    }  # fmt: skip


async def _part(tx: AsyncSession, row: Complaint) -> dict[str, Any]:
    deliveries = await tx.scalars(
        select(OutboxDelivery)
        .where(OutboxDelivery.subject_id == row.id)
        .order_by(OutboxDelivery.id)
    )
    calls = await tx.scalars(
        select(ComplaintCall).where(ComplaintCall.complaint_id == row.id).order_by(ComplaintCall.id)
    )
    came = await tx.scalars(
        select(InboundEvent)
        .where(InboundEvent.subject_id == row.id)
        .order_by(InboundEvent.received_at)
    )
    tried = await tx.get(QuickTry, row.id)
    talks = await tx.scalars(
        select(Mediation).where(Mediation.complaint_id == row.id).order_by(Mediation.id)
    )
    return {
        "reference": row.reference,
        "id": row.id,
        "kind": "notice" if row.is_notice else "complaint",
        "channel": row.channel,
        "language": row.language,
        "status": row.status,
        "route": row.route,
        "received_at": stamp(row.received_at),
        "submitted_at": _time(row.submitted_at),
        "notified_at": _time(row.notified_at),
        "closed_at": _time(row.closed_at),
        "answer_due": _day(row.answer_due),
        "reconsider_due": _day(row.reconsider_due),
        "recipient": {
            "forvaltning": row.forvaltning, "unit": row.unit, "name": row.recipient_name,
        },
        "email": row.email,
        "email_confirmed_at": _time(row.email_confirmed_at),
        "case_system": {"name": row.external_system, "reference": row.external_ref},
        "record": row.record,
        "record_sha256": row.record_hash,
        "history": [
            {"at": stamp(one.at), "kind": one.kind, "note": one.note, "details": one.details,
             "by": CITIZEN if one.actor == CITIZEN else "authority"}
            for one in await store.events(tx, row.id)
        ],
        "attachments": store.as_metadata(await store.attachments(tx, complaint_id=row.id)),
        "sent": [
            {"event": one.event_type, "to": one.destination, "state": one.state,
             # The link in a mail proves that the address is its reader's, so it stands in the mail alone.
             "address": one.payload.get("to"), "created_at": stamp(one.created_at),
             "delivered_at": _time(one.delivered_at)}
            for one in deliveries
        ],
        "came_back": [
            {"from": one.source, "at": stamp(one.occurred_at), "received_at": stamp(one.received_at)}
            for one in came
        ],
        "to_be_called": [
            {"reason": one.reason, "since": stamp(one.created_at), "done_at": _time(one.done_at)}
            for one in calls
        ],
        "quick_try": {
            "consent_at": stamp(tried.consent_at), "consent_version": tried.consent_version,
            "due": _day(tried.due), "outcome": tried.outcome, "outcome_at": _time(tried.outcome_at),
        } if tried else None,
        "mediations": [
            {"proposed_by": one.proposed_by, "proposed_at": stamp(one.proposed_at),
             "state": one.state, "answered_at": _time(one.answered_at), "result": one.result,
             "ended_at": _time(one.ended_at)}
            for one in talks
        ],
    }  # fmt: skip


def _time(moment: dt.datetime | None) -> str | None:
    return stamp(moment) if moment else None


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
