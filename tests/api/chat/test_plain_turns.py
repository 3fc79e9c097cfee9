"""The plain turn writes what it should; its answer is the long way round in fewer steps: the same rows and words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.chat.service import TURN_POLL
from api.db.models import ChatMessage, ChatOffer, ChatSession
from tests.api.chat.conftest import Citizen, open_chat
from tests.api.conftest import World

# What differs from one conversation to the next: names, tokens, and what a button is called outside.
OWN_NAMES = frozenset({"id", "session_id", "token_hash"})
BUTTONS = [{"title": "Ja", "payload": "/yes"}, {"title": "Nej tak!", "payload": "/no"}]
CARD = {
    "type": "result",
    "data": {"understood": [{"label": "Hvornår", "change": "/change_when"}, {"label": "Hvad"}]},
}
REPLIES: list[dict[str, Any]] = [
    {"text": "Vil du det?", "buttons": BUTTONS},
    {"custom": {"card": CARD, "sources": [{"label": "Forvaltningsloven", "paragraph": "§ 22"}]}},
    {"text": "Hvad ellers?"},
]


async def hold_a_conversation(world: World, citizen: Citizen) -> list[Any]:
    """Says and presses what people do; gives the answers, without the names of buttons."""
    world.rasa.slots = {"area": "kontanthjaelp", "nothing": None, "language": "da"}
    told = []
    for text in (
        "hej",
        "Can you help me? I got a decision",
        "nej tak",
        "/restart",
        "  ",
        "x" * 10_001,
    ):
        told.append((await citizen.say(text)).json())
    offers = told[0]["messages"][0]["buttons"]
    told.append((await citizen.press(offers[0]["payload"])).json())
    told.append((await citizen.press("unknown")).json())
    world.rasa.slots = {"language": "en"}
    told.append((await citizen.say("english", client_id="a1")).json())
    told.append((await citizen.say("english", client_id="a1")).json())
    world.rasa.dead = True
    told.append((await citizen.say("er du der?", client_id="a2")).json())
    world.rasa.dead = False
    told.append((await citizen.say("er du der?", client_id="a2")).json())
    told.append((await citizen.say("og nu?")).json())
    return [without_names(answer) for answer in told]


def without_names(value: Any) -> Any:
    """The same, where a button's name is a star."""
    if isinstance(value, list):
        return [without_names(one) for one in value]
    if not isinstance(value, dict):
        return value
    opaque = {"payload", "change"}
    return {key: "*" if key in opaque else without_names(one) for key, one in value.items()}


async def stored(world: World, session: str) -> list[Any]:
    """What the database holds of a conversation, with every column."""
    async with world.database.reading() as tx:
        chat = await tx.get_one(ChatSession, session)
        messages = await tx.scalars(
            select(ChatMessage).where(ChatMessage.session_id == session).order_by(ChatMessage.seq)
        )
        offers = await tx.scalars(select(ChatOffer).where(ChatOffer.session_id == session))
        rows: list[list[Any]] = [[chat], list(messages), list(offers)]
    kept: list[list[dict[str, Any]]] = [
        [
            {
                column.key: without_names(getattr(row, column.key))
                for column in type(row).__table__.columns
                if column.key not in OWN_NAMES
            }
            for row in part
        ]
        for part in rows
    ]
    kept[2].sort(key=lambda offer: (offer["title"], offer["command"]))
    return kept


