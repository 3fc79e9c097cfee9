"""The tables of what somebody should see to, and of questions that nothing answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models import Base

STILL_OPEN = text("closed_at IS NULL")


class Alert(Base):
    """One thing that somebody should see to; while it is open, the same thing is not told again.

    `key` names what it is about within its kind, `details` holds numbers, references and days: nothing that a
    citizen wrote.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "ix_alert_open", "kind", "key", unique=True,
            sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(200))
    # The complaint it is about, for kinds that have one; whoever may not see that does not see this.
    complaint_id: Mapped[str | None] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), index=True
    )
    # Whom it concerns: an id among the organisation's contacts.
    contact: Mapped[str | None] = mapped_column(String(80))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(100))
    closed_at: Mapped[datetime | None] = mapped_column(index=True)


class KnowledgeGap(Base):
    """Questions of one meaning that were not answered: who sees to it, how far it has come, what closed it.

    The title is the question that lies nearest to the others (personal data if its writer told something, like the
    questions themselves).
    """

    __tablename__ = "knowledge_gap"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(12), index=True, default="open")
    owner: Mapped[str | None] = mapped_column(String(100))
    # The article that closed it.
    article: Mapped[str | None] = mapped_column(String(100))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str | None] = mapped_column(String(100))
    version: Mapped[int] = mapped_column(Integer, default=1)


class GapQuestion(Base):
    """A question that was not answered, or whose answer did not help; not who asked it.

    Numbers of persons, telephones and mail addresses are masked; what else somebody wrote of themselves stands there.
    """

    __tablename__ = "gap_question"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    gap_id: Mapped[int | None] = mapped_column(
        ForeignKey("knowledge_gap.id", ondelete="SET NULL"), index=True
    )
    # Where it was asked: in the chat, or in the look-up.
    source: Mapped[str] = mapped_column(String(12))
    # Without an answer, or with one that did not help.
    why: Mapped[str] = mapped_column(String(12))
    question: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    audience: Mapped[str] = mapped_column(String(16))
    # The verdict it was taken over from, so that each is taken once.
    feedback_id: Mapped[int | None] = mapped_column(Integer, unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
