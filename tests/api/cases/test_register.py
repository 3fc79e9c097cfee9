"""The product's own register keeps the contract."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from api.cases.port import CaseEvent
from api.cases.register import Register
from api.db.engine import Database
from api.db.outbox_models import RegisterInbox
from tests.api.cases.contract import NOW, Case, CaseSystemContract, event


@pytest.fixture
def case(database: Database) -> Case:
    async def count(sent: CaseEvent) -> int:
        async with database.reading() as tx:
            query = select(func.count()).where(RegisterInbox.event_id == sent.id)
            return await tx.scalar(query) or 0

    async def cases(subject_id: str) -> int:
        async with database.reading() as tx:
            query = select(RegisterInbox.case_ref).where(RegisterInbox.subject_id == subject_id)
            return len(set(await tx.scalars(query)))

    return Case(Register(database, lambda: NOW), count, cases)


class TestRegister(CaseSystemContract):
    """The contract."""


async def test_the_whole_complaint_is_in_the_inbox(case: Case, database: Database) -> None:
    sent = event()
    await case.system.send(sent)
    async with database.reading() as tx:
        row = await tx.scalar(select(RegisterInbox))
    assert row is not None
    assert row.payload == sent.payload
    assert row.received_at == NOW
