"""Ready means that the bot, the index and the database all answer."""

from __future__ import annotations

import httpx

from tests.api.conftest import World


async def test_all_is_well(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["parts"] == {"bot": True, "index": True, "database": True}


async def test_it_names_what_does_not_answer(world: World, client: httpx.AsyncClient) -> None:
    world.rasa.dead = True
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["parts"] == {"bot": False, "index": True, "database": True}
    assert (await client.get("/healthz")).status_code == 200


async def test_a_bot_without_a_model_is_not_ready(world: World, client: httpx.AsyncClient) -> None:
    world.rasa.model_file = None
    assert (await client.get("/readyz")).json()["parts"]["bot"] is False
