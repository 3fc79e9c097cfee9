"""The tables of complaints: drafts, notices, what was received and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models import Base


class Complaint(Base):
    """One complaint, or the early notice of one (personal data: everything in `record`, the e-mail address).

    `record` is what the citizen approved, in the published schema; it is never changed afterwards, only erased.
    What happens to it stands in `ComplaintEvent`. The follow-up code is stored as a hash. `received_at` is the time
    that counts.
    """

    __tablename__ = "complaint"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    # A notice is completed later, under the same reference.
    is_notice: Mapped[bool] = mapped_column(Boolean, default=False)
    group_id: Mapped[str | None] = mapped_column(String(36), index=True)
    group_position: Mapped[int] = mapped_column(Integer, default=1)
    # No foreign key: erasing a conversation leaves the complaint that was filed from it.
    session_id: Mapped[str | None] = mapped_column(String(32), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    record: Mapped[dict[str, Any]] = mapped_column(JSON)
    # SHA-256 of the record's canonical form, as it was received.
    record_hash: Mapped[str] = mapped_column(String(64))
    route: Mapped[str] = mapped_column(String(40), index=True)
    forvaltning: Mapped[str | None] = mapped_column(String(40), index=True)
    unit: Mapped[str | None] = mapped_column(String(300))
    # Who has the baton now; `recipient_contact` is an id among the organisation's contacts.
    recipient_contact: Mapped[str | None] = mapped_column(String(80))
    recipient_name: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20), index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    submitted_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    answer_due: Mapped[date | None] = mapped_column(Date, index=True)
    reconsider_due: Mapped[date | None] = mapped_column(Date, index=True)
    closed_at: Mapped[datetime | None]
    external_system: Mapped[str | None] = mapped_column(String(40))
    external_ref: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    email_token_hash: Mapped[str | None] = mapped_column(String(64))
    email_confirmed_at: Mapped[datetime | None]


class ComplaintEvent(Base):
    """One thing that happened to a complaint; only ever added to (personal data: the note)."""

    __tablename__ = "complaint_event"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(24))
    actor: Mapped[str] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The same event from outside is taken once.
    source_event_id: Mapped[str | None] = mapped_column(String(200), unique=True)


class ComplaintDraft(Base):
    """A complaint being written (personal data: everything in `record`); owned by a session, a browser or staff."""

    __tablename__ = "complaint_draft"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    # What opens it: `chat:` with a session's id, `web:` with the hash of a cookie, `staff:` with an account's id.
    owner: Mapped[str] = mapped_column(String(80), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    record: Mapped[dict[str, Any]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    inferred: Mapped[list[str]] = mapped_column(JSON, default=list)
    notice_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ComplaintAttachment(Base):
    """A file that came with a complaint (personal data: its name and its content, which lies in the var folder)."""

    __tablename__ = "complaint_attachment"
    __table_args__ = (Index("ix_complaint_attachment_owner", "complaint_id", "draft_id"),)

    # Also the name of the file; it says nothing of what is in it.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    complaint_id: Mapped[str | None] = mapped_column(ForeignKey("complaint.id", ondelete="CASCADE"))
    draft_id: Mapped[str | None] = mapped_column(
        ForeignKey("complaint_draft.id", ondelete="CASCADE")
    )
    filename: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class ComplaintKey(Base):
    """An idempotency key that was used, bound to who sent it and to the body; all stand as hashes.

    `sealed_code` is the follow-up code, readable only with the key itself, so that a repeat gets the same receipt.
    """

    __tablename__ = "complaint_key"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), index=True
    )
    sealed_code: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(index=True)


class ComplaintCall(Base):
    """A citizen whom somebody must call, because something happened and there is no e-mail to tell it by."""

    __tablename__ = "complaint_call"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(24))
    created_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(100))
