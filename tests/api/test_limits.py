"""Floods are stopped with a time to come back; a person can always be reached."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import HTTPConnection

from api.app import Parts, create_app
from api.deps import LIMITS, RateLimiter
from api.errors import TooMany
from knowledge.organisation import load_organisation
from tests.api.chat.conftest import SESSIONS
from tests.api.conftest import World


async def test_limits_stop_a_flood_but_never_the_way_to_a_person(
    world: World, problem: Any
) -> None:
    parts_app = world.app
    limited = world.settings.model_copy(update={"rate_limits": True})
    async with world.rasa.client() as rasa_http:
        parts = Parts(
            database=world.database, knowledge=parts_app.state.knowledge,
            organisation=load_organisation("koebenhavn"), rasa_http=rasa_http,
            clock=parts_app.state.clock,
        )  # fmt: skip
        world.app = create_app(limited, parts)
        async with world.client() as client:
            opened = (await client.post(SESSIONS)).json()
            headers = {"Authorization": f"Bearer {opened['token']}"}
            allowed = int(LIMITS["chat_open"].split("/")[0])
            answers = [await client.post(SESSIONS) for _ in range(allowed)]
            body = problem(answers[-1], 429, "too_many")
            assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
            assert answers[-1].headers["retry-after"] in body["detail"]
            for _ in range(200):
                person = await client.post(
                    f"{SESSIONS}/{opened['session']}/handoff", headers=headers
                )
                assert person.status_code == 200
        async with world.client(address=("127.0.0.2", 1)) as neighbour:
            assert (await neighbour.post(SESSIONS)).status_code == 201


async def test_a_redis_that_is_away_takes_no_limit_away(unused_tcp_port: int) -> None:
    limiter = RateLimiter(on=True, redis_url=f"redis://127.0.0.1:{unused_tcp_port}")
    caller = HTTPConnection({"type": "http", "client": ("10.1.1.1", 1), "headers": []})
    for _ in range(int(LIMITS["sign_in"].split("/")[0])):
        await limiter.check("sign_in", caller)
    with pytest.raises(TooMany):
        await limiter.check("sign_in", caller)
