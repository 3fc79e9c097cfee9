"""SQLite for units of work of a few statements by key: run where they are called, not handed to a thread.

The asynchronous driver hands every step of every statement to a thread and waits for it, which takes many times as
long as a look-up by key itself. What may wait, for another process's lock or for the disk, still goes to a thread:
taking the write lock, and the commit.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

# What waits for other processes that write.
WAITS = "BEGIN IMMEDIATE"


class _Cursor:
    """A cursor with the shape that SQLAlchemy expects of the asynchronous driver."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.arraysize = 1

    @property
    def description(self) -> Any:
        """The columns of a result; nothing where there is none."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The number that the database gave to the row that was added last."""
        return self._cursor.lastrowid

    async def __aenter__(self) -> _Cursor:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> _Cursor:
        """Runs one statement, here or, where it may wait, in a thread."""
        if statement == WAITS:
            await asyncio.to_thread(self._cursor.execute, statement)
        else:
            self._cursor.execute(statement, values)
        return self

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> _Cursor:
        """Runs one statement for several rows of values."""
        self._cursor.executemany(statement, rows)
        return self

    async def fetchall(self) -> list[Any]:
        """All rows of the result."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Lets the result go."""
        self._cursor.close()


class _AtOnce:
    """Where the driver queues work for its thread; here it is done when it is put in."""

    def put_nowait(self, task: tuple[asyncio.Future[Any], Callable[[], Any]]) -> None:
        """Does the task and tells its result."""
        future, work = task
        future.set_result(work())


class InlineConnection:
    """A connection with the shape that SQLAlchemy expects of the asynchronous driver."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = self._conn = connection
        self._tx = _AtOnce()

    def cursor(self) -> _Cursor:
        """A new cursor."""
        return _Cursor(self._connection.cursor())

    async def commit(self) -> None:
        """Returns when the disk has it."""
        await asyncio.to_thread(self._connection.commit)

    async def rollback(self) -> None:
        """Takes back what was not committed."""
        self._connection.rollback()

    async def create_function(self, *what: Any, **how: Any) -> None:
        """Gives the database a function of Python's."""
        self._connection.create_function(*what, **how)

    @property
    def isolation_level(self) -> str | None:
        """How the driver would begin transactions by itself."""
        return self._connection.isolation_level

    async def close(self) -> None:
        """Closes it."""
        self._connection.close()

    def stop(self) -> None:
        """Closes it where nobody can wait."""
        self._connection.close()


async def connect_inline(database: str, busy_seconds: float) -> InlineConnection:
    """Opens a file; its commits come from other threads than its statements, never at the same time."""
    return InlineConnection(
        sqlite3.connect(database, timeout=busy_seconds, check_same_thread=False)
    )
