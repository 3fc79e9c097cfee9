"""The tables of what is learnt from complaints, of quick informal tries and of mediation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models import Base


class Lesson(Base):
    """What one complaint taught: the five steps and what the error cost; no personal data of the citizen.

    It outlives its complaint: when that is erased, `complaint_id` becomes empty, and nothing points back to it.
    """

    __tablename__ = "lesson"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    # No foreign key that takes it along.
    complaint_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    forvaltning: Mapped[str | None] = mapped_column(String(40), index=True)
    unit: Mapped[str] = mapped_column(String(300), default="")
    theme: Mapped[str] = mapped_column(String(60), default="", index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    closed_on: Mapped[date] = mapped_column(Date, index=True)
    # The answers to the five questions, by the question's id.
    steps: Mapped[dict[str, Any]]
    # What went into the sum: minutes by role, prices an hour, direct costs, how often in a year.
    cost: Mapped[dict[str, Any]]
    # All that can be searched, in small letters.
    words: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(String(100))


class LessonVersion(Base):
    """One version of a lesson as it was written; only ever added to."""

    __tablename__ = "lesson_version"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))


class ContactPerson(Base):
    """A colleague in a unit who can solve things quickly (personal data of staff: name, work telephone and mail)."""

    __tablename__ = "contact_person"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    forvaltning: Mapped[str] = mapped_column(String(40), index=True)
    # Empty: for the whole forvaltning, where no unit has its own.
    unit: Mapped[str] = mapped_column(String(300), default="")
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(String(100))


class QuickTry(Base):
    """A quick informal try beside a complaint, with the citizen's consent; it changes nothing of the complaint."""

    __tablename__ = "quick_try"

    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), primary_key=True
    )
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey("contact_person.id", ondelete="SET NULL"), index=True
    )
    # When the citizen said yes, and to which wording.
    consent_at: Mapped[datetime]
    consent_version: Mapped[str] = mapped_column(String(20))
    due: Mapped[date] = mapped_column(Date, index=True)
    # solved, not_solved or no_answer; empty while it runs.
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_at: Mapped[datetime | None]
    outcome_by: Mapped[str | None] = mapped_column(String(100))


class Mediation(Base):
    """A talk with a neutral third person, proposed by one side and answered by the other."""

    __tablename__ = "mediation"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    complaint_id: Mapped[str] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), index=True
    )
    # citizen or staff.
    proposed_by: Mapped[str] = mapped_column(String(10))
    proposed_at: Mapped[datetime]
    # proposed, accepted, declined or ended.
    state: Mapped[str] = mapped_column(String(12))
    answered_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None]


class MediationNote(Base):
    """One date in the course of a mediation, noted by staff (personal data: the text)."""

    __tablename__ = "mediation_note"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    mediation_id: Mapped[int] = mapped_column(
        ForeignKey("mediation.id", ondelete="CASCADE"), index=True
    )
    day: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
