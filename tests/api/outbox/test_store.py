"""Putting into the outbox: with the caller's transaction or not at all, and once per key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.cases.port import MAIL_REQUESTED
from api.db.engine import Database
from api.db.outbox_models import OutboxDelivery
from api.outbox.states import MOVES, ForbiddenMove, State, move
from api.outbox.store import enqueue

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def put(tx: AsyncSession, key: str = "a", **changed: Any) -> None:
    values: dict[str, Any] = {
        "event_type": "dk.stafet.complaint.submitted", "subject_id": "c-1",
        "payload": {"text": "æøå"}, "due": NOW, "idempotency_key": key,
    }  # fmt: skip
    await enqueue(tx, **values | changed)


async def rows(database: Database) -> list[OutboxDelivery]:
    async with database.reading() as tx:
        return list(await tx.scalars(select(OutboxDelivery).order_by(OutboxDelivery.id)))


async def test_it_waits_to_be_sent(database: Database) -> None:
    async with database.transaction() as tx:
        await put(tx)
    (row,) = await rows(database)
    assert (row.state, row.destination, row.due_at) == ("pending", "case_system", NOW)
    assert row.payload == {"text": "æøå"}


async def test_a_mail_goes_to_the_mail_server(database: Database) -> None:
    async with database.transaction() as tx:
        await put(tx, event_type=MAIL_REQUESTED)
        await put(tx, "b", destination="elsewhere")
    assert [row.destination for row in await rows(database)] == ["mail", "elsewhere"]


async def test_it_is_gone_when_the_transaction_is(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await put(tx)
            raise RuntimeError
    assert await rows(database) == []


async def test_the_same_key_adds_nothing(database: Database) -> None:
    for _ in range(2):
        async with database.transaction() as tx:
            await put(tx)
            await put(tx)
    assert len(await rows(database)) == 1


def test_every_state_stands_in_the_table_and_can_be_reached() -> None:
    assert set(MOVES) == set(State)
    assert {State.PENDING}.union(*MOVES.values()) == set(State)


def test_what_the_table_does_not_have_is_refused() -> None:
    assert move("pending", State.SENDING) is State.SENDING
    with pytest.raises(ForbiddenMove):
        move("pending", State.DELIVERED)
