"""The bot's way into the application is open to the bot alone."""

from __future__ import annotations

from typing import Any

import pytest

from api.actions_route import PROXY_HEADERS, SECRET_HEADER
from api.secrets import revealed, with_secrets
from tests.api.conftest import World

PATH = "/internal/actions"


def secret_of(world: World) -> dict[str, str]:
    return {SECRET_HEADER: revealed(with_secrets(world.settings).action_secret)}


def call(action: str) -> dict[str, Any]:
    return {
        "next_action": action, "sender_id": "s", "version": "3.6.21",
        "tracker": {"sender_id": "s", "slots": {"language": "da"}, "latest_message": {"text": "hej"},
                    "events": [], "paused": False, "followup_action": None, "active_loop": {},
                    "latest_action_name": None, "latest_input_channel": "rest"},
        "domain": {"responses": {}, "slots": {}},
    }  # fmt: skip


async def test_our_bot_gets_in(world: World) -> None:
    async with world.client(headers=secret_of(world)) as client:
        answer = await client.post(PATH, json=call("action_greet"))
    assert answer.status_code == 200
    assert {"events", "responses"} <= answer.json().keys()


@pytest.mark.parametrize("given", [None, "", "wrong", "æøå"])
async def test_nobody_else_does(world: World, problem: Any, given: str | None) -> None:
    headers = {} if given is None else {SECRET_HEADER: given.encode()}
    async with world.client() as client:
        problem(await client.post(PATH, json=call("x"), headers=headers), 403, "actions_local_only")


@pytest.mark.parametrize("address", ["10.0.0.9", "192.168.1.2", "2001:db8::1", "unknown"])
async def test_the_secret_alone_does_not_do_from_outside(
    world: World, problem: Any, address: str
) -> None:
    async with world.client(headers=secret_of(world), address=(address, 1234)) as client:
        problem(await client.post(PATH, json=call("x")), 403, "actions_local_only")


@pytest.mark.parametrize("header", PROXY_HEADERS)
async def test_nor_does_it_through_a_proxy(world: World, problem: Any, header: str) -> None:
    headers = {**secret_of(world), header: "127.0.0.1"}
    async with world.client(headers=headers) as client:
        problem(await client.post(PATH, json=call("x")), 403, "actions_local_only")


async def test_an_unknown_action_is_said_to_be_unknown(world: World) -> None:
    async with world.client(headers=secret_of(world)) as client:
        answer = await client.post(PATH, json=call("action_does_not_exist"))
    assert answer.status_code == 404
    assert answer.json()["action_name"] == "action_does_not_exist"


async def test_it_is_not_in_the_published_interface(world: World) -> None:
    async with world.client() as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    assert not [path for path in paths if path.startswith(("/internal", "/staff"))]
    assert "/api/v1/chat/sessions" in paths
