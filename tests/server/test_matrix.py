"""A real Matrix homeserver carries a conversation, through its own restarts and ours, once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr

from api.app import Parts, create_app
from api.livedesk import rooms
from api.livedesk.bridge import Bridge
from api.livedesk.matrix import MatrixDesk
from api.settings import Environment, Settings
from knowledge.organisation import load_organisation
from knowledge.search.search import KnowledgeBase
from tests.api.chat.conftest import SESSIONS, Citizen, open_chat
from tests.api.conftest import World
from tests.api.fakes import FakeRasa, FakeTime
from tests.conftest import leave_out
from tests.server.lifetime import kept_running
from tests.server.synapse import AS_TOKEN, HS_TOKEN, Element, Synapse, installed

pytestmark = [pytest.mark.server, pytest.mark.timeout(500)]

PATIENCE = 150


@pytest.fixture(scope="module")
def homeserver() -> Iterator[Synapse]:
    if not installed():
        leave_out("Synapse is not installed: run `make synapse`")
    with kept_running(Synapse, "synapse") as made:
        yield made


@pytest.fixture
async def beside(
    tmp_path: Path, url: str, small_knowledge: KnowledgeBase, homeserver: Synapse, database: Any
) -> AsyncIterator[World]:
    """The application as its settings put it together, on PostgreSQL."""
    settings = Settings(
        environment=Environment.TEST, var=tmp_path, database_url=url, live_desk="matrix",
        matrix_url=homeserver.url, matrix_as_token=SecretStr(AS_TOKEN),
        matrix_hs_token=SecretStr(HS_TOKEN), matrix_staff=("@mette:stafet.localhost",),
        _env_file=None,
    )  # fmt: skip
    rasa, time = FakeRasa(), FakeTime()
    async with rasa.client() as rasa_http:
        parts = Parts(
            database=database, knowledge=small_knowledge,
            organisation=load_organisation("koebenhavn"), rasa_http=rasa_http, clock=time.clock(),
        )  # fmt: skip
        world = World(create_app(settings, parts), database, rasa, time, settings)
        yield world
        await world.app.state.desk.bridge.desk.close()


@asynccontextmanager
async def serving(world: World, port: int) -> AsyncIterator[None]:
    """The application at the address that the homeserver knows; its own round is made by the test."""
    server = uvicorn.Server(
        uvicorn.Config(world.app, "127.0.0.1", port, lifespan="off", ws="none", log_config=None)
    )
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    yield
    server.should_exit = True
    await task


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Waits for what comes by itself."""
    for _ in range(PATIENCE * 10):
        if await look():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never came")


async def caught_up(bridge: Bridge) -> None:
    """Makes rounds until one has no trouble."""

    async def fine() -> bool:
        return await bridge.step() == 0

    await until(fine)


def from_staff(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages if message["sender"] == "staff"]


async def sees(citizen: Citizen, *texts: str) -> None:
    async def look() -> bool:
        return from_staff(await citizen.read()) == list(texts)

    await until(look)


async def test_a_conversation_there_and_back(beside: World, homeserver: Synapse) -> None:
    bridge: Bridge = beside.app.state.desk.bridge
    homeserver.add_user("mette")
    mette = Element(homeserver, "mette")
    await mette.sign_in()
    citizen = await open_chat(beside)

    async def state() -> str:
        answer = await citizen.http.get(f"{SESSIONS}/{citizen.session}/messages")
        return str(answer.json()["state"])

    async def ours(room: str) -> list[str]:
        return [text for who, text in await mette.read(room) if who.startswith("@stafet_")]

    async with serving(beside, homeserver.service_port):
        await caught_up(bridge)
        await citizen.say("Jeg fik afslag på boligstøtte")
        asked = await citizen.http.post(f"{SESSIONS}/{citizen.session}/handoff", json={})
        assert asked.json()["state"] == "waiting"
        await caught_up(bridge)
        (room,) = await mette.invited_to()
        await mette.join(room)
        assert await ours(room) == ["Jeg fik afslag på boligstøtte"]
        ghost = next(who for who, _ in await mette.read(room) if who.startswith("@stafet_"))
        assert await mette.name_of(ghost) == "Borger"
        await mette.write(room, "Hej, det ser jeg på. Æøå")
        await sees(citizen, "Hej, det ser jeg på. Æøå")
        assert await state() == "staff"

    # We are away: what she writes waits at the homeserver. It is away: what the citizen writes waits here.
    await mette.write(room, "Er du der?")
    async with serving(beside, homeserver.service_port):
        await sees(citizen, "Hej, det ser jeg på. Æøå", "Er du der?")
        await citizen.say("Ja")
        await caught_up(bridge)
        homeserver.stop()
        await citizen.say("Brevet er fra i går")
        assert await bridge.step() > 0
        await citizen.say("Hvad gør jeg?")
        homeserver.start()
        await caught_up(bridge)
        said = ["Jeg fik afslag på boligstøtte", "Ja", "Brevet er fra i går", "Hvad gør jeg?"]
        assert await ours(room) == said
        # A cursor that was not written before the end of the process: the room is read, nothing comes twice.
        async with beside.database.transaction() as tx:
            (key,) = await rooms.keys(tx)
            await rooms.keep(tx, key, told_seq=0)
        forgetful = bridge.desk
        assert isinstance(forgetful, MatrixDesk)
        bridge.desk = MatrixDesk(forgetful.http, forgetful.staff)
        homeserver.stop()
        homeserver.start()
        await caught_up(bridge)
        assert await ours(room) == said
        assert len(beside.rasa.sent) == 2, (
            "the greeting and the first message; the bot heard no more"
        )

        await mette.leave(room)

        async def closed() -> bool:
            return await state() == "closed"

        await until(closed)
        await citizen.http.delete(f"{SESSIONS}/{citizen.session}")
        await caught_up(bridge)
        assert await mette.read(room) == []
    await citizen.http.aclose()
    await mette.http.aclose()
