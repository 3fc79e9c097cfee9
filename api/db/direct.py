"""Transactions that hand prepared statements straight to the driver, on SQLite and on PostgreSQL.

For units of work of a few statements by key. SQLite's statements run where they are called, since handing each to a
thread takes many times as long as the look-up itself; what may wait, for another process's lock or for the disk,
goes to a thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol

from sqlalchemy import Dialect
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.db.prepared import Prepared

BEGIN = "BEGIN IMMEDIATE"


class Direct(Protocol):
    """One transaction."""

    async def rows(self, statement: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """The rows that a statement finds."""
        ...

    async def run(self, statement: Prepared, *several: Mapping[str, Any]) -> None:
        """Runs a statement once for each set of values."""
        ...


class SqliteLane:
    """Direct transactions on an SQLite file, over one connection that is kept."""

    def __init__(self, file: str, dialect: Dialect, pragmas: Sequence[str], busy_ms: int) -> None:
        self._file = file
        self._dialect = dialect
        self._pragmas = pragmas
        self._busy_ms = busy_ms
        self._idle: list[sqlite3.Connection] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Direct]:
        """One unit of work that holds the write lock from its beginning: committed at the end, or taken back."""
        connection = self._idle.pop() if self._idle else self._open()
        sound = False
        try:
            with _said_as_always(sqlite3.Error, self._dialect):
                await self._begin(connection)
                yield _OnSqlite(connection, self._dialect)
                await _in_thread(connection.commit)
            sound = True
        except SQLAlchemyError:
            raise
        except BaseException:
            # Not the database's fault.
            connection.rollback()
            sound = True
            raise
        finally:
            if sound and not self._idle:
                self._idle.append(connection)
            else:
                connection.close()

    async def close(self) -> None:
        """Closes the connection that is kept."""
        while self._idle:
            self._idle.pop().close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        for pragma in (*self._pragmas, "busy_timeout=0"):
            connection.execute(f"PRAGMA {pragma}").close()
        return connection

    async def _begin(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute(BEGIN)
        except sqlite3.OperationalError:
            # Another process writes: whoever waits for it keeps nobody else waiting.
            def patiently() -> None:
                connection.execute(f"PRAGMA busy_timeout={self._busy_ms}").close()
                connection.execute(BEGIN)
                connection.execute("PRAGMA busy_timeout=0").close()

            await _in_thread(patiently)


class _OnSqlite:
    """A transaction on SQLite."""

    def __init__(self, connection: sqlite3.Connection, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    async def rows(self, statement: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """The rows that a statement finds."""
        known = statement.for_dialect(self._dialect)
        found = self._connection.execute(known.sql, known.values(values)).fetchall()
        return [known.row(row) for row in found]

    async def run(self, statement: Prepared, *several: Mapping[str, Any]) -> None:
        """Runs a statement once for each set of values."""
        known = statement.for_dialect(self._dialect)
        for values in several:
            self._connection.execute(known.sql, known.values(values))


class PostgresLane:
    """Direct transactions on PostgreSQL, over the connections of the engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Direct]:
        """One unit of work: committed at the end; the pool takes back what was not."""
        import psycopg

        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            with _said_as_always(psycopg.Error, self._engine.dialect):
                yield _OnPostgres(driver, self._engine.dialect)
                await driver.commit()

    async def close(self) -> None:
        """The engine closes its connections."""


class _OnPostgres:
    """A transaction on PostgreSQL."""

    def __init__(self, driver: Any, dialect: Dialect) -> None:
        self._driver = driver
        self._dialect = dialect

    async def rows(self, statement: Prepared, **values: Any) -> list[tuple[Any, ...]]:
        """The rows that a statement finds."""
        known = statement.for_dialect(self._dialect)
        cursor = await self._driver.execute(known.sql, known.values(values))
        return [known.row(row) for row in await cursor.fetchall()]

    async def run(self, statement: Prepared, *several: Mapping[str, Any]) -> None:
        """Runs a statement once for each set of values."""
        known = statement.for_dialect(self._dialect)
        for values in several:
            await self._driver.execute(known.sql, known.values(values))


Lane = SqliteLane | PostgresLane


async def _in_thread(work: Callable[[], object]) -> None:
    """Waits for the work even where nobody wants it any longer: the connection is its own until it has ended."""
    future = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        raise


@contextmanager
def _said_as_always(errors: type[Exception], dialect: Dialect) -> Iterator[None]:
    """Raises the driver's errors as the mapper would, without the values: they are what citizens wrote."""
    try:
        yield
    except errors as error:
        raise DBAPIError.instance(
            None, None, error, errors, hide_parameters=True, dialect=dialect
        ) from error
