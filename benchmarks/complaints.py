"""Measures complaints: how many are accepted a second, how soon they are cases, how claims bear a queue.

    .venv/bin/python -m benchmarks.complaints [--seconds 10] [--at-once 8] [--database URL] [--json FILE]

The complaints' own routes run as a process with the worker, without chat and search, over a fresh SQLite file or over
the database that is named (which must be empty). The queue is measured on the database alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import func, select, text

from api import __version__
from api.cases.port import SUBMITTED
from api.cases.registry import no_files
from api.clock import Clock
from api.complaints.parts import open_complaints
from api.complaints.router import build_router
from api.db.complaint_models import Complaint
from api.db.engine import Database
from api.db.migrate import migrate
from api.db.outbox_models import OutboxDelivery, RegisterInbox
from api.deps import RateLimiter
from api.errors import install_error_handlers
from api.logs import configure_logging
from api.outbox import claims
from api.outbox.service import open_outbox
from api.outbox.states import ARRIVED
from api.outbox.store import CASE_SYSTEM, enqueue
from api.settings import Settings
from benchmarks.processes import free_port, started, wait_for
from knowledge.organisation import load_organisation
from setup.paths import APP_ENV, ROOT, python_of

START_SECONDS = 120.0
# How long the last complaint may take to arrive after the load has ended, in seconds.
DRAIN_SECONDS = 300.0
# How many complaints are sent one by one for the time from approval to the case system.
QUIET = 30
QUEUES = (100, 1_000, 10_000)
CLAIMS = 30


def complaint() -> dict[str, Any]:
    """A complaint as a client sends it."""
    now = datetime.now(UTC).isoformat()
    return {
        "language": "da",
        "target": {"area": "bif_kontanthjaelp"},
        "complaint": {
            "categories": ["process"],
            "themes": ["sagsbehandlingstid-og-manglende-svar"],
            "subject": "Intet svar på min ansøgning",
            "description": "Jeg søgte i august og har rykket to gange uden svar. " * 8,
            "desired_outcome": {"codes": ["svar"]},
        },
        "prior_complaint": {"status": "no"},
        "complainant": {
            "type": "borger",
            "identification": {"method": "self_declared"},
            "name": "Anna Jensen",
            "contact": {"phone": "12 34 56 78"},
        },
        "consent": {
            "privacy_notice": {"version": "1", "shown_at": now},
            "forward_to_recipient": {"granted": True, "at": now},
        },
        "provenance": {"confirmed_by_complainant": True, "confirmed_at": now},
    }


def send(http: httpx.Client) -> float:
    """Sends one and gives the seconds until its receipt."""
    start = time.perf_counter()
    answer = http.post("/api/v1/complaints", json=complaint())
    answer.raise_for_status()
    return time.perf_counter() - start


def load(address: str, seconds: float, at_once: int) -> list[float]:
    """Clients that each send the next complaint as soon as they have a receipt."""
    took: list[float] = []
    until = time.perf_counter() + seconds

    def client() -> None:
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as http:
            while time.perf_counter() < until:
                took.append(send(http))

    threads = [threading.Thread(target=client) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


async def drained(url: str) -> float:
    """Seconds until nothing waits any more."""
    database, start = Database(url), time.perf_counter()
    waiting = select(func.count()).where(OutboxDelivery.state.not_in(ARRIVED))
    while True:
        async with database.reading() as tx:
            left = await tx.scalar(waiting)
        if not left:
            break
        if time.perf_counter() - start > DRAIN_SECONDS:
            raise SystemExit(f"{left} deliveries have not arrived after {DRAIN_SECONDS:.0f} s")
        await asyncio.sleep(0.1)
    await database.close()
    return time.perf_counter() - start


async def delays(url: str) -> list[float]:
    """Seconds from each complaint's receipt to its case."""
    database = Database(url)
    async with database.reading() as tx:
        rows = await tx.execute(
            select(Complaint.received_at, RegisterInbox.received_at).join(
                RegisterInbox, RegisterInbox.subject_id == Complaint.id
            )
        )
        found = [(arrived - received).total_seconds() for received, arrived in rows]
    await database.close()
    return found


