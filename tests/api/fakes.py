"""Stand-ins for the parts of the application that live in other processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from api.chat.rasa import BotUnavailable
from api.clock import Clock

Reply = list[dict[str, Any]]


@dataclass
class FakeRasa:
    """Answers like Rasa's HTTP interface; remembers what it was asked and can misbehave."""

    replies: Callable[[str], Reply] = lambda text: [{"text": f"svar: {text}"}]
    slots: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    delay: float = 0.0
    dead: bool = False
    model_file: str | None = "bot.tar.gz"
    sent: list[dict[str, Any]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    at_once: dict[str, int] = field(default_factory=dict)
    most_at_once: int = 0

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None, body: Any = None,
    ) -> Any:  # fmt: skip
        """Answers a call as the real one would."""
        if self.dead:
            raise BotUnavailable("refused")
        if path == "/status":
            return {"model_file": self.model_file}
        if path == "/webhooks/turns/webhook":
            assert (headers or {})["Authorization"].startswith("Bearer ")
            return await self._message(json.loads(json.dumps(body)))
        assert path.endswith("/tracker/events"), path
        assert (method, body) == ("PUT", [])
        assert (params or {})["token"]
        self.forgotten.append(path.split("/")[2])
        return {}

    async def _message(self, message: dict[str, Any]) -> Any:
        self.sent.append(message)
        sender = message["sender"]
        self.at_once[sender] = self.at_once.get(sender, 0) + 1
        self.most_at_once = max(self.most_at_once, self.at_once[sender])
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
                raise BotUnavailable("timeout")
            await asyncio.sleep(0.005)
            if self.status != 200:
                raise BotUnavailable(f"status-{self.status}")
            answer = {"replies": self.replies(message["message"]), "slots": self.slots}
            return json.loads(json.dumps(answer))
        finally:
            self.at_once[sender] -= 1

    async def aclose(self) -> None:
        """Nothing is open."""

    @asynccontextmanager
    async def client(self) -> AsyncIterator[FakeRasa]:
        """The line to it."""
        yield self


class FakeTime:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) -> None:
        self.time = start

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)

    def clock(self) -> Clock:
        return Clock(read=self)
