"""The tables of the hand-off to a person; personal data stands only where a table says so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models import Base

# A conversation has one hand-off at a time that is not over.
STILL_OPEN = text("ended_at IS NULL")


class Handoff(Base):
    """One time that a conversation went to a person (personal data: the summary).

    `version` rises with every change; whoever writes says which version they saw, and the second of two loses.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "uq_handoff_open", "session_id", unique=True, sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
        Index("ix_handoff_state", "state", "queued_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(
        ForeignKey("chat_session.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(Integer, default=1)
    summary: Mapped[str | None] = mapped_column(Text)
    # The last safe day of an appeal deadline that runs, if one does.
    deadline: Mapped[date | None] = mapped_column(Date)
    # Went back into the queue through no fault of the citizen, and so stands at its front.
    front: Mapped[bool] = mapped_column(Boolean, default=False)
    unit: Mapped[str | None] = mapped_column(String(40))
    staff_id: Mapped[int | None] = mapped_column(
        ForeignKey("staff_account.id", ondelete="SET NULL"), index=True
    )
    requested_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(40))


class HandoffEvent(Base):
    """What happened to a hand-off, when and by whom; rows are only ever added."""

    __tablename__ = "handoff_event"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    handoff_id: Mapped[int] = mapped_column(
        ForeignKey("handoff.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    actor: Mapped[str] = mapped_column(String(100))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ConversationNote(Base):
    """What staff wrote to each other about a conversation; the citizen's page never gets it (personal data)."""

    __tablename__ = "conversation_note"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(
        ForeignKey("chat_session.id", ondelete="CASCADE"), index=True
    )
    author: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class CallbackRequest(Base):
    """Somebody who asked to be called (personal data: name, number, when, summary).

    It outlives the conversation, which may be erased before the office opens again.
    """

    __tablename__ = "callback_request"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("chat_session.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    wished: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2))
    summary: Mapped[str | None] = mapped_column(Text)
    deadline: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(index=True)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(100))


class StaffPresence(Base):
    """Which members of staff are ready at the chat; a sign of life older than a little counts as gone."""

    __tablename__ = "staff_presence"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    on_duty: Mapped[bool] = mapped_column(Boolean, default=False)
    seen_at: Mapped[datetime]
