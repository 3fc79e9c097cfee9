"""The tables of the case register: what staff do with a complaint, beside the complaint itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models import Base


class CaseFile(Base):
    """The work on one complaint: who has it, the answer being written, how it ended (personal data: the answer).

    `version` rises with every change; whoever writes says which version they saw, and the second of two is told.
    """

    __tablename__ = "case_file"

    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, default=0)
    taken_by: Mapped[str | None] = mapped_column(String(100))
    answer: Mapped[str] = mapped_column(Text, default="")
    # The points of the good answer that its writer has ticked, by their ids.
    ticked: Mapped[list[str]] = mapped_column(JSON, default=list)
    # On which way the answer went to the citizen, when, and who sent it.
    answered_how: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(100))
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_at: Mapped[datetime | None]
    outcome_by: Mapped[str | None] = mapped_column(String(100))
    updated_at: Mapped[datetime]


class CaseNote(Base):
    """What staff wrote to each other about a complaint; the citizen's page never shows it (personal data)."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), index=True
    )
    author: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
