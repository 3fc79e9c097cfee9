"""Measures how soon the pages of statistics and of contacts answer, over made-up contacts.

    .venv/bin/python -m benchmarks.statistics [--contacts 1000000] [--years 8] [--database FILE] [--times 15]

The contacts are spread over months, forvaltninger, units, kinds and themes as in a large municipality. The pages are
asked for in the process itself, so that what is measured is the application and the database. An SQLite file that is
named is kept, and used again where it is already filled.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request
from sqlalchemy import func, insert, select, true

from api.auth import Role, Staff
from api.clock import Clock
from api.db.engine import Database
from api.db.migrate import migrate
from api.db.oversight_models import Contact, ContactMark
from api.oversight import tally
from api.oversight.contact_parts import ContactParts, open_contacts
from api.oversight.door import Door
from api.oversight.vocabulary import load_vocabulary
from api.pages import Pages
from api.words import load_words
from knowledge.guidance import load_profile

OVERSIGHT = Path(__file__).resolve().parents[1] / "api" / "oversight"
BATCH = 20_000
UNITS = 60
TODAY = dt.date(2026, 11, 20)
ADDRESSES = (
    "/staff/statistik",
    "/staff/statistik?period=2026",
    "/staff/statistik?period=all",
    "/staff/statistik?period=2026&forvaltning=bif",
    "/staff/statistik?period=2026&unit=Enhed 07",
    "/staff/statistik?period=2026&topic=theme:vejledning",
    "/staff/statistik/rapport?period=2026-Q3",
    "/staff/statistik/diagram.svg?table=themes&period=2026",
    "/staff/statistik.csv?period=2026",
    "/staff/statistik.xlsx?period=2026",
    "/staff/henvendelser",
    "/staff/henvendelser?period=2026-Q3&forvaltning=sof",
    "/staff/henvendelser?topic=theme:vejledning",
    "/staff/henvendelser?unit=Enhed 07&inquiry=klage",
    "/staff/henvendelser?timing=late&period=2026",
    "/staff/henvendelser?page=2000",
)


def made_up(count: int, years: int, places: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Contacts as they could have come."""
    chance, words = random.Random(7), load_vocabulary()
    themes, kinds = words.ids("themes"), words.ids("kinds")
    now = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    for number in range(1, count + 1):
        received = TODAY - dt.timedelta(days=chance.randrange(365 * years))
        complaint = chance.random() < 0.3
        days = chance.randrange(1, 25) if complaint and chance.random() < 0.8 else None
        unit = chance.randrange(UNITS)
        yield {
            "id": number, "origin": "made-up", "origin_id": str(number), "state": "proposed",
            "inquiry": "klage" if complaint else chance.choice(("raad-og-vejledning", "oevrig")),
            "informal": not complaint, "kinds": [chance.choice(kinds)],
            "themes": sorted(set(chance.choices(themes, k=chance.choice((1, 1, 2))))),
            "area": "", "forvaltning": places[unit % len(places)], "unit": f"Enhed {unit:02}",
            "channel": chance.choice(("chat", "web", "phone")), "language": chance.choice(("da", "da", "da", "en")),
            "received_on": received, "month": received.replace(day=1), "answer_days": days,
            "answered_on": received + dt.timedelta(days=days * 7 // 5) if days else None,
            "unanswered": chance.random() < 0.02, "causes": [], "citizen_effects": [],
            "municipality_effects": [], "learning": "", "kept": [], "version": 1,
            "outcome": chance.choice(("medhold", "ikke", "delvist", "uformelt")) if days else "",
            "created_at": now, "updated_at": now,
        }  # fmt: skip


async def fill(database: Database, parts: ContactParts, count: int, years: int) -> None:
    """Puts the contacts into the database and sums them."""
    words = load_vocabulary()
    batch: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    places = parts.registration.profile.organisation.forvaltninger

    async def write() -> None:
        async with database.transaction() as tx:
            await tx.execute(insert(Contact), batch)
            await tx.execute(insert(ContactMark), marks)
        batch.clear()
        marks.clear()

    for row in made_up(count, years, places):
        batch.append(row)
        for facet, values in (
            ("kind", row["kinds"]), ("theme", row["themes"]), ("main", words.mains(row["themes"])),
        ):  # fmt: skip
            marks += [
                {"contact_id": row["id"], "facet": facet, "value": value, "received_on": row["received_on"]}
                for value in values
            ]  # fmt: skip
        if len(batch) == BATCH:
            await write()
    if batch:
        await write()
    async with database.reading() as tx:
        buckets = sorted(await tally.buckets_in_use(tx))
    for one in buckets:
        async with database.transaction() as tx:
            await tally.refresh(tx, [one], parts.registration.limit)


def application(database: Database) -> tuple[FastAPI, ContactParts]:
    """The pages alone, for somebody who may see everything."""
    manager = Staff(
        id=1, username="bench", name="Bench", roles=frozenset({Role.MANAGER}), units=frozenset(), csrf="x"
    )  # fmt: skip

    async def signed_in(_request: Request) -> Staff:
        return manager

    parts = open_contacts(
        profile=load_profile("koebenhavn"), database=database, clock=Clock(fixed_day=TODAY),
        pages=Pages(OVERSIGHT / "templates", load_words(OVERSIGHT / "statistics_words"), ()),
        door=Door(signed_in, signed_in), cases_seen=lambda _staff, _organisation: true(),
    )  # fmt: skip
    app = FastAPI()
    for router in parts.routers:
        app.include_router(router)
    return app, parts


async def measure(file: Path, count: int, years: int, times: int) -> None:
    """Fills where nothing is, asks for every page, and tells."""
    url = f"sqlite:///{file}"
    migrate(url)
    database = Database(url)
    app, parts = application(database)
    async with database.reading() as tx:
        held = await tx.scalar(select(func.count()).select_from(Contact)) or 0
    if not held:
        began = time.perf_counter()
        await fill(database, parts, count, years)
        print(f"filled with {count} contacts in {time.perf_counter() - began:.0f} s")
    async with database.reading() as tx:
        one = (await tx.execute(select(Contact.month, Contact.forvaltning).limit(1))).one()
    took = []
    for _ in range(3):
        start = time.perf_counter()
        async with database.transaction() as tx:
            await tally.refresh(tx, [(one[0], one[1])], parts.registration.limit)
        took.append(time.perf_counter() - start)
    print(f"a month and a place counted again: {statistics.median(took) * 1000:.0f} ms")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1", timeout=120
    ) as http:
        for address in ADDRESSES:
            took = []
            for _ in range(times):
                start = time.perf_counter()
                answer = await http.get(address)
                took.append((time.perf_counter() - start) * 1000)
                assert answer.status_code == 200, (address, answer.text[:300])
            took.sort()
            p50, p95 = took[len(took) // 2], took[min(len(took) - 1, int(len(took) * 0.95))]
            print(f"{p50:7.0f} {p95:7.0f}  {address}")
    await database.close()


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--years", type=int, default=8)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--database", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = given.database or Path(folder) / "statistics.db"
        asyncio.run(measure(file, given.contacts, given.years, given.times))


if __name__ == "__main__":
    main()
