"""Puts events into the outbox, in the transaction of what they tell about."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from api.cases.port import MAIL_REQUESTED
from api.db.outbox_models import OutboxDelivery
from api.outbox.states import State

# Where an event goes that names no destination: the case system that is configured, or the mail server.
CASE_SYSTEM = "case_system"
MAIL = "mail"
# Where alerts for the house itself go, where an address is set for them.
ALERTS = "alerts"


async def enqueue(
    tx: AsyncSession, *, event_type: str, subject_id: str, payload: dict[str, Any],
    destination: str | None = None, due: datetime, idempotency_key: str,
) -> None:  # fmt: skip
    """Writes an event to be delivered once the caller's transaction is committed.

    The same idempotency key again adds nothing. Events of one subject reach a destination in the order in which
    they were written. `due` is the earliest time of sending, and the time its waiting is counted from.
    """
    row = {
        "event_id": str(uuid4()),
        "event_type": event_type,
        "subject_id": subject_id,
        "destination": destination or (MAIL if event_type == MAIL_REQUESTED else CASE_SYSTEM),
        "idempotency_key": idempotency_key,
        "payload": payload,
        "state": State.PENDING,
        "attempts": 0,
        "due_at": due,
        "created_at": due,
    }
    bind = tx.get_bind()
    insert = postgresql.insert if bind.dialect.name == "postgresql" else sqlite.insert
    await tx.execute(
        insert(OutboxDelivery)
        .values(row)
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
    )
