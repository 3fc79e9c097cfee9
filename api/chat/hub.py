"""Wakes up whoever waits for news of a conversation; what happened is read from the database.

In one process that is a call. Several processes hear each other through Redis where it is set; without it they look
into the database every so often, which is right as well, only later.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Protocol

import structlog

log = structlog.get_logger(__name__)

# The topic of everything that the console shows.
STAFF = "staff"
CHANNEL = "stafet:live"
# Signs of typing that nobody has fetched yet; more than this are old.
KEPT = 20
# How long a lost Redis is left alone before it is tried again, in seconds.
RETRY = 2.0


class Listener:
    """One that waits for news of a topic."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._passing: list[dict[str, Any]] = []

    def wake(self, passing: dict[str, Any] | None = None) -> None:
        """Ends the wait; `passing` is what stands in no database, such as a sign of typing."""
        if passing is not None and len(self._passing) < KEPT:
            self._passing.append(passing)
        self._woken.set()

    async def wait(self, seconds: float) -> list[dict[str, Any]]:
        """Waits for news, at most so long; gives what passed by."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()
        passed, self._passing = self._passing, []
        return passed


class Hub(Protocol):
    """Carries news to those who wait for them."""

    # How long a listener may sleep without looking into the database, in seconds.
    look_every: float

    def listening(self, topic: str) -> Any:
        """A context with a listener for a topic."""
        ...

    async def tell(self, topic: str, passing: dict[str, Any] | None = None) -> None:
        """Wakes the listeners of a topic, in every process."""
        ...

    def running(self) -> Any:
        """A context in which the hub works."""
        ...


class LocalHub:
    """The hub of one process; `look_every` is short where other processes write too."""

    def __init__(self, look_every: float = 15.0) -> None:
        self.look_every = look_every
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    @contextmanager
    def listening(self, topic: str) -> Iterator[Listener]:
        """A context with a listener for a topic."""
        listener = Listener()
        self._listeners[topic].add(listener)
        try:
            yield listener
        finally:
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

    async def tell(self, topic: str, passing: dict[str, Any] | None = None) -> None:
        """Wakes the listeners in this process."""
        self.wake(topic, passing)

    def wake(self, topic: str, passing: dict[str, Any] | None = None) -> None:
        """Wakes the listeners that are here."""
        for listener in tuple(self._listeners.get(topic, ())):
            listener.wake(passing)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Nothing has to run."""
        yield


class RedisHub(LocalHub):
    """Hears other processes through Redis; while Redis is away, each looks into the database as before."""

    def __init__(self, url: str) -> None:
        super().__init__(look_every=5.0)
        from redis import asyncio as redis

        self._redis = redis.from_url(url, socket_connect_timeout=1.0)

    async def tell(self, topic: str, passing: dict[str, Any] | None = None) -> None:
        """Wakes the listeners here at once, and tells the others."""
        self.wake(topic, passing)
        from redis.exceptions import RedisError

        try:
            await self._redis.publish(CHANNEL, json.dumps([topic, passing]))
        except (RedisError, OSError) as error:
            log.warning("hub.redis_away", kind=type(error).__name__)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listens to Redis meanwhile."""
        ear = asyncio.create_task(self._hear())
        try:
            yield
        finally:
            ear.cancel()
            await asyncio.gather(ear, return_exceptions=True)
            await self._redis.aclose()

    async def _hear(self) -> None:
        from redis.exceptions import RedisError

        while True:
            try:
                async with self._redis.pubsub() as heard:
                    await heard.subscribe(CHANNEL)
                    async for message in heard.listen():
                        if message["type"] == "message":
                            topic, passing = json.loads(message["data"])
                            self.wake(topic, passing)
            except (RedisError, OSError) as error:
                log.warning("hub.redis_away", kind=type(error).__name__)
                await asyncio.sleep(RETRY)


def open_hub(redis_url: str | None, *, others_write: bool) -> LocalHub:
    """The hub that fits: through Redis, by looking often where other processes may write, or in this process."""
    if redis_url:
        return RedisHub(redis_url)
    return LocalHub(look_every=2.0 if others_write else 15.0)
