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
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import audit
from api.db import engine
from api.db.engine import Database, async_url
from api.db.migrate import alembic_config, migrate
from api.db.models import AuditEvent
from api.db.prepared import Prepared
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


ADD = Prepared(insert(AuditEvent), ["at", "actor", "act", "subject_kind", "subject_id", "details"])
FIND = Prepared(
    select(AuditEvent.at, AuditEvent.details, AuditEvent.subject_id)
    .where(AuditEvent.actor == bindparam("who"))
    .order_by(AuditEvent.subject_id)
    .limit(30)
)
EVERY = Prepared(
    select(AuditEvent.at, AuditEvent.details, AuditEvent.subject_id).where(
        AuditEvent.actor == bindparam("who")
    )
)


def row(subject: str) -> dict[str, Any]:
    """What `ADD` is given."""
    return {
        "at": NOW, "actor": "test", "act": "viewed", "subject_kind": "staff", "subject_id": subject,
        "details": {"ord": "blå"},
    }  # fmt: skip


async def test_a_direct_unit_of_work_is_like_any_other(tmp_path: Path) -> None:
    database = fresh(tmp_path)
    async with database.direct() as tx:
        await tx.run(ADD, row("kept"))
    with pytest.raises(ZeroDivisionError):
        async with database.direct() as tx:
            await tx.run(ADD, row("taken back"))
            raise ZeroDivisionError

    async def add(number: int) -> None:
        if number % 2:
            async with database.direct() as tx:
                await tx.run(ADD, row(str(number)))
                await asyncio.sleep(0)
            return
        async with database.transaction() as mapped:
            note(mapped, str(number))
            await asyncio.sleep(0)

    await asyncio.gather(*(add(number) for number in range(20)))
    async with database.direct() as tx:
        found = await tx.rows(FIND, who="test")
    assert [subject for _, _, subject in found] == sorted(["kept", *map(str, range(20))])
    # Values come back as the mapper gives them: aware times, and JSON read.
    assert found[-1] == (NOW, {"ord": "blå"}, "kept")
    async with database.reading() as mapped:
        kept = await mapped.scalar(select(AuditEvent).where(AuditEvent.subject_id == "kept"))
        assert kept is not None
        assert (kept.at, kept.details) == (NOW, {"ord": "blå"})
    await database.close()


async def test_an_insert_is_given_all_that_it_sets(tmp_path: Path) -> None:
    database = fresh(tmp_path)
    short = row("short")
    del short["details"]
    with pytest.raises(KeyError):
        async with database.direct() as tx:
            await tx.run(ADD, short)
    with pytest.raises(StatementError):
        async with database.direct() as tx:
            await tx.run(ADD, row("naive") | {"act": None})
    # What failed took nothing with it.
    async with database.direct() as tx:
        await tx.run(ADD, row("after"))
        assert len(await tx.rows(FIND, who="test")) == 1
    await database.close()


async def test_an_error_of_a_direct_unit_of_work_keeps_the_words_to_itself(tmp_path: Path) -> None:
    database = fresh(tmp_path)
    with pytest.raises(IntegrityError) as caught:
        async with database.direct() as tx:
            await tx.run(ADD, row("hemmelige ord") | {"act": None})
    assert "hemmelige" not in str(caught.value)
    await database.close()


async def test_a_direct_unit_of_work_waits_for_another_process(tmp_path: Path) -> None:
    """Its wait for the lock keeps nobody else waiting; who gives up waiting leaves nothing locked."""
    database = fresh(tmp_path)
    async with database.direct() as tx:
        await tx.run(ADD, row("first"))
    other = sqlite3.connect(tmp_path / "fresh.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def add(subject: str) -> None:
        async with database.direct() as tx:
            await tx.run(ADD, row(subject))

    waiting = asyncio.create_task(add("patient"))
    impatient = asyncio.create_task(add("impatient"))
    async with asyncio.timeout(3):
        # The loop goes on although the lock is held: this would hang if the wait blocked it.
        for _ in range(20):
            await asyncio.sleep(0.01)
    assert not waiting.done()
    impatient.cancel()
    other.execute("COMMIT")
    other.close()
    await waiting
    await asyncio.gather(impatient, return_exceptions=True)
    await add("after")
    async with database.direct() as tx:
        found = await tx.rows(FIND, who="test")
    assert [subject for _, _, subject in found] == ["after", "first", "patient"]
    await database.close()


async def test_who_is_gone_while_it_is_saved_leaves_nothing_half_done(tmp_path: Path) -> None:
    """A commit goes on in its thread; the connection is nobody else's until it has ended."""
    database = fresh(tmp_path)

    async def add(subject: str) -> None:
        async with database.direct() as tx:
            await tx.run(ADD, row(subject))

    for number in range(30):
        task = asyncio.create_task(add(f"{number:02}"))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, add(f"{number:02} after"), return_exceptions=True)
    async with database.direct() as tx:
        found = [subject for _, _, subject in await tx.rows(EVERY, who="test")]
    assert len([subject for subject in found if subject.endswith("after")]) == 30
    await database.close()


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite://", "sqlite:///a.db?timeout=3"])
async def test_sqlite_is_a_plain_file(url: str) -> None:
    with pytest.raises(ValueError, match="plain file"):
        Database(url)
