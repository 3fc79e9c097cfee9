"""Measures open chats at once: 200 people, each with a message every ten seconds, for two minutes.

    .venv/bin/python -m benchmarks.chats [--chats 200] [--minutes 2] [--every 10] [--baseline] [--json FILE]

Most people do as the chat page does: the live connection listens, messages go by HTTP. Some send over the connection,
some have none and ask for news. One message in twenty is sent twice at once, as after a line that broke. Afterwards
every conversation is read back: all that was sent is there once, in order, with an answer, and every page was told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError

from api.auth import Role, create_account
from api.chat import handoffs
from api.db.engine import Database
from benchmarks.processes import BenchmarkError, cpu_seconds, family, memory_mib, name_of
from benchmarks.turns import CONVERSATION, Subject, ensure, ours, percentile, say, vanilla
from benchmarks.vanilla.project import ensure_project
from setup.paths import var
from setup.steps import SetupError

# What people write, by what kind of turn it is; a conversation goes through one of these again and again.
TALKS: Sequence[Sequence[tuple[str, str]]] = (
    (
        ("greeting", "Hej"),
        ("question", "Hvor lang tid må kommunen bruge på min sag?"),
        ("question", "Kan jeg få en tolk med til mødet?"),
        ("question", "Hvad er aktindsigt?"),
        ("thanks", "Tak for hjælpen"),
        ("question", "Hvordan klager jeg over en afgørelse?"),
    ),
    (
        ("greeting", "Goddag"),
        ("matter", "Jeg har fået afslag på boligstøtte og vil klage"),
        ("matter", "Jeg fik brevet den 3. november"),
        ("correction", "Nej, det var den 5. november"),
        ("question", "Må min nabo tage med som bisidder?"),
        ("thanks", "Tak"),
    ),
    (
        ("matter", "Jeg har ventet fire måneder på svar fra jobcentret"),
        ("question", "Koster det noget at klage?"),
        ("hand-off", "Jeg vil gerne tale med et menneske"),
        ("waiting", "Det haster, for fristen er på fredag"),
        ("waiting", "Er der nogen?"),
        ("back", "Hvad er en partshøring?"),
    ),
)
# Of ten people: seven as the page does, two over the connection alone, one without a connection.
WAYS = ("page", "page", "page", "socket", "page", "page", "http", "page", "page", "socket")
TWICE = 20
# After so long without an answer a turn counts as lost, in seconds.
PATIENCE = 30.0
# How long a page may take to hear of the last message, in seconds.
SETTLE = 20.0


@dataclass
class Tally:
    """What was measured, and every fault in words."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    late: int = 0
    sent: int = 0
    twice: int = 0
    broken: int = 0

    def took(self, kind: str, began: float) -> None:
        """Notes one answer."""
        self.seconds.setdefault(kind, []).append(time.perf_counter() - began)


