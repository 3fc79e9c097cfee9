"""Several processes share the conversations: PostgreSQL lets one claim win, Redis carries the news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.app import Parts, create_app
from api.auth import Role, create_account
from api.chat.hub import RedisHub
from api.db.engine import Database
from api.db.handoff_models import Handoff, HandoffEvent
from knowledge.organisation import load_organisation
from tests.api.chat.conftest import SESSIONS, open_chat
from tests.api.conftest import World
from tests.api.staff.conftest import PASSWORD, Colleague, hidden, sign_in
from tests.conftest import leave_out
from tests.server.redis_server import PROGRAM, RedisServer

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]

TOPIC = "a-conversation"
SIGN = {"type": "typing", "sender": "staff"}


@pytest.fixture
async def second(world: World) -> AsyncIterator[World]:
    """A second process of the application: its own connections to the same database."""
    database = Database(world.settings.database)
    async with world.rasa.client() as rasa_http:
        parts = Parts(
            database=database, knowledge=world.app.state.knowledge,
            organisation=load_organisation("koebenhavn"), rasa_http=rasa_http,
            clock=world.time.clock(),
        )  # fmt: skip
        yield World(
            create_app(world.settings, parts), database, world.rasa, world.time, world.settings
        )
    await database.close()


async def colleague(world: World, username: str) -> Colleague:
    await create_account(
        world.database, username=username, name=username.title(), password=PASSWORD,
        roles=[Role.LIVE_STAFF], units=[], now=world.time(),
    )  # fmt: skip
    http = world.client()
    await sign_in(http, username)
    one = Colleague(http, hidden((await http.get("/staff")).text, "csrf"))
    await one.act("heartbeat", on_duty=True)
    return one


async def test_of_many_claims_in_two_processes_one_wins(world: World, second: World) -> None:
    both = [await colleague(world, "mette"), await colleague(second, "lars")]
    for _ in range(3):
        citizen = await open_chat(world)
        await citizen.http.post(f"{SESSIONS}/{citizen.session}/handoff")
        answers = await asyncio.gather(*(one.on(citizen.session, "claim") for one in both * 4))
        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [200] + [409] * 7
        winner = both[statuses.index(200) % 2]
        # Everybody writes; who did not win is refused in the other process as well.
        written = await asyncio.gather(
            *(one.on(citizen.session, "messages", text="Hej", client_id="a") for one in both)
        )
        assert [answer.status_code == 200 for answer in written] == [one is winner for one in both]
        await citizen.http.aclose()
    async with world.database.reading() as tx:
        claimed = await tx.scalar(
            select(func.count()).select_from(HandoffEvent).where(HandoffEvent.kind == "claimed")
        )
        assert claimed == await tx.scalar(select(func.count()).select_from(Handoff)) == 3
    for one in both:
        await one.http.aclose()


async def test_giving_up_and_claiming_at_once_leave_one_outcome(
    world: World, second: World
) -> None:
    mette = await colleague(second, "mette")
    for _ in range(3):
        citizen = await open_chat(world)
        address = f"{SESSIONS}/{citizen.session}/handoff"
        await citizen.http.post(address)
        claimed, given_up = await asyncio.gather(
            mette.on(citizen.session, "claim"), citizen.http.delete(address)
        )
        state = (await citizen.http.get(f"{SESSIONS}/{citizen.session}/messages")).json()["state"]
        async with world.database.reading() as tx:
            row = await tx.scalar(select(Handoff).where(Handoff.session_id == citizen.session))
        assert row is not None
        assert row.state == state
        # A citizen may also leave somebody who had just come.
        assert state == ("bot" if given_up.status_code == 200 else "staff")
        assert claimed.status_code in (200, 404, 409)
        await citizen.http.aclose()
    await mette.http.aclose()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if PROGRAM is None:
        leave_out("Debian's redis-server is not installed")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


async def heard(here: RedisHub, there: RedisHub) -> bool:
    """Whether a sign that is given in one process arrives in the other."""
    with there.listening(TOPIC) as listener:
        for _ in range(60):
            await here.tell(TOPIC, SIGN)
            if SIGN in await listener.wait(0.25):
                return True
    return False


async def test_news_reach_the_other_process_and_again_after_redis_was_away(
    redis_server: RedisServer,
) -> None:
    here, there = RedisHub(redis_server.url), RedisHub(redis_server.url)
    async with here.running(), there.running():
        assert await heard(here, there)
        redis_server.stop()
        with here.listening(TOPIC) as listener:
            await here.tell(TOPIC, SIGN)
            assert SIGN in await listener.wait(5), "who is in the same process is told all the same"
        redis_server.start()
        assert await heard(here, there)
