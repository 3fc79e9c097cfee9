"""Members of staff with accounts, and a browser that keeps cookies."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.auth import Role, create_account
from tests.api.chat.conftest import citizen as citizen
from tests.api.conftest import World

PASSWORD = "korrekt hest batteri"


async def add(world: World, username: str, *roles: Role) -> None:
    await create_account(
        world.database, username=username, name=username.title(), password=PASSWORD,
        roles=list(roles), units=["bif"], now=world.time(),
    )  # fmt: skip


def hidden(page: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


async def sign_in(
    browser: httpx.AsyncClient, username: str, password: str = PASSWORD, to: str = ""
) -> httpx.Response:
    page = await browser.get("/staff/login", params={"til": to})
    return await browser.post(
        "/staff/login",
        data={
            "username": username,
            "password": password,
            "form": hidden(page.text, "form"),
            "til": to,
        },
    )


@pytest.fixture
async def browser(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.client() as http:
        yield http


@dataclass
class Colleague:
    """Somebody at the console: signed in, with the page's token against forged requests."""

    http: httpx.AsyncClient
    csrf: str

    async def act(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(
            f"/api/v1/staff/{path}", json=body, headers={"X-CSRF-Token": self.csrf}
        )

    async def on(self, session: str, act: str, **body: Any) -> httpx.Response:
        return await self.act(f"conversations/{session}/{act}", **body)

    async def see(self, path: str = "conversations") -> Any:
        answer = await self.http.get(f"/api/v1/staff/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def console(world: World) -> AsyncIterator[Callable[..., Awaitable[Colleague]]]:
    """Opens consoles: each with an account of its own, on duty unless told otherwise."""
    opened: list[httpx.AsyncClient] = []

    async def open_one(
        username: str, *roles: Role, on_duty: bool = True, units: Sequence[str] = ()
    ) -> Colleague:
        await create_account(
            world.database, username=username, name=username.title(), password=PASSWORD,
            roles=list(roles or (Role.LIVE_STAFF,)), units=list(units), now=world.time(),
        )  # fmt: skip
        http = world.client()
        opened.append(http)
        await sign_in(http, username)
        colleague = Colleague(http, hidden((await http.get("/staff")).text, "csrf"))
        if on_duty:
            beat = await colleague.act("heartbeat", on_duty=True)
            assert beat.status_code == 204, beat.text
        return colleague

    yield open_one
    for http in opened:
        await http.aclose()
