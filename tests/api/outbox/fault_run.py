"""The fault run: many complaints through everything that can go wrong, judged by the receiver's own book."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select

from api.clock import Clock
from api.db.engine import Database
from api.db.models import AuditEvent
from api.db.outbox_models import OutboxAttempt, OutboxDelivery
from api.outbox.states import ARRIVED
from api.outbox.store import enqueue
from tests.api.outbox.chaos import Workers, receiving

SUBMITTED = "dk.stafet.complaint.submitted"
INFORMATION = "dk.stafet.complaint.information_added"
COMPLAINTS = 200
# Every fifth citizen adds something afterwards.
ADD_EVERY = 5
KILLS = 6
# Seconds; a run takes about a third of it on two quiet cores.
LONGEST = 100


async def run(url: str, folder: Path, seed: int, restart: Callable[[], None] | None = None) -> None:
    """200 complaints; each is one case at the receiver, in order, and told once in the history."""
    chance = random.Random(seed)
    book = folder / "book"
    book.touch()
    database = Database(url)
    with receiving(book, seed) as receiver:
        workers = Workers(url, receiver)
        try:
            workers.fill()
            await _submit(database, chance)
            await _until_all_arrived(database, workers, chance, restart)
        finally:
            workers.end()
    lines = [line.split() for line in book.read_text(encoding="utf-8").splitlines()]
    _judge(lines)
    async with database.reading() as tx:
        told = Counter(await tx.scalars(select(AuditEvent.subject_id)))
        acts = set(await tx.scalars(select(AuditEvent.act)))
        reasons = Counter(await tx.scalars(select(OutboxAttempt.reason_code)))
    await database.close()
    assert acts == {"delivered"}
    assert told == Counter({f"c-{number}": 1 for number in range(COMPLAINTS)})
    assert workers.killed == KILLS
    # The run was as rough as it was meant to be.
    assert reasons["found_there"] > COMPLAINTS / 20
    assert reasons["http_503"] > COMPLAINTS / 20
    assert reasons["worker_lost"] > 0


async def _submit(database: Database, chance: random.Random) -> None:
    for number in range(COMPLAINTS):
        kinds = [SUBMITTED] + [INFORMATION] * (number % ADD_EVERY == 0)
        async with database.transaction() as tx:
            for kind in kinds:
                await enqueue(
                    tx, event_type=kind, subject_id=f"c-{number}", payload={"number": number},
                    due=Clock().now(), idempotency_key=f"{kind}:{number}",
                )  # fmt: skip
        await asyncio.sleep(chance.random() * 0.01)


async def _until_all_arrived(
    database: Database, workers: Workers, chance: random.Random, restart: Callable[[], None] | None
) -> None:
    """Kills workers while there is work, restarts the database once in the middle, and waits for the end."""
    async with asyncio.timeout(LONGEST):
        while waiting := await _waiting(database):
            if workers.killed < KILLS:
                await asyncio.sleep(chance.random() / 2)
                # One that has only just been started would lose nothing.
                killed = workers.kill_one(chance, await _at_work(database, workers))
                if killed and restart is not None and workers.killed == KILLS // 2:
                    await asyncio.to_thread(restart)
            workers.fill()
            await asyncio.sleep(0.2)
            assert waiting > 0
        while workers.killed < KILLS:
            workers.kill_one(chance, {one.pid for one in workers.running})
            workers.fill()


async def _waiting(database: Database) -> int:
    """How many have not arrived."""
    return len(
        await _read(database, select(OutboxDelivery.id).where(OutboxDelivery.state.not_in(ARRIVED)))
    )


async def _at_work(database: Database, workers: Workers) -> set[int]:
    """The process numbers of the workers that are sending something, as soon as any is; none if that takes a second."""
    query = select(OutboxDelivery.lease_owner).where(OutboxDelivery.lease_owner.is_not(None))
    running = {one.pid for one in workers.running}
    for _ in range(50):
        # A claim is signed with the machine, the process and two more names.
        owners = await _read(database, query)
        if at_work := running & {int(owner.split(":")[1]) for owner in owners}:
            return at_work
        await asyncio.sleep(0.02)
    return set()


async def _read(database: Database, query: Select[Any]) -> Sequence[Any]:
    for _ in range(50):
        try:
            async with database.reading() as tx:
                return (await tx.scalars(query)).all()
        except Exception:
            # The database has just been restarted under us.
            await asyncio.sleep(0.2)
    raise AssertionError("the database has not come back")


def _judge(lines: list[list[str]]) -> None:
    cases = Counter(subject for subject, kind, _ in lines if kind == SUBMITTED)
    assert cases == Counter({f"c-{number}": 1 for number in range(COMPLAINTS)})
    added = Counter(subject for subject, kind, _ in lines if kind == INFORMATION)
    assert added == Counter({f"c-{number}": 1 for number in range(0, COMPLAINTS, ADD_EVERY)})
    made = {subject: place for place, (subject, kind, _) in enumerate(lines) if kind == SUBMITTED}
    for place, (subject, kind, _) in enumerate(lines):
        if kind == INFORMATION:
            assert place > made[subject], "nothing is added to a case before it exists"
