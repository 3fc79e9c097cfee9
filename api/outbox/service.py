"""The outbox as one thing: the case system and the mail server that are set, and a worker that serves them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from api.cases.port import CaseSystem, StatusSink
from api.cases.registry import Access, Around, Files, build_alerts, build_case_system, build_mail
from api.clock import Clock
from api.db.engine import Database
from api.outbox.policy import Policy, load_policy
from api.outbox.store import ALERTS, CASE_SYSTEM, MAIL
from api.outbox.worker import Worker
from api.settings import Settings

log = structlog.get_logger(__name__)

# How long the case system may take to answer whether all is well, in seconds.
CHECK_SECONDS = 20.0


@dataclass(frozen=True)
class Outbox:
    """What delivers."""

    systems: dict[str, CaseSystem]
    worker: Worker
    policy: Policy

    async def run(self) -> None:
        """Says what is wrong with the destinations, then delivers until cancelled."""
        await self.check()
        await self.worker.run()

    async def check(self) -> dict[str, list[str]]:
        """What is wrong with each destination; logged, and no reason not to try."""
        found = {name: await _checked(system) for name, system in self.systems.items()}
        for name, problems in found.items():
            if problems:
                log.error("outbox.destination_problem", destination=name, problems=problems)
        return found

    async def close(self) -> None:
        """Lets go of connections."""
        for system in self.systems.values():
            await system.close()


async def _checked(system: CaseSystem) -> list[str]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await system.check()
    except Exception as error:  # a check that fails is a problem of its own
        return [f"check_failed_{type(error).__name__}"]


def open_outbox(
    settings: Settings, database: Database, clock: Clock, sink: StatusSink,
    *, files: Files, access: Access | None = None,
) -> Outbox:  # fmt: skip
    """The outbox as the settings say.

    Raises:
        ValueError: something that the chosen case system needs is missing or unsafe.
    """
    around = Around(database, clock.now, access, files)
    systems = {CASE_SYSTEM: build_case_system(settings, around), MAIL: build_mail(settings)}
    if (alerts := build_alerts(settings, clock.now)) is not None:
        systems[ALERTS] = alerts
    policy = load_policy()
    return Outbox(systems, Worker(database, systems, sink, clock, policy), policy)
