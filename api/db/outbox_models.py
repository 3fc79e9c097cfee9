"""The tables of what is on its way to a case system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models import Base


class OutboxDelivery(Base):
    """One event on its way to one destination, written in the transaction that made it.

    The payload is personal data (the complaint as its writer approved it). `due_at` is when a worker next looks at
    the row, while it is being sent the end of the lease, and nothing once there is no more to do by itself.
    """

    __tablename__ = "outbox_delivery"
    __table_args__ = (
        Index("ix_outbox_delivery_due", "destination", "due_at", "id"),
        Index("ix_outbox_delivery_subject", "subject_id", "destination", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(36), unique=True)
    event_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(64))
    destination: Mapped[str] = mapped_column(String(40))
    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime | None]
    lease_owner: Mapped[str | None] = mapped_column(String(100))
    # The name of the case system it went to, and what it is called there.
    system: Mapped[str | None] = mapped_column(String(40))
    external_ref: Mapped[str | None] = mapped_column(String(200))
    reason_code: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]


class OutboxAttempt(Base):
    """One try at sending a delivery and what came of it; only ever added to."""

    __tablename__ = "outbox_attempt"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_delivery.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    result: Mapped[str] = mapped_column(String(12))
    reason_code: Mapped[str | None] = mapped_column(String(60))


class OutboxDestination(Base):
    """How a destination has been doing: failures in a row, closed until when and why, how far its changes are read."""

    __tablename__ = "outbox_destination"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    closed_until: Mapped[datetime | None]
    # Closed until a person opens it again: the other side has said that it wants nothing more.
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    reason_code: Mapped[str | None] = mapped_column(String(60))
    changes_cursor: Mapped[str | None] = mapped_column(String(200))
    looked_at: Mapped[datetime | None]
    reconciled_at: Mapped[datetime | None]


class InboundEvent(Base):
    """A status event that came back from a case system; kept so that the same one is never taken twice."""

    __tablename__ = "inbound_event"

    source: Mapped[str] = mapped_column(String(200), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(64), index=True)
    # When it happened over there, by which it is told whether a newer one has already been taken.
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]


class RegisterInbox(Base):
    """What has been delivered to the product's own case register, once per event (personal data: the complaint)."""

    __tablename__ = "register_inbox"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(36), unique=True)
    event_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(64), index=True)
    case_ref: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    received_at: Mapped[datetime]