class Person:
    """One conversation, from its opening to the look back."""

    def __init__(self, number: int, http: httpx.AsyncClient, tally: Tally) -> None:
        self.number = number
        self.http = http
        self.tally = tally
        self.way = WAYS[number % len(WAYS)]
        self.talk = TALKS[number % len(TALKS)]
        self.path = ""
        self.headers: dict[str, str] = {}
        self.token = ""
        self.said: list[tuple[str, str]] = []
        self.heard: list[int] = []
        self.news = asyncio.Event()
        self.line: asyncio.Future[ClientConnection] = asyncio.get_running_loop().create_future()
        self.accepted: dict[str, asyncio.Future[dict[str, Any]]] = {}

    def fault(self, what: str) -> None:
        """Notes that something was not as it must be."""
        self.tally.faults.append(f"chat {self.number} ({self.way}): {what}")

    async def run(self, address: str, start: float, every: float, turns: int) -> None:
        """Opens, talks in time, and looks back."""
        await sleep_until(start)
        try:
            began = time.perf_counter()
            answer = await self.http.post("/api/v1/chat/sessions", json={})
            opened = answer.raise_for_status().json()
            self.tally.took("open", began)
            if not any(one["sender"] == "bot" for one in opened["messages"]):
                self.fault("was not greeted")
            self.path = f"/api/v1/chat/sessions/{opened['session']}"
            self.token = opened["token"]
            self.headers = {"Authorization": f"Bearer {self.token}"}
            if self.way == "http":
                await self._talk(start, every, turns)
            else:
                socket_url = f"{address.replace('http', 'ws', 1)}{self.path}/socket"
                ear = asyncio.create_task(self._hear(socket_url))
                await self._talk(start, every, turns)
                await self._settle()
                ear.cancel()
                await asyncio.gather(ear, return_exceptions=True)
            await self._look_back()
        except (httpx.HTTPError, OSError, ConnectionClosed) as error:
            self.fault(f"broke off with {type(error).__name__} {str(error)[:200]}")

    async def _talk(self, start: float, every: float, turns: int) -> None:
        for turn in range(turns):
            due = start + every * (turn + 1)
            await sleep_until(due)
            self.tally.late += time.perf_counter() > due + 1
            kind, text = self.talk[turn % len(self.talk)]
            if kind == "back":
                gone = await self.http.delete(f"{self.path}/handoff", headers=self.headers)
                gone.raise_for_status()
            await self._say(kind, text)

    async def _say(self, kind: str, text: str) -> None:
        body = {"text": text, "client_id": uuid4().hex}
        self.tally.sent += 1
        self.said.append((kind, text))
        began = time.perf_counter()
        if self.way == "socket":
            try:
                async with asyncio.timeout(PATIENCE):
                    frame = await self._over_the_line(body)
            except TimeoutError:
                self.fault(f"no answer to a {kind} in {PATIENCE:.0f} s")
                return
            if frame["type"] != "accepted":
                self.fault(f"a {kind} was refused: {frame}")
        elif (self.number + 7 * len(self.said)) % TWICE == 0:
            self.tally.twice += 1
            one, other = await asyncio.gather(self._post(body), self._post(body))
            if [m["seq"] for m in one] != [m["seq"] for m in other]:
                self.fault(f"the same {kind}, sent twice, was answered in two ways")
        else:
            await self._post(body)
        self.tally.took(kind, began)

    async def _post(self, body: Mapping[str, str]) -> list[dict[str, Any]]:
        answer = await self.http.post(f"{self.path}/messages", json=body, headers=self.headers)
        if answer.status_code != 200:
            self.fault(f"status {answer.status_code}: {answer.text[:200]}")
            return []
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def _over_the_line(self, body: Mapping[str, str]) -> dict[str, Any]:
        """Sends over the live connection, and again with the same id over the next one if it breaks."""
        while True:
            answered = asyncio.get_running_loop().create_future()
            self.accepted[body["client_id"]] = answered
            try:
                socket = await self.line
                await socket.send(json.dumps({"type": "message", **body}))
                frame: dict[str, Any] = await answered
                return frame
            except ConnectionClosed:
                await asyncio.sleep(0.1)

    async def _hear(self, url: str) -> None:
        """Listens, and connects again from the last number when the line breaks, as the page does."""
        while True:
            with suppress(OSError, ConnectionClosed):
                async with connect(url, proxy=None) as socket:
                    last = max(self.heard, default=0)
                    await socket.send(json.dumps({"token": self.token, "after": last}))
                    self.line.set_result(socket)
                    await self._take(socket)
            self.tally.broken += 1
            if self.line.done():
                self.line = asyncio.get_running_loop().create_future()
            for waiting in self.accepted.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionClosedError(None, None))
            await asyncio.sleep(1)

    async def _take(self, socket: ClientConnection) -> None:
        async for raw in socket:
            frame = json.loads(raw)
            if frame["type"] == "message":
                self.heard.append(frame["message"]["seq"])
                self.news.set()
            elif frame["type"] in ("accepted", "problem"):
                waiting = self.accepted.pop(frame.get("client_id"), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(frame)

    async def _stored(self) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.path}/messages", headers=self.headers)
        messages: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
        return messages

    async def _settle(self) -> None:
        """Waits until the page has heard of everything, or long enough."""
        last = (await self._stored())[-1]["seq"]
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE):
                while last not in self.heard:
                    self.news.clear()
                    await self.news.wait()

    async def _look_back(self) -> None:
        """Reads the conversation and compares it with what was said and heard."""
        stored = await self._stored()
        numbers = [message["seq"] for message in stored]
        if numbers != list(range(1, len(numbers) + 1)):
            self.fault(f"sequence numbers {numbers}")
        own = [message["text"] for message in stored if message["sender"] == "citizen"]
        if own != [text for _, text in self.said]:
            self.fault(f"sent {len(self.said)}, stored {len(own)}, or not in that order")
        if self.way != "http" and self.heard != numbers:
            missing = sorted(set(numbers) - set(self.heard))
            self.fault(f"the page heard {len(self.heard)} of {len(numbers)}, not {missing}")
        turn, answers = -1, Counter[int]()
        for message in stored:
            if message["sender"] == "citizen":
                turn += 1
            elif message["sender"] == "bot":
                answers[turn] += 1
        for turn, (kind, _) in enumerate(self.said):
            if kind == "waiting" and answers[turn]:
                self.fault("the bot answered what was for people")
            elif kind != "waiting" and not answers[turn]:
                self.fault(f"the bot did not answer a {kind}")


