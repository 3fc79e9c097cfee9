"""The outbox on a real PostgreSQL: claims that skip what others hold, and a server that goes away in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from api.cases.port import CaseStatus, Change
from api.clock import Clock
from api.db.engine import Database
from api.db.outbox_models import InboundEvent, OutboxDelivery
from api.outbox import claims, destinations
from api.outbox.looking import take
from api.outbox.policy import load_policy
from api.outbox.store import CASE_SYSTEM, enqueue
from api.outbox.worker import Worker
from tests.api.outbox import fault_run
from tests.api.outbox.conftest import Outbox
from tests.server.conftest import Server

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


async def test_a_claim_does_not_wait_for_another(outbox: Outbox) -> None:
    await outbox.put(*"abcdef")
    now = outbox.time()
    async with outbox.database.transaction() as one, outbox.database.transaction() as other:
        mine = await claims.claim(one, CASE_SYSTEM, worker="1", now=now, limit=3, lease=60)
        async with asyncio.timeout(5):
            theirs = await claims.claim(other, CASE_SYSTEM, worker="2", now=now, limit=6, lease=60)
    assert len(mine) == 3
    assert len(theirs) == 3
    assert not {one.id for one in mine} & {one.id for one in theirs}


async def test_many_workers_at_once_send_each_once(outbox: Outbox) -> None:
    await outbox.put(*(f"c{number}" for number in range(100)))
    for number in range(0, 100, 4):
        await outbox.put(f"c{number}", event_type="dk.stafet.complaint.information_added")

    async def work(worker: Worker) -> None:
        for _ in range(200):
            await worker.step(CASE_SYSTEM)
            if set(await outbox.states()) == {"delivered"}:
                return

    await asyncio.gather(*(work(outbox.worker()) for _ in range(4)))
    assert len(outbox.system.arrived) == 125
    assert outbox.once_each()


async def test_one_worker_alone_tries_whether_a_destination_is_back(outbox: Outbox) -> None:
    policy, now = load_policy(), outbox.time()
    async with outbox.database.transaction() as tx:
        await destinations.disable(tx, CASE_SYSTEM, "http_410")
        await destinations.open_again(tx, CASE_SYSTEM)
        for _ in range(policy.breaker_failures):
            await destinations.failed(tx, CASE_SYSTEM, now=now, policy=policy, reason="x")
    outbox.time.move(seconds=policy.breaker_longest)

    async def allowed() -> int:
        async with outbox.database.transaction() as tx:
            return await destinations.allowance(
                tx, CASE_SYSTEM, now=outbox.time(), at_once=4, probe_seconds=60
            )

    assert sorted(await asyncio.gather(*(allowed() for _ in range(5)))) == [0, 0, 0, 0, 1]


async def test_the_same_key_at_the_same_time_is_one_delivery(outbox: Outbox) -> None:
    await asyncio.gather(*(outbox.put("a") for _ in range(8)))
    assert await outbox.states() == ["pending"]


async def test_the_same_status_event_at_the_same_time_is_taken_once(outbox: Outbox) -> None:
    await outbox.put("a")
    await outbox.step()
    change = Change("https://there", "1", "a", CaseStatus.ACCEPTED, outbox.time())

    async def taken() -> bool:
        async with outbox.database.transaction() as tx:
            return await take(tx, change, sink=outbox.sink, now=outbox.time())

    assert sorted(await asyncio.gather(*(taken() for _ in range(8)))) == [False] * 7 + [True]
    async with outbox.database.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(InboundEvent)) == 1


async def test_a_claim_reads_the_index_and_not_the_table(outbox: Outbox) -> None:
    """However many wait, a claim looks at as many as it takes."""
    async with outbox.database.transaction() as tx:
        for number in range(3000):
            await enqueue(
                tx, event_type="dk.stafet.complaint.submitted", subject_id=f"c{number}",
                payload={}, due=Clock().now(), idempotency_key=str(number),
            )  # fmt: skip
        await tx.execute(text("ANALYZE outbox_delivery"))
        query = claims.due(CASE_SYSTEM, Clock().now(), 4).with_only_columns(OutboxDelivery.id)
        sql = query.compile(
            tx.get_bind(), compile_kwargs={"literal_binds": True}
        )  # fmt: skip
        plan = "\n".join(await tx.scalars(text(f"EXPLAIN {sql}")))
    assert "ix_outbox_delivery_due" in plan, plan
    assert "Seq Scan" not in plan, plan


async def test_exactly_one_case_each_through_a_restart(
    tmp_path: Path, url: str, postgres: Server
) -> None:
    await fault_run.run(url, tmp_path, seed=20261122, restart=postgres.restart)
