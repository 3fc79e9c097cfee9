"""Members of staff with accounts, and a browser that keeps cookies."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from api.auth import Role, create_account
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
