"""The worker: claims what is due, sends it outside of any transaction, writes down what came of it.

Several workers, in one process or in many, may run on the same database.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import Mapping
from uuid import uuid4

import structlog

from api.cases.port import (
    CaseSystem,
    CaseSystemError,
    ClosedDoor,
    NotNow,
    Refused,
    StatusSink,
    Unclear,
    WantsNoMore,
)
from api.clock import Clock
from api.db.engine import Database
from api.outbox import claims, destinations
from api.outbox.claims import Claim, Result
from api.outbox.looking import look, reconcile
from api.outbox.policy import Policy
from api.outbox.states import State

log = structlog.get_logger(__name__)

# How long what is under way may take to end when the process stops, in seconds.
STOP_SECONDS = 5.0
# How long to wait after an error of our own, such as a database that is away, in seconds.
AFTER_ERROR = 1.0


class Worker:
    """Delivers for one or more destinations until it is stopped."""

    def __init__(
        self, database: Database, systems: Mapping[str, CaseSystem], sink: StatusSink,
        clock: Clock, policy: Policy, chance: random.Random | None = None,
    ) -> None:  # fmt: skip
        self.database = database
        self.systems = systems
        self.sink = sink
        self.clock = clock
        self.policy = policy
        self.chance = chance or random.Random()  # noqa: S311  # spreads tries, hides nothing
        # A name that no other worker has, so that a claim belongs to one alone.
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"

    async def run(self) -> None:
        """Works until cancelled, and then lets what is under way come to its end."""
        async with asyncio.TaskGroup() as group:
            for name, system in self.systems.items():
                group.create_task(self._serve(name, system))
                group.create_task(self._look_now_and_then(name, system))

    async def step(self, destination: str) -> int:
        """Claims once and sees all of it through; gives how many there were."""
        claimed = await self._claim(destination, self.policy.at_once)
        await asyncio.gather(*(self._deliver(one) for one in claimed))
        return len(claimed)

    async def _serve(self, destination: str, system: CaseSystem) -> None:
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                free = self.policy.at_once - len(running)
                claimed = await self._claim_safely(destination, free) if free else []
                running |= {asyncio.create_task(self._deliver(one)) for one in claimed}
                if len(claimed) == free and running:
                    _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                elif running:
                    _, running = await asyncio.wait(
                        running, timeout=self.policy.idle, return_when=asyncio.FIRST_COMPLETED
                    )
                else:
                    await asyncio.sleep(self.policy.idle)
        finally:
            if running:
                await asyncio.wait(running, timeout=STOP_SECONDS)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _claim_safely(self, destination: str, limit: int) -> list[Claim]:
        try:
            return await self._claim(destination, limit)
        except Exception as error:  # the database may be away; what is saved waits
            log.error("outbox.claim_failed", destination=destination, kind=type(error).__name__)
            await asyncio.sleep(AFTER_ERROR)
            return []

    async def _claim(self, destination: str, limit: int) -> list[Claim]:
        now = self.clock.now()
        async with self.database.reading() as tx:
            if not await claims.anything_due(tx, destination, now):
                return []
        lease = self.policy.lease(self.systems[destination].settle_seconds)
        async with self.database.transaction() as tx:
            now = self.clock.now()
            allowed = await destinations.allowance(
                tx, destination, now=now, at_once=limit, probe_seconds=lease
            )
            if not allowed:
                return []
            return await claims.claim(
                tx, destination, worker=self.name, now=now, limit=allowed, lease=lease
            )

    async def _deliver(self, claimed: Claim) -> None:
        system = self.systems[claimed.destination]
        result = await attempt(system, claimed, self.policy.try_seconds)
        try:
            async with self.database.transaction() as tx:
                state = await claims.record(
                    tx, claimed, result, system=system.name, settle_seconds=system.settle_seconds,
                    now=self.clock.now(), chance=self.chance.random(), policy=self.policy,
                    sink=self.sink,
                )  # fmt: skip
        except Exception as error:  # the lease will end, and the other side is asked then
            log.error("outbox.record_failed", delivery=claimed.id, kind=type(error).__name__)
            return
        log.info(
            "outbox.tried", delivery=claimed.id, system=system.name, state=state,
            reason=result.reason_code, attempt=claimed.attempts,
        )  # fmt: skip

    async def _look_now_and_then(self, destination: str, system: CaseSystem) -> None:
        pause = min(self.policy.changes_every, self.policy.reconcile_every) / 4
        while True:
            try:
                if await self._my_turn(destination, "changes", self.policy.changes_every):
                    await look(self.database, destination, system, self.sink, self.clock.now())
                if await self._my_turn(destination, "reconcile", self.policy.reconcile_every):
                    await reconcile(
                        self.database, destination, system, self.clock.now(),
                        days=self.policy.reconcile_days, seconds=self.policy.try_seconds,
                    )  # fmt: skip
            except CaseSystemError as error:
                log.warning("outbox.look_failed", system=system.name, reason=error.reason_code)
            except Exception as error:  # looking is repeated; delivering must not stop for it
                log.error("outbox.look_failed", system=system.name, kind=type(error).__name__)
            await asyncio.sleep(pause)

    async def _my_turn(self, destination: str, what: str, every: float) -> bool:
        async with self.database.transaction() as tx:
            return await destinations.turn_to_look(
                tx, destination, what=what, now=self.clock.now(), every=every
            )


async def attempt(system: CaseSystem, claimed: Claim, seconds: float) -> Result:
    """One try: asks first whether it has arrived where that is unsure, then sends; every failure has its result."""
    unsure = claimed.unsure
    try:
        async with asyncio.timeout(seconds):
            if unsure and system.can_find:
                found = await system.find(claimed.event)
                if found is not None:
                    return Result(State.DELIVERED, "found_there", found)
                unsure = False
            return Result(State.DELIVERED, None, await system.send(claimed.event))
    except CaseSystemError as error:
        return failure(error, unsure=unsure)
    except TimeoutError:
        return Result(State.AMBIGUOUS, "time_out")
    except Exception as error:  # whatever an adapter did not foresee: it may have been sent
        log.error("outbox.unforeseen", system=system.name, kind=type(error).__name__)
        return Result(State.AMBIGUOUS, "unforeseen")


def failure(error: CaseSystemError, *, unsure: bool) -> Result:
    """The result of a failure. What was unsure before stays so until the other side has been asked."""
    again = State.AMBIGUOUS if unsure else State.RETRY_WAIT
    code = error.reason_code
    match error:
        case Refused():
            return Result(State.DEAD, code)
        case ClosedDoor():
            return Result(again, code, door_closed=True)
        case WantsNoMore():
            return Result(again, code, wants_no_more=True)
        case Unclear():
            return Result(State.AMBIGUOUS, code)
        case NotNow():
            return Result(again, code, retry_after=error.retry_after)
        case _:
            return Result(State.AMBIGUOUS, code)
