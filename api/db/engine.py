"""Opens the database and hands out transactions.

The same models run on SQLite (the default: write-ahead log, full durability) and on PostgreSQL. A unit of work is
one transaction: it is committed before anybody is told that something was saved.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from api.db.direct import Direct, Lane, PostgresLane, SqliteLane

# How long a writer waits for another one on SQLite, in milliseconds.
BUSY_MS = 5000
# How long a writer waits in our own queue, in seconds. A rush that the disk cannot keep up with makes it long; whoever
# left it early would only meet SQLite's lock, and be told of an error where patience is enough.
QUEUE_SECONDS = 30.0
READ_ONLY = "stafet_read_only"
# Write-ahead log, a commit that has reached the disk, and erased words that are gone from the file.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


def async_url(url: str) -> str:
    """The URL with its asynchronous driver: aiosqlite for SQLite, psycopg for PostgreSQL."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    driver = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}.get(backend)
    if driver is None:
        raise ValueError(
            f"STAFET_DATABASE_URL: {backend} is not supported; use SQLite or PostgreSQL"
        )
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def open_engine(url: str) -> AsyncEngine:
    """An engine for `url`; makes the folder of an SQLite file if it is not there.

    Errors never repeat the values of a statement: they would be what citizens wrote.
    """
    parsed = make_url(async_url(url))
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            parsed, connect_args={"timeout": BUSY_MS / 1000}, hide_parameters=True
        )
        _prepare_sqlite(engine)
        return engine
    return create_async_engine(
        parsed, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
    )


def open_lane(engine: AsyncEngine) -> Lane:
    """The short way to the same database, for units of work of a few statements by key.

    Raises:
        ValueError: an SQLite database that is not a plain file.
    """
    if engine.dialect.name != "sqlite":
        return PostgresLane(engine)
    file = engine.url.database
    if not file or file == ":memory:" or engine.url.query:
        raise ValueError("STAFET_DATABASE_URL: for SQLite, name a plain file, without options")
    return SqliteLane(file, engine.dialect, PRAGMAS, BUSY_MS)


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """Makes SQLite durable and its transactions real.

    The driver's own habit of beginning late lets two readers deadlock on upgrading to writers; so a transaction
    that may write takes the write lock when it begins.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*PRAGMAS, f"busy_timeout={BUSY_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _on_begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


class Database:
    """One engine and the transactions over it."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._readers = async_sessionmaker(
            self.engine.execution_options(**{READ_ONLY: True}), expire_on_commit=False
        )
        self._lane = open_lane(self.engine)
        # SQLite has one writer at a time, and lets the others sleep and try again, up to a tenth of a second
        # each time; in our own queue the next one begins at once. Other processes still meet SQLite's own lock.
        self._writing = asyncio.Lock() if self.engine.dialect.name == "sqlite" else None
        self._writer: asyncio.Task[object] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: committed at the end, rolled back on any error."""
        async with self._turn_to_write(), self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def direct(self) -> AsyncIterator[Direct]:
        """Like `transaction`, for a few prepared statements by key, which go straight to the driver.

        On SQLite they run where they are called; what takes longer would keep everybody waiting.
        """
        async with self._turn_to_write(), self._lane.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def _turn_to_write(self) -> AsyncIterator[None]:
        if self._writing is None or self._writer is asyncio.current_task():
            # Whoever holds it and asks again would wait for itself; SQLite's own lock says so as an error.
            yield
            return
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._writing.acquire()
        except TimeoutError:
            yield
            return
        self._writer = asyncio.current_task()
        try:
            yield
        finally:
            self._writer = None
            self._writing.release()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, and so never waits for a writer."""
        async with self._readers() as session, session.begin():
            yield session

    async def answers(self) -> bool:
        """Whether the database can be reached and has been migrated."""
        async with self.reading() as session:
            await session.execute(text("SELECT version_num FROM alembic_version"))
        return True

    async def checkpoint(self) -> None:
        """On SQLite, brings the write-ahead log into the file and empties it, so that nothing erased stays in it.

        Whoever reads just now may put it off until next time.
        """
        if self.engine.dialect.name != "sqlite":
            return
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            await cursor.close()

    async def close(self) -> None:
        """Closes all connections."""
        await self._lane.close()
        await self.engine.dispose()