async def sleep_until(moment: float) -> None:
    """Sleeps until a moment of the performance counter; not at all when it is past."""
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))


async def somebody_on_duty(database_url: str, hours: float = 2) -> None:
    """Makes a member of staff who is there during the whole run, so that people can wait for them."""
    database, now = Database(database_url), datetime.now(UTC)
    await create_account(
        database, username="bench", name="Bench", password=uuid4().hex, roles=[Role.LIVE_STAFF],
        units=[], now=now,
    )  # fmt: skip
    async with database.transaction() as tx:
        await handoffs.heartbeat(tx, 1, on_duty=True, now=now + timedelta(hours=hours))
    await database.close()


async def crowd(address: str, chats: int, every: float, minutes: float) -> Tally:
    """All people at once, their messages spread evenly over the time between two."""
    tally, turns = Tally(), max(1, round(minutes * 60 / every))
    limits = httpx.Limits(max_connections=chats, max_keepalive_connections=chats)
    async with httpx.AsyncClient(
        base_url=address, timeout=PATIENCE, trust_env=False, limits=limits
    ) as http:
        start = time.perf_counter() + 0.5
        people = [Person(number, http, tally) for number in range(chats)]
        await asyncio.gather(
            *(
                person.run(address, start + person.number * every / chats, every, turns)
                for person in people
            )
        )
    return tally