@pytest.fixture
def long_way(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Sends every answer the long way round."""

    async def not_plain(*_: Any) -> None:
        return None

    def switch() -> None:
        monkeypatch.setattr(world.app.state.chat.plain, "answer", not_plain)

    return switch


async def test_the_plain_turn_stores_and_answers_as_the_long_way_does(
    world: World, long_way: Callable[[], None]
) -> None:
    world.rasa.replies = lambda _: REPLIES
    plain = await open_chat(world)
    answers = await hold_a_conversation(world, plain)
    commands = [one["message"] for one in world.rasa.sent][1:]
    rows = await stored(world, plain.session)
    long_way()
    world.rasa.slots = {}
    other = await open_chat(world)
    world.rasa.sent.clear()
    assert await hold_a_conversation(world, other) == answers
    assert [one["message"] for one in world.rasa.sent] == commands
    assert await stored(world, other.session) == rows


async def test_what_was_written_is_stored_with_what_the_bot_is_given(
    world: World, citizen: Citizen
) -> None:
    world.rasa.replies = lambda _: REPLIES
    first = (await citizen.say("nej tak", client_id="b1")).json()
    await citizen.say("nej tak", client_id="b2")
    await citizen.press(first["messages"][0]["buttons"][0]["payload"])
    chat, messages, _ = await stored(world, citizen.session)
    said = [one for one in messages if one["sender"] == "citizen"]
    # Words that stand on a button of the last answer press it; on the first there was no such button.
    assert [(one["text"], one["command"], one["client_id"]) for one in said] == [
        ("nej tak", "nej tak", "b1"),
        ("nej tak", "/no", "b2"),
        ("Ja", "/yes", None),
    ]
    assert [one["seq"] for one in said] == [2, 5, 8]
    assert all(one["at"] == world.time.clock().now() and not one["failed"] for one in said)
    assert all((one["buttons"], one["sources"], one["card"]) == ([], [], None) for one in said)
    assert chat[0]["next_seq"] == 11
    assert chat[0]["turn_until"] is None
    assert chat[0]["last_active_at"] == world.time.clock().now()


async def test_most_turns_are_plain(world: World, citizen: Citizen, monkeypatch: Any) -> None:
    """The long way is not taken where it need not be: it would give the same, only later."""

    async def taken(*_: Any) -> None:
        raise AssertionError("the long way was taken")

    world.rasa.replies = lambda _: REPLIES
    first = (await citizen.say("hej")).json()
    monkeypatch.setattr(world.app.state.chat, "_without_turn", taken)
    monkeypatch.setattr(world.app.state.chat, "_answer_with_people", taken)
    for text in ("Jeg fik afslag", "ja", "/restart"):
        assert (await citizen.say(text)).status_code == 200
    pressed = await citizen.press(first["messages"][0]["buttons"][1]["payload"])
    assert pressed.status_code == 200
    world.rasa.dead = True
    assert (await citizen.say("er du der?")).status_code == 200


async def keep_the_turn(world: World, session: str, seconds: float | None) -> None:
    """Takes the conversation's turn as another process would, or gives it back."""
    until = world.time.time + timedelta(seconds=seconds) if seconds else None
    async with world.database.transaction() as tx:
        (await tx.get_one(ChatSession, session)).turn_until = until


async def test_a_message_waits_for_the_turn_of_another_process(
    world: World, citizen: Citizen
) -> None:
    await keep_the_turn(world, citizen.session, 60)
    waiting = asyncio.create_task(citizen.say("er du der?", client_id="c1"))
    await asyncio.sleep(2.5 * TURN_POLL)
    assert not waiting.done()
    asked = len(world.rasa.sent)
    await keep_the_turn(world, citizen.session, None)
    assert (await waiting).status_code == 200
    assert len(world.rasa.sent) == asked + 1


async def test_nobody_waits_for_longer_than_a_turn_can_last(world: World, citizen: Citizen) -> None:
    await keep_the_turn(world, citizen.session, 3600)
    waiting = asyncio.create_task(citizen.say("er du der?", client_id="c1"))
    await asyncio.sleep(1.5 * TURN_POLL)
    world.time.move(minutes=10)
    refused = await waiting
    assert refused.status_code == 409
    assert "turn_in_progress" in refused.text
    _, messages, _ = await stored(world, citizen.session)
    assert [one["sender"] for one in messages] == ["bot"]
