"""A live connection without a network: the frames that a browser sends and gets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

# Long enough for a slow machine, short enough to fail.
PATIENCE = 10.0


class Line:
    """One connection as its browser sees it."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self.from_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()

    async def send(self, frame: Mapping[str, Any] | str | bytes) -> None:
        """Sends a frame; a mapping goes as JSON."""
        if isinstance(frame, bytes):
            await self.to_app.put({"type": "websocket.receive", "bytes": frame})
            return
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self.to_app.put({"type": "websocket.receive", "text": text})

    async def heard(self) -> dict[str, Any]:
        """The next frame that came."""
        frame = await self._next()
        assert frame["type"] == "websocket.send", frame
        content: dict[str, Any] = json.loads(frame["text"])
        return content

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind; what comes before it is passed over."""
        while True:
            frame = await self.heard()
            if frame["type"] == kind:
                return frame

    async def closed(self) -> int:
        """The code with which the application closes; other frames are passed over."""
        while True:
            frame = await self._next()
            if frame["type"] == "websocket.close":
                return int(frame.get("code", 1000))

    async def _next(self) -> MutableMapping[str, Any]:
        return await asyncio.wait_for(self.from_app.get(), PATIENCE)


@asynccontextmanager
async def connected(
    app: FastAPI, path: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Line]:
    """Connects, and hangs up at the end."""
    line = Line()
    scope = {
        "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {"host": "127.0.0.1:8000", **(headers or {})}.items()
        ],
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8000), "subprotocols": [],
    }  # fmt: skip
    await line.to_app.put({"type": "websocket.connect"})
    served = asyncio.create_task(app(scope, line.to_app.get, line.from_app.put))
    first = await asyncio.wait_for(line.from_app.get(), PATIENCE)
    if first["type"] != "websocket.accept":
        await line.from_app.put(first)
    try:
        yield line
    finally:
        await line.to_app.put({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(served, PATIENCE)
