"""The database: nothing is told as saved that was not, writers do not lose each other, the schema is the models'."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.util import CommandError
from fastapi import APIRouter
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import audit
from api.db import engine
from api.db.engine import Database, async_url
from api.db.migrate import alembic_config, migrate
from api.db.models import AuditEvent
from api.deps import Transaction
from tests.api.conftest import World

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def note(tx: AsyncSession, subject: str) -> None:
    audit(tx, actor="test", act="viewed", kind="staff", subject=subject, now=NOW)


def fresh(folder: Path) -> Database:
    """A database of its own with the schema of today."""
    url = f"sqlite:///{folder}/fresh.db"
    migrate(url)
    return Database(url)


async def test_a_commit_that_fails_gives_no_success(world: World, problem: Any) -> None:
    """The route has returned and the answer would be 201; the commit fails; nobody may see a 2xx."""
    router = APIRouter()

    @router.post("/save", status_code=201)
    async def save(tx: Transaction) -> dict[str, str]:
        note(tx, "a")
        return {"saved": "yes"}

    world.app.include_router(router)
    real = world.app.state.database

    class FailingCommit:
        @asynccontextmanager
        async def transaction(self) -> AsyncIterator[AsyncSession]:
            async with real.transaction() as tx:
                yield tx
                raise OperationalError("COMMIT", {}, Exception("disk full"))

    async with world.client() as client:
        assert (await client.post("/save")).status_code == 201
        world.app.state.database = FailingCommit()
        problem(await client.post("/save"), 500, "internal")
    async with real.reading() as tx:
        assert len((await tx.scalars(select(AuditEvent))).all()) == 1


async def test_the_answer_leaves_after_the_commit(world: World) -> None:
    """Whoever has the answer finds what it speaks of, at once and from another connection."""
    router = APIRouter()

    @router.post("/save")
    async def save(tx: Transaction) -> None:
        note(tx, "visible")

    world.app.include_router(router)
    async with world.client() as client:
        await client.post("/save")
    async with world.database.reading() as tx:
        assert (await tx.scalar(select(AuditEvent.subject_id))) == "visible"


async def test_an_error_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            note(tx, "half")
            await tx.flush()
            raise RuntimeError
    async with database.reading() as tx:
        assert (await tx.scalars(select(AuditEvent))).all() == []


async def test_writers_at_the_same_time_all_get_through(database: Database) -> None:
    async def add_after_reading(number: int) -> None:
        async with database.transaction() as tx:
            await tx.scalars(select(AuditEvent))
            await asyncio.sleep(0.01)
            note(tx, str(number))

    await asyncio.gather(*(add_after_reading(number) for number in range(20)))
    async with database.reading() as tx:
        assert len((await tx.scalars(select(AuditEvent))).all()) == 20


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.transaction() as writer:
        note(writer, "unseen")
        await writer.flush()
        async with asyncio.timeout(1), database.reading() as reader:
            assert (await reader.scalars(select(AuditEvent))).all() == []


async def test_sqlite_is_durable(database: Database) -> None:
    async with database.reading() as tx:
        pragmas = {
            name: (await tx.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


async def test_times_keep_their_zone_and_naive_ones_are_refused(database: Database) -> None:
    async with database.transaction() as tx:
        note(tx, "a")
    async with database.reading() as tx:
        assert (await tx.scalar(select(AuditEvent.at))) == NOW
    with pytest.raises(StatementError, match="naive"):
        async with database.transaction() as tx:
            naive = NOW.replace(tzinfo=None)
            audit(tx, actor="a", act="b", kind="c", subject="d", now=naive)


def test_the_migrations_give_what_the_models_say(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    migrate(url)
    try:
        command.check(alembic_config(url))
    except CommandError as difference:
        pytest.fail(str(difference))


def test_migrations_can_be_taken_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    migrate(url)
    command.downgrade(alembic_config(url), "base")
    migrate(url)


async def test_a_database_that_was_never_migrated_is_not_ready(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'bare.db'}")
    with pytest.raises(OperationalError):
        await database.answers()
    await database.close()


def test_only_the_two_databases_are_taken() -> None:
    assert async_url("postgresql://u:p@h/d") == "postgresql+psycopg://u:p@h/d"
    with pytest.raises(ValueError, match="mysql"):
        async_url("mysql://u@h/d")


async def test_a_writer_waits_for_its_turn_longer_than_for_sqlites_lock(
    tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a rush the queue is longer than SQLite's patience; nobody may be told of an error for that."""
    monkeypatch.setattr(engine, "BUSY_MS", 30)
    file = tmp_path / "rush.db"
    file.write_bytes(empty_database.read_bytes())
    database = Database(f"sqlite:///{file}")

    async def write(subject: str) -> None:
        async with database.transaction() as tx:
            note(tx, subject)
            await tx.flush()
            await asyncio.sleep(0.05)

    await asyncio.gather(*(write(str(number)) for number in range(8)))
    async with database.reading() as tx:
        assert len((await tx.scalars(select(AuditEvent))).all()) == 8
    # Who holds the turn and asks again is told, and does not wait for itself.
    with pytest.raises(OperationalError):
        async with database.transaction() as tx:
            note(tx, "outer")
            await tx.flush()
            await write("inner")
    await database.close()


async def test_a_brief_unit_of_work_is_like_any_other(tmp_path: Path) -> None:
    database = fresh(tmp_path)
    async with database.brief() as tx:
        note(tx, "kept")
    with pytest.raises(ZeroDivisionError):
        async with database.brief() as tx:
            note(tx, "taken back")
            await tx.flush()
            raise ZeroDivisionError

    async def add(number: int) -> None:
        work = database.brief if number % 2 else database.transaction
        async with work() as tx:
            note(tx, str(number))
            await asyncio.sleep(0)

    await asyncio.gather(*(add(number) for number in range(20)))
    async with database.reading() as tx:
        found = [row.subject_id for row in await tx.scalars(select(AuditEvent))]
    assert sorted(found) == sorted(["kept", *map(str, range(20))])
    await database.close()


async def test_a_brief_unit_of_work_waits_for_another_process(tmp_path: Path) -> None:
    """Its wait for the lock keeps nobody else waiting."""
    database = fresh(tmp_path)
    async with database.brief() as tx:
        note(tx, "first")
    other = sqlite3.connect(tmp_path / "fresh.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def add() -> None:
        async with database.brief() as tx:
            note(tx, "patient")

    waiting = asyncio.create_task(add())
    async with asyncio.timeout(3):
        # The loop goes on although the lock is held: this would hang if the wait blocked it.
        for _ in range(20):
            await asyncio.sleep(0.01)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    await database.close()


async def test_postgresql_has_one_way_alone() -> None:
    assert engine.open_brief("postgresql://user@localhost/none") is None
    assert engine.open_brief("sqlite:///:memory:") is None
