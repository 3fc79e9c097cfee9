"""What the fault runs need: a receiver on loopback that misbehaves by a seed, and workers as processes to be killed.

The receiver drops no repeats: whatever is sent to it twice stands in its book twice. Its book is what is judged.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import audit
from api.cases.outgoing import outgoing_client
from api.cases.webhook import WebhookSystem
from api.clock import Clock
from api.db.engine import Database
from api.outbox.policy import load_policy
from api.outbox.store import CASE_SYSTEM
from api.outbox.worker import Worker

REPOSITORY = Path(__file__).resolve().parents[3]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# Seconds a worker waits for an answer, and the longest the receiver goes on working after nobody waits any more.
PATIENCE = 0.5
LATE = 1.0
# Kept well above LATE, since the machine may be busy.
SETTLE = 4.0


class _Book(BaseHTTPRequestHandler):
    """One request to the receiver."""

    server: Receiver

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        fault = self.server.fault()
        if fault == "refuse_before":
            return self._answer(503, {"Retry-After": "0"})
        if fault == "acts_late":
            time.sleep(LATE)
        self.server.write(event)
        if fault in ("acts_late", "error_after"):
            return self._answer(500)
        if fault == "silent_after":
            time.sleep(PATIENCE * 2)
        elif fault == "breaks_off":
            self.close_connection = True
            return self.connection.close()
        elif fault == "slow":
            time.sleep(PATIENCE / 4)
        return self._answer(202)

    def do_GET(self) -> None:
        if self.server.fault() == "refuse_before":
            return self._answer(503)
        known = self.path.rsplit("/", 1)[-1] in self.server.seen
        return self._answer(200 if known else 404)

    def _answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
        except OSError:
            # Whoever asked has gone, or was killed.
            self.close_connection = True

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


class Receiver(ThreadingHTTPServer):
    """Keeps a book of what it was sent, and fails at random."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, book: Path, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Book)
        self.book = book
        self.chance = random.Random(seed)
        self.lock = threading.Lock()
        self.seen: set[str] = set()

    def fault(self) -> str:
        """What goes wrong this time; mostly nothing."""
        with self.lock:
            return self.chance.choices(
                ["none", "refuse_before", "error_after", "acts_late", "silent_after",
                 "breaks_off", "slow"],
                [55, 10, 8, 5, 6, 6, 10],
            )[0]  # fmt: skip

    def write(self, event: dict[str, str]) -> None:
        """A line in the book: this is the case being made."""
        line = f"{event['subject']} {event['type']} {event['id']}\n"
        with self.lock:
            self.seen.add(event["id"])
            with self.book.open("a", encoding="utf-8") as book:
                book.write(line)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that has gone is part of the game."""


class AuditSink:
    """Writes what it is told where it can be counted, in the same transaction."""

    async def delivered(
        self, tx: AsyncSession, subject_id: str, *, system: str, external_ref: str, at: object
    ) -> None:
        self._note(tx, "delivered", subject_id)

    async def status_changed(self, tx: AsyncSession, subject_id: str, **_: object) -> None:
        self._note(tx, "status_changed", subject_id)

    async def failed_for_good(self, tx: AsyncSession, subject_id: str, **_: object) -> None:
        self._note(tx, "failed", subject_id)

    async def mail_failed(self, tx: AsyncSession, subject_id: str, **_: object) -> None:
        self._note(tx, "mail_failed", subject_id)

    def _note(self, tx: AsyncSession, act: str, subject_id: str) -> None:
        audit(tx, actor="outbox", act=act, kind="complaint", subject=subject_id, now=Clock().now())


async def work(url: str, receiver: str) -> None:
    """A worker until it is killed."""
    client = outgoing_client(seconds=PATIENCE, loopback_allowed=True)
    system = WebhookSystem(
        client, url=f"{receiver}/events", secret=SECRET, source="urn:stafet:test",
        now=Clock().now, lookup_url=f"{receiver}/events",
    )  # fmt: skip
    system.settle_seconds = SETTLE
    policy = load_policy(
        retry_after=[0.1] * 60, try_seconds=PATIENCE * 3, lease_margin=0.2, at_once=8, idle=0.05,
        breaker_failures=8, breaker_wait=0.1, breaker_longest=0.4,
    )  # fmt: skip
    await Worker(Database(url), {CASE_SYSTEM: system}, AuditSink(), Clock(), policy).run()


@dataclass
class Workers:
    """Worker processes, some of which are killed now and then and started again."""

    url: str
    receiver: str
    count: int = 2
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed: int = 0

    def fill(self) -> None:
        """Starts as many as there should be."""
        self.running = [one for one in self.running if one.poll() is None]
        while len(self.running) < self.count:
            self.running.append(
                subprocess.Popen(
                    [sys.executable, "-m", __spec__.name, self.url, self.receiver],
                    cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip

    def kill_one(self, chance: random.Random, among: Collection[int]) -> bool:
        """Kills one of these processes without a word of warning; says whether there was one of ours."""
        ours = [one for one in self.running if one.pid in among]
        if not ours:
            return False
        victim = chance.choice(ours)
        victim.kill()
        victim.wait()
        self.killed += 1
        return True

    def end(self) -> None:
        """Kills all."""
        for one in self.running:
            one.kill()
            one.wait()


@contextmanager
def receiving(book: Path, seed: int) -> Iterator[str]:
    """The address of a receiver that outlives every worker."""
    server = Receiver(book, seed)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
