"""Keeping and forgetting on a real PostgreSQL: back-ups move between databases, ids go on, nothing is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from api.db.engine import Database
from api.db.migrate import sync_url
from api.db.models import AuditEvent
from api.db.tables import TABLES
from api.keeping.backup import back_up
from api.keeping.restore import restore
from tests.api.conftest import World
from tests.api.keeping.test_forgetting import DAYS, a_full_case, forgetting, places
from tests.server.conftest import Server

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]


def rows(url: str) -> dict[str, list[Any]]:
    """Every row of every table, however the database orders them."""
    engine = create_engine(sync_url(url))
    with engine.connect() as connection:
        found = {
            name: sorted(
                repr([same(value) for value in row]) for row in connection.execute(select(table))
            )
            for name, table in TABLES.items()
        }
    engine.dispose()
    return found


def same(value: Any) -> Any:
    """A moment is the same in whatever zone it is written."""
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def quiet(_: str) -> None:
    """Says nothing."""


async def test_a_backup_goes_to_sqlite_and_back_and_ids_go_on(
    world: World, url: str, postgres: Server, tmp_path: Path
) -> None:
    async with world.client() as client:
        await a_full_case(world, client)
    held = rows(url)
    first = tmp_path / "first.tar.gz"
    back_up(url, world.settings.var, first, made_at=world.time(), say=quiet)

    small = f"sqlite:///{tmp_path / 'small' / 'stafet.db'}"
    restore(small, tmp_path / "small", first, say=quiet)
    assert rows(small) == held
    second = tmp_path / "second.tar.gz"
    back_up(small, tmp_path / "small", second, made_at=world.time(), say=quiet)

    large = postgres.new_database()
    restore(large, tmp_path / "large", second, say=quiet)
    assert rows(large) == held
    kept = world.settings.var / "attachments"
    came = tmp_path / "large" / "attachments"
    assert {one.name: one.read_bytes() for one in came.iterdir()} == {
        one.name: one.read_bytes() for one in kept.iterdir()
    }
    for url_of_copy in (large, small):
        await one_more(url_of_copy, len(held["audit_event"]), world.time())


async def one_more(url: str, count: int, at: dt.datetime) -> None:
    """Writes a line into the log; its number must be a new one."""
    database = Database(url)
    async with database.transaction() as tx:
        before = list(await tx.scalars(select(AuditEvent.id)))
        added = AuditEvent(at=at, actor="a", act="viewed", subject_kind="c", subject_id="d")
        tx.add(added)
        await tx.flush()
        assert len(before) == count
        assert added.id == max(before) + 1
    await database.close()


@pytest.mark.parametrize("way", ["in time", "at once"])
async def test_nothing_of_a_complaint_is_left(world: World, way: str) -> None:
    async with world.client() as client:
        reference = await a_full_case(world, client)
    assert await places(world) != set()
    act: dict[str, Callable[[], Any]] = {
        "in time": forgetting(world).run,
        "at once": lambda: forgetting(world).erase(reference),
    }
    world.time.move(days=DAYS["complaint_ended"] + 1)
    assert await act[way]()
    assert await places(world) == set()