def baseline(subject: Subject, chats: int, every: float, seconds: float) -> list[float]:
    """The same crowd at a `rasa init` bot, asked directly at Rasa's own interface."""
    took: list[float] = []
    failed: list[Exception] = []
    begin = time.perf_counter() + 1

    def person(number: int) -> None:
        due = begin + number * every / chats
        try:
            with httpx.Client(timeout=PATIENCE, trust_env=False) as http:
                kinds = list(subject.texts)
                talk = None
                for turn in range(max(1, round(seconds / every))):
                    time.sleep(max(0.0, due + turn * every - time.perf_counter()))
                    if talk is None or turn % CONVERSATION == 0:
                        talk = subject.open(http)
                    before = time.perf_counter()
                    talk(subject.text(kinds[turn % len(kinds)], turn + number))
                    took.append(time.perf_counter() - before)
        except Exception as error:  # told below, where it can stop the measurement
            failed.append(error)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(chats)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise BenchmarkError(f"the baseline failed: {failed[0]}")
    return took


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and largest, in milliseconds."""
    return {
        "count": len(values), "p50_ms": statistics.median(values) * 1000,
        "p95_ms": percentile(values, 95) * 1000, "max_ms": max(values) * 1000,
    }  # fmt: skip


def show(label: str, values: Mapping[str, float]) -> None:
    """Prints one line of the table."""
    say(f"{label:14}" + "".join(f"{values[name]:10.0f}" for name in values))


def report(tally: Tally, subject: Subject, began: float, cpu: float) -> dict[str, Any]:
    """Prints what was measured, and gives it."""
    turns = [took for kind, each in tally.seconds.items() if kind != "open" for took in each]
    rows = {"all turns": spread(turns)}
    rows |= {kind: spread(each) for kind, each in sorted(tally.seconds.items())}
    say(f"\n{'':14}{'count':>10}{'p50 (ms)':>10}{'p95 (ms)':>10}{'max (ms)':>10}")
    for label, values in rows.items():
        show(label, values)
    memory = {name_of(pid): memory_mib(pid) for pid in family(subject.pid)}
    for name, mib in memory.items():
        say(f"memory of {name}: {mib:.0f} MiB")
    busy = (cpu_seconds(family(subject.pid)) - cpu) / (time.perf_counter() - began)
    say(f"processors in use by the product: {busy:.2f} of {os.cpu_count()}")
    say(f"sent {tally.sent}, twice {tally.twice}, more than a second behind {tally.late}")
    say(f"live connections that broke and were opened again: {tally.broken}")
    for fault in tally.faults[:20]:
        say(f"FAULT {fault}")
    say(f"faults: {len(tally.faults)}")
    return {
        "rows": rows, "memory_mib": memory, "processors": busy, "sent": tally.sent,
        "twice": tally.twice, "late": tally.late, "broken": tally.broken,
        "faults": tally.faults, "cores": os.cpu_count(),
    }  # fmt: skip


def measure(wanted: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Runs the product under the crowd, and then the baseline when that is asked for."""
    more = {"STAFET_LIVE_HOURS": "always", "STAFET_RATE_LIMITS": "false"}
    if wanted.database:
        more["STAFET_DATABASE_URL"] = wanted.database
    with ours(folder / "ours", **more) as subject:
        database = wanted.database or f"sqlite:///{folder / 'ours' / 'stafet.db'}"
        asyncio.run(somebody_on_duty(database))
        say(f"{wanted.chats} chats, a message every {wanted.every:g} s, {wanted.minutes:g} minutes")
        began, cpu = time.perf_counter(), cpu_seconds(family(subject.pid))
        tally = asyncio.run(crowd(subject.url, wanted.chats, wanted.every, wanted.minutes))
        found = report(tally, subject, began, cpu)
    if wanted.baseline:
        with vanilla(ensure_project(), folder / "vanilla.log") as plain:
            took = baseline(plain, wanted.chats, wanted.every, min(60, wanted.minutes * 60))
        other = spread(took)
        show("rasa init", other)
        for name in ("p50_ms", "p95_ms"):
            say(f"{name}: {found['rows']['all turns'][name] / other[name]:.2f} times the baseline")
        found["baseline"] = other
    return found


def main(arguments: Sequence[str]) -> int:
    """Measures and prints; a lost, doubled or unanswered message is exit status 1."""
    parser = argparse.ArgumentParser(description="Measures many open chats at once.")
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--every", type=float, default=10, help="seconds between two messages")
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--database", help="an empty database; default: a fresh SQLite file")
    parser.add_argument("--baseline", action="store_true", help="a `rasa init` bot afterwards")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    wanted = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(dir=ensure(var() / "benchmarks")) as scratch:
            found = measure(wanted, Path(scratch))
    except (BenchmarkError, SetupError) as error:
        say(str(error))
        return 1
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=2, ensure_ascii=False), encoding="utf-8")
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
