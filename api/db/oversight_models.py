"""The tables of contacts and of the sums over them; no personal data of citizens stands here.

Nothing here points to a conversation or a complaint by a foreign key: a contact is counted after both are erased.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models import Base

ANSWERED = text("answer_days IS NOT NULL")


class Contact(Base):
    """One contact with a citizen, sorted: what it was about, for whom, when, and what came of it.

    `origin` and `origin_id` say what it was made from, so that it is made once. `kept` names the fields that staff
    have set, which the machine no longer changes. `month` is the first day of the month it was received in.
    """

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("origin", "origin_id"),
        Index("ix_contact_month", "month", "forvaltning"),
        Index("ix_contact_received", "received_on", "id"),
        Index("ix_contact_place", "forvaltning", "received_on", "id"),
        Index("ix_contact_unit", "unit", "received_on", "id"),
        Index(
            "ix_contact_answered",
            "received_on",
            "answer_days",
            "inquiry",
            sqlite_where=ANSWERED,
            postgresql_where=ANSWERED,
        ),
        Index("ix_contact_state", "state", "received_on", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    origin: Mapped[str] = mapped_column(String(12))
    origin_id: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    inquiry: Mapped[str] = mapped_column(String(20))
    informal: Mapped[bool] = mapped_column(Boolean)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    themes: Mapped[list[str]] = mapped_column(JSON)
    area: Mapped[str] = mapped_column(String(80), default="")
    forvaltning: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[str] = mapped_column(String(300), default="")
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    received_on: Mapped[date] = mapped_column(Date)
    month: Mapped[date] = mapped_column(Date)
    answered_on: Mapped[date | None] = mapped_column(Date)
    # Working days from the receipt to the answer, counted when the answer is registered.
    answer_days: Mapped[int | None] = mapped_column(Integer)
    # Somebody asked something that the product could not answer.
    unanswered: Mapped[bool] = mapped_column(Boolean, default=False)
    outcome: Mapped[str] = mapped_column(String(20), default="")
    causes: Mapped[list[str]] = mapped_column(JSON)
    citizen_effects: Mapped[list[str]] = mapped_column(JSON)
    municipality_effects: Mapped[list[str]] = mapped_column(JSON)
    learning: Mapped[str] = mapped_column(String(20), default="")
    kept: Mapped[list[str]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ContactMark(Base):
    """One kind, theme or main category of a contact, so that contacts can be found by it."""

    __tablename__ = "contact_mark"
    __table_args__ = (
        Index("ix_contact_mark_value", "facet", "value", "received_on", "contact_id"),
    )

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    facet: Mapped[str] = mapped_column(String(12), primary_key=True)
    value: Mapped[str] = mapped_column(String(60), primary_key=True)
    received_on: Mapped[date] = mapped_column(Date)


class ContactChange(Base):
    """Who changed which field of a contact, and what it was before and after; only ever added to."""

    __tablename__ = "contact_change"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(100))
    field: Mapped[str] = mapped_column(String(24))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)


class ContactTally(Base):
    """Sums of the contacts of one month, place and value of a facet; can always be counted again from the contacts.

    `unit` is `*` in the rows that sum a whole forvaltning.
    """

    __tablename__ = "contact_tally"
    __table_args__ = (
        # Holds all that the tables by value need, so that many years are read from the index alone.
        Index(
            "ix_contact_tally_facet",
            "facet",
            "unit",
            "month",
            "forvaltning",
            "value",
            "inquiry",
            "informal",
            "contacts",
            "points",
        ),
        Index("ix_contact_tally_bucket", "month", "forvaltning"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    month: Mapped[date] = mapped_column(Date)
    forvaltning: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(300))
    facet: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(60))
    inquiry: Mapped[str] = mapped_column(String(20))
    informal: Mapped[bool] = mapped_column(Boolean)
    contacts: Mapped[int] = mapped_column(Integer)
    points: Mapped[int] = mapped_column(Integer)
    in_time: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    unanswered: Mapped[int] = mapped_column(Integer)
    medhold: Mapped[int] = mapped_column(Integer)
    delvist: Mapped[int] = mapped_column(Integer)
    ikke: Mapped[int] = mapped_column(Integer)
    uformelt: Mapped[int] = mapped_column(Integer)
    videresendt: Mapped[int] = mapped_column(Integer)


class ContactSource(Base):
    """How far each kind of contact has been registered."""

    __tablename__ = "contact_source"

    name: Mapped[str] = mapped_column(String(12), primary_key=True)
    seen_at: Mapped[datetime]