async def queue_times(url: str) -> dict[int, float]:
    """Milliseconds of one claim, by how many deliveries wait; each claim is rolled back."""
    database, found = Database(url), {}
    now, filled = datetime.now(UTC) - timedelta(days=1), 0
    for size in QUEUES:
        async with database.transaction() as tx:
            for number in range(filled, size):
                await enqueue(
                    tx, event_type=SUBMITTED, subject_id=f"waiting-{number}", payload=complaint(),
                    due=now, idempotency_key=f"waiting-{number}",
                )  # fmt: skip
        filled = size
        async with database.transaction() as tx:
            await tx.execute(text("ANALYZE outbox_delivery"))
        found[size] = statistics.median([await _one_claim(database) for _ in range(CLAIMS)])
    await database.close()
    return found


async def _one_claim(database: Database) -> float:
    class TakeBack(Exception):
        """Ends the transaction without a trace."""

    start = time.perf_counter()
    took = 0.0
    try:
        async with database.transaction() as tx:
            taken = await claims.claim(
                tx, CASE_SYSTEM, worker="bench", now=datetime.now(UTC), limit=4, lease=60
            )
            await tx.flush()
            took = (time.perf_counter() - start) * 1000
            assert len(taken) == 4
            raise TakeBack
    except TakeBack:
        return took


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def measure(url: str, folder: Path, seconds: float, at_once: int) -> dict[str, Any]:
    """Everything, over one database."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ["PATH"], "STAFET_ENVIRONMENT": "test", "STAFET_PORT": str(port),
        "STAFET_VAR": str(folder), "STAFET_DATABASE_URL": url,
    }  # fmt: skip
    command = [python_of(APP_ENV), "-m", "benchmarks.complaints", "--serve"]
    with started(command, log=folder / "log", env=environment, cwd=ROOT) as process:
        wait_for(answering(address), process, folder / "log", START_SECONDS)
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as http:
            for _ in range(QUIET):
                send(http)
                time.sleep(0.3)
        asyncio.run(drained(url))
        quiet = asyncio.run(delays(url))
        took = load(address, seconds, at_once)
        drain = asyncio.run(drained(url))
    return {
        "accepted_per_second": len(took) / seconds,
        "receipt_p50_ms": statistics.median(took) * 1000,
        "receipt_p95_ms": percentile(took, 0.95) * 1000,
        "to_case_p50_s": statistics.median(quiet),
        "to_case_p95_s": percentile(quiet, 0.95),
        "accepted": len(took),
        "drained_after_s": drain,
        "claim_ms": asyncio.run(queue_times(url)),
    }


def serve() -> None:
    """The process that is measured."""
    settings = Settings()
    configure_logging("warning", json=True)
    database, clock = Database(settings.database), Clock()
    parts = open_complaints(
        municipality=settings.municipality, database=database,
        folder=settings.var / "attachments", now=clock.now, today=clock.today,
        public_url="http://127.0.0.1", knowledge_version=__version__, similarity=None,
        mail=False,
    )  # fmt: skip
    outbox = open_outbox(settings, database, clock, parts.delivery, files=no_files)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        worker = asyncio.create_task(outbox.run())
        yield
        worker.cancel()

    app = FastAPI(lifespan=lifespan)
    app.state.database, app.state.clock, app.state.following = database, clock, parts.following
    app.state.organisation = load_organisation(settings.municipality)
    install_error_handlers(app)
    app.include_router(build_router(parts, RateLimiter(on=False)))
    uvicorn.run(app, host="127.0.0.1", port=settings.port, log_config=None, access_log=False)


def answering(address: str) -> Callable[[], bool]:
    """Whether the application answers."""

    def probe() -> bool:
        try:
            return (
                httpx.get(f"{address}/api/v1/schemas/complaint", trust_env=False).status_code == 200
            )
        except httpx.HTTPError:
            return False

    return probe


def main() -> None:
    """Reads the arguments and prints what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--database", help="an empty database; default: a fresh SQLite file")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve()
        return
    with tempfile.TemporaryDirectory(prefix="stafet-bench-") as name:
        folder = Path(name)
        url = arguments.database or f"sqlite:///{folder / 'stafet.db'}"
        migrate(url)
        found = measure(url, folder, arguments.seconds, arguments.at_once)
    for key, value in found.items():
        print(f"{key}: {value if isinstance(value, dict | int) else round(value, 2)}")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
