"""Stand-ins for the parts of the application that live in other processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

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

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.dead:
            raise httpx.ConnectError("refused", request=request)
        path = request.url.path
        if path == "/status":
            return httpx.Response(200, json={"model_file": self.model_file})
        if path == "/webhooks/turns/webhook":
            assert request.headers["authorization"].startswith("Bearer ")
            return await self._message(json.loads(request.content))
        assert path.endswith("/tracker/events"), path
        assert json.loads(request.content) == []
        self.forgotten.append(path.split("/")[2])
        return httpx.Response(200, json={})

    async def _message(self, message: dict[str, Any]) -> httpx.Response:
        self.sent.append(message)
        sender = message["sender"]
        self.at_once[sender] = self.at_once.get(sender, 0) + 1
        self.most_at_once = max(self.most_at_once, self.at_once[sender])
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
                raise httpx.ReadTimeout("slow")
            await asyncio.sleep(0.005)
            answer = {"replies": self.replies(message["message"]), "slots": self.slots}
            return httpx.Response(self.status, json=answer)
        finally:
            self.at_once[sender] -= 1

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url="http://bot", transport=httpx.MockTransport(self))


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
