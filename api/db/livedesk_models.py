"""The tables of live desks outside the product; no personal data stands here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db.models import Base


class DeskRoom(Base):
    """Where a hand-off is on another live desk, and how far it has been told.

    It points to nothing by a foreign key: when the conversation is erased here, its copy there is still to be emptied.
    """

    __tablename__ = "desk_room"
    __table_args__ = (Index("uq_desk_room", "session_id", "handoff_id", unique=True),)

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[str] = mapped_column(String(32))
    handoff_id: Mapped[int] = mapped_column(Integer)
    # What the place is called there, once it is made.
    place: Mapped[str | None] = mapped_column(String(255), index=True)
    # Who took the conversation there.
    holder: Mapped[str | None] = mapped_column(String(255))
    # The last message that has arrived there, and the last state that was told.
    told_seq: Mapped[int] = mapped_column(Integer, default=0)
    told_state: Mapped[str] = mapped_column(String(40), default="")
    lease_until: Mapped[datetime | None]


class DeskTransaction(Base):
    """What another live desk has sent us and we have taken, so that it counts once."""

    __tablename__ = "desk_transaction"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
