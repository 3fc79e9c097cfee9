"""A citizen with an open conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.api.conftest import World

SESSIONS = "/api/v1/chat/sessions"


@dataclass
class Citizen:
    """Somebody chatting: the client carries the session's token."""

    http: httpx.AsyncClient
    session: str
    token: str
    opened: dict[str, Any]

    async def say(self, text: str, **more: Any) -> httpx.Response:
        return await self.http.post(
            f"{SESSIONS}/{self.session}/messages", json={"text": text, **more}
        )

    async def press(self, payload: str) -> httpx.Response:
        return await self.http.post(
            f"{SESSIONS}/{self.session}/messages", json={"payload": payload}
        )

    async def read(self, after: int = 0) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{SESSIONS}/{self.session}/messages", params={"after": after})
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


async def open_chat(world: World, **wanted: Any) -> Citizen:
    http = world.client()
    opened = await http.post(SESSIONS, json=wanted)
    assert opened.status_code == 201, opened.text
    body = opened.json()
    http.headers["Authorization"] = f"Bearer {body['token']}"
    return Citizen(http, body["session"], body["token"], body)


async def ask_for_person(citizen: Citizen, **wish: Any) -> dict[str, Any]:
    answer = await citizen.http.post(f"{SESSIONS}/{citizen.session}/handoff", json=wish)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def state_of(citizen: Citizen) -> str:
    answer = await citizen.http.get(f"{SESSIONS}/{citizen.session}/messages")
    return str(answer.json()["state"])


@pytest.fixture
async def citizen(world: World) -> AsyncIterator[Citizen]:
    opened = await open_chat(world)
    yield opened
    await opened.http.aclose()
