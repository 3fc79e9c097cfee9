"""A worker over a scripted case system, a clock that stands still, and short words for both."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from api.db.engine import Database
from api.db.outbox_models import OutboxDelivery, OutboxDestination
from api.outbox.policy import Policy, load_policy
from api.outbox.store import CASE_SYSTEM, enqueue
from api.outbox.worker import Worker
from tests.api.fakes import FakeTime
from tests.api.outbox.fakes import RememberingSink, ScriptedSystem

SUBMITTED = "dk.stafet.complaint.submitted"


@dataclass
class Outbox:
    """Everything around one worker."""

    database: Database
    time: FakeTime = field(default_factory=FakeTime)
    system: ScriptedSystem = field(default_factory=ScriptedSystem)
    sink: RememberingSink = field(default_factory=RememberingSink)
    policy: Policy = field(default_factory=lambda: load_policy(jitter=0))

    def worker(self) -> Worker:
        return Worker(
            self.database, {CASE_SYSTEM: self.system}, self.sink, self.time.clock(), self.policy,
            random.Random(1),
        )  # fmt: skip

    async def put(self, *subjects: str, event_type: str = SUBMITTED, **more: Any) -> None:
        async with self.database.transaction() as tx:
            for subject in subjects:
                await enqueue(
                    tx, event_type=event_type, subject_id=subject, payload={"reference": subject},
                    due=self.time(), idempotency_key=f"{event_type}:{subject}", **more,
                )  # fmt: skip

    async def step(self) -> int:
        return await self.worker().step(CASE_SYSTEM)

    async def rows(self) -> list[OutboxDelivery]:
        async with self.database.reading() as tx:
            return list(await tx.scalars(select(OutboxDelivery).order_by(OutboxDelivery.id)))

    async def row(self) -> OutboxDelivery:
        (row,) = await self.rows()
        return row

    async def states(self) -> list[str]:
        return [row.state for row in await self.rows()]

    async def destination(self) -> OutboxDestination | None:
        async with self.database.reading() as tx:
            return await tx.get(OutboxDestination, CASE_SYSTEM)

    def once_each(self) -> bool:
        return set(self.system.arrived.values()) == {1}


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)
