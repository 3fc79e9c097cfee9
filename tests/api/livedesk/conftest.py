"""The application with a Matrix homeserver beside it, and somebody there who answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

import api.livedesk
from api.chat.staffing import Staffing
from api.livedesk.bridge import Bridge
from api.livedesk.matrix import MatrixDesk
from api.livedesk.matrix_route import build_matrix_route
from api.words import load_words
from tests.api.chat.conftest import citizen as citizen
from tests.api.conftest import World
from tests.api.livedesk.homeserver import HS_TOKEN, LARS, METTE, FakeHomeserver

TEXTS = Path(api.livedesk.__file__).parent / "texts"
_numbers = count(1)


@dataclass
class Matrix:
    """The homeserver, the bridge to it, and what comes back from there."""

    world: World
    homeserver: FakeHomeserver
    http: httpx.AsyncClient
    bridge: Bridge = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A process that has just begun: it remembers nothing."""
        live = self.world.app.state.chat.live
        staffing = Staffing(live, session_hours=24, units=("bif",))
        desk = MatrixDesk(self.homeserver.client(), (METTE, LARS))
        self.bridge = Bridge(desk, staffing, load_words(TEXTS))

    async def push(
        self, *events: dict[str, Any], token: str = HS_TOKEN, transaction: str | None = None
    ) -> httpx.Response:
        """Hands events over as the homeserver does."""
        return await self.http.put(
            f"/_matrix/app/v1/transactions/{transaction or next(_numbers)}",
            json={"events": list(events)}, headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip

    def message(self, text: str, sender: str = METTE) -> dict[str, Any]:
        """What somebody writes in the room."""
        return {
            "type": "m.room.message", "sender": sender, "room_id": self.homeserver.place,
            "event_id": f"$there-{next(_numbers)}",
            "content": {"msgtype": "m.text", "body": text},
        }  # fmt: skip

    async def write(self, text: str, sender: str = METTE) -> None:
        """Somebody writes, and it is handed over."""
        assert (await self.push(self.message(text, sender))).status_code == 200


@pytest.fixture
async def matrix(world: World) -> AsyncIterator[Matrix]:
    async with world.client() as http:
        made = Matrix(world, FakeHomeserver(), http)

        class Now:
            """The bridge that runs at the moment."""

            def __getattr__(self, name: str) -> Any:
                return getattr(made.bridge, name)

        world.app.include_router(build_matrix_route(Now(), SecretStr(HS_TOKEN)))
        yield made
