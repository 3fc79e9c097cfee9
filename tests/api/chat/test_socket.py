"""The live connection: who is let in, what is refused, and that nothing is lost or doubled over it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI

from api.chat.hub import STAFF
from api.chat.socket import FRAME_LIMIT, NO_TOKEN, POLICY, TOO_BIG, UNSUPPORTED, build_socket
from api.db.models import ChatSession
from api.deps import LIMITS, RateLimiter
from tests.api.chat.conftest import SESSIONS, Citizen
from tests.api.chat.lines import connected
from tests.api.conftest import World


def path(citizen: Citizen) -> str:
    return f"{SESSIONS}/{citizen.session}/socket"


def hello(citizen: Citizen, after: int = 0) -> dict[str, Any]:
    return {"token": citizen.token, "after": after}


async def with_staff(world: World, citizen: Citizen) -> None:
    async with world.database.transaction() as tx:
        (await tx.get_one(ChatSession, citizen.session)).state = "staff"


@pytest.mark.parametrize("token", ["", "wrong", None, 7])
async def test_a_token_that_opens_nothing(world: World, citizen: Citizen, token: Any) -> None:
    async with connected(world.app, path(citizen)) as line:
        await line.send({"token": token})
        assert await line.closed() == NO_TOKEN


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8000.evil"])
async def test_a_page_of_somebody_else(world: World, citizen: Citizen, origin: str) -> None:
    async with connected(world.app, path(citizen), {"Origin": origin}) as line:
        assert await line.closed() == POLICY


async def test_a_page_of_ours(world: World, citizen: Citizen) -> None:
    async with connected(world.app, path(citizen), {"Origin": "http://127.0.0.1:8000"}) as line:
        await line.send(hello(citizen))
        assert (await line.heard())["message"]["seq"] == 1


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x00\x01", UNSUPPORTED),
        ("x" * (FRAME_LIMIT + 1), TOO_BIG),
        ("no json", POLICY),
        ("[1]", POLICY),
        (json.dumps({"type": "approve"}), POLICY),
        (json.dumps({"type": "message", "text": ["a"]}), POLICY),
        (json.dumps({"type": "message", "text": "a", "client_id": "no spaces"}), POLICY),
    ],
)
async def test_frames_that_are_refused(
    world: World, citizen: Citizen, frame: str | bytes, code: int
) -> None:
    async with connected(world.app, path(citizen)) as line:
        await line.send(hello(citizen))
        await line.until("state")
        await line.send(frame)
        assert await line.closed() == code
    assert len(world.rasa.sent) == 1, "the greeting alone"


@pytest.mark.parametrize("frame", [b"\x00", "x" * (FRAME_LIMIT + 1), "no json"])
async def test_a_first_frame_that_is_refused(
    world: World, citizen: Citizen, frame: str | bytes
) -> None:
    async with connected(world.app, path(citizen)) as line:
        await line.send(frame)
        assert await line.closed() in (UNSUPPORTED, TOO_BIG, POLICY)


async def test_it_goes_on_where_the_page_was(world: World, citizen: Citizen) -> None:
    await citizen.say("et")
    await citizen.say("to")
    async with connected(world.app, path(citizen)) as line:
        await line.send(hello(citizen, after=3))
        numbers = [(await line.heard())["message"]["seq"] for _ in range(2)]
        assert numbers == [4, 5]
        assert await line.heard() == {"type": "state", "state": "bot"}


async def test_what_is_sent_twice_is_acted_on_once(world: World, citizen: Citizen) -> None:
    before = len(world.rasa.sent)
    wanted = {"type": "message", "text": "Hvor klager jeg?", "client_id": "offline-1"}
    async with connected(world.app, path(citizen)) as line:
        await line.send(hello(citizen))
        await line.send(wanted)
        assert (await line.until("accepted"))["client_id"] == "offline-1"
    # The line broke before the page heard of it: it sends again over a new one, and over HTTP.
    async with connected(world.app, path(citizen)) as line:
        await line.send(hello(citizen))
        await line.send(wanted)
        await line.until("accepted")
    await citizen.say("Hvor klager jeg?", client_id="offline-1")
    assert len(world.rasa.sent) == before + 1
    texts = [message["text"] for message in await citizen.read()]
    assert texts.count("Hvor klager jeg?") == 1
    assert texts.count("svar: Hvor klager jeg?") == 1


async def test_a_message_that_cannot_be_used_is_explained(world: World, citizen: Citizen) -> None:
    async with connected(world.app, path(citizen)) as line:
        await line.send(hello(citizen))
        await line.send({"type": "message", "text": "  ", "client_id": "a"})
        told = await line.until("problem")
        assert told["problem"]["type"] == "urn:stafet:problem:text_empty"
        await line.send({"type": "message", "text": "a" * 10_001, "client_id": "b"})
        told = await line.until("problem")
        assert told["problem"]["type"] == "urn:stafet:problem:text_too_long"
        await line.send({"type": "ping"})
        await line.send({"type": "message", "text": "Hej", "client_id": "c"})
        assert (await line.until("accepted"))["client_id"] == "c"


async def test_signs_of_typing_go_to_the_other_side_only(world: World, citizen: Citizen) -> None:
    hub = world.app.state.chat.hub
    await with_staff(world, citizen)
    async with connected(world.app, path(citizen)) as line:
        await line.send(hello(citizen))
        assert (await line.until("state"))["state"] == "staff"
        with hub.listening(STAFF) as desk:
            await line.send({"type": "typing"})
            signs = await desk.wait(5)
        assert signs == [{"type": "typing", "session": citizen.session, "sender": "citizen"}]
        await hub.tell(citizen.session, {"type": "typing", "sender": "citizen"})
        await hub.tell(citizen.session, {"type": "typing", "sender": "staff"})
        assert await line.heard() == {"type": "typing", "sender": "staff"}


async def test_words_to_people_arrive_over_the_line_and_not_at_the_bot(
    world: World, citizen: Citizen
) -> None:
    await with_staff(world, citizen)
    before = len(world.rasa.sent)
    async with connected(world.app, path(citizen)) as line:
        await line.send(hello(citizen))
        await line.send({"type": "message", "text": "Er du der?", "client_id": "a"})
        await line.until("accepted")
    assert (await citizen.read())[-1]["text"] == "Er du der?"
    assert len(world.rasa.sent) == before


async def test_an_erased_conversation_hangs_up(world: World, citizen: Citizen) -> None:
    async with connected(world.app, path(citizen)) as line:
        await line.send(hello(citizen))
        await line.until("state")
        await citizen.http.delete(f"{SESSIONS}/{citizen.session}")
        await world.app.state.chat.hub.tell(citizen.session)
        assert await line.closed() == NO_TOKEN


async def test_a_flood_is_hung_up_on(world: World, citizen: Citizen) -> None:
    app = FastAPI()
    app.include_router(build_socket(world.app.state.chat, RateLimiter(on=True), ()))
    allowed = int(LIMITS["chat_frame"].split("/")[0])
    async with connected(app, path(citizen)) as line:
        await line.send(hello(citizen))
        await line.until("state")
        for _ in range(allowed + 1):
            await line.send({"type": "ping"})
        assert await line.closed() == POLICY
