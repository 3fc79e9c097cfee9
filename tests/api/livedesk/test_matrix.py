"""A conversation goes to a Matrix room and back: nothing is lost, nothing comes twice, nothing reaches the bot."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.db.handoff_models import HandoffEvent
from api.db.livedesk_models import DeskRoom
from api.db.models import AuditEvent
from tests.api.chat.conftest import SESSIONS, Citizen, ask_for_person, open_chat, state_of
from tests.api.conftest import World
from tests.api.livedesk.conftest import Matrix
from tests.api.livedesk.homeserver import LARS, METTE, SERVICE


async def with_a_room(matrix: Matrix, citizen: Citizen, *said: str) -> None:
    """A citizen who waits, and a room that knows everything so far."""
    await matrix.bridge.step()
    for text in said:
        await citizen.say(text)
    assert (await ask_for_person(citizen))["state"] == "waiting"
    await matrix.bridge.step()


def from_citizen(matrix: Matrix) -> list[str]:
    return [text for who, text in matrix.homeserver.room.texts if who.startswith("@stafet_")]


def from_staff(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages if message["sender"] == "staff"]


async def test_without_a_homeserver_that_answers_nobody_is_on_duty(
    matrix: Matrix, citizen: Citizen
) -> None:
    matrix.homeserver.away = True
    assert await matrix.bridge.step() > 0
    assert (await ask_for_person(citizen))["state"] == "bot"
    matrix.homeserver.away = False
    assert await matrix.bridge.step() == 0
    assert (await ask_for_person(citizen))["state"] == "waiting"


async def test_the_room_gets_the_conversation_and_who_answers_has_it(
    world: World, matrix: Matrix, citizen: Citizen
) -> None:
    matrix.homeserver.names[METTE] = "Mette Holm"
    await with_a_room(matrix, citizen, "Mit CPR-nummer er 010190-1234, og jeg fik afslag")
    room, asked = matrix.homeserver.room, len(world.rasa.sent)
    assert room.members[METTE] == room.members[LARS] == "invite"
    assert "010190" not in str(room.events)
    assert "afslag" in from_citizen(matrix)[0]
    assert citizen.session not in str(matrix.homeserver.rooms) + str(matrix.homeserver.users)
    assert any(who == SERVICE and text.startswith("Stafet: svar") for who, text in room.texts)
    assert any(who == SERVICE and "Den første, der skriver" in text for who, text in room.texts)
    await citizen.say("Er der nogen?")
    await matrix.write("Hej, jeg ser på det")
    await citizen.say("ja, send klagen")
    await matrix.bridge.step()
    assert await state_of(citizen) == "staff"
    assert from_citizen(matrix)[1:] == ["Er der nogen?", "ja, send klagen"]
    assert not any(text.endswith("jeg ser på det") for _, text in room.texts), "it was there before"
    shown = await citizen.read()
    assert from_staff(shown) == ["Hej, jeg ser på det"]
    assert any("Mette Holm" in message["text"] for message in shown)
    assert len(world.rasa.sent) == asked, "the bot heard nothing"
    async with world.database.reading() as tx:
        actors = set(await tx.scalars(select(AuditEvent.actor).where(AuditEvent.act == "claimed")))
    assert actors == {METTE}


async def test_the_same_transaction_and_the_same_event_count_once(
    matrix: Matrix, citizen: Citizen
) -> None:
    await with_a_room(matrix, citizen)
    event = matrix.message("Hej")
    for transaction in ("1", "1", "2"):
        assert (await matrix.push(event, transaction=transaction)).status_code == 200
    matrix.start()
    await matrix.push(event, transaction="1")
    await matrix.push(event, transaction="3")
    assert from_staff(await citizen.read()) == ["Hej"]
    assert await state_of(citizen) == "staff"


async def test_only_the_homeserver_is_let_in(matrix: Matrix, citizen: Citizen) -> None:
    await with_a_room(matrix, citizen)
    for token in ("", "wrong", "as-token-of-the-test"):
        assert (await matrix.push(matrix.message("Hej"), token=token)).status_code == 403
    assert from_staff(await citizen.read()) == []
    assert await state_of(citizen) == "waiting"


async def test_nothing_is_lost_and_nothing_doubled_by_a_homeserver_in_trouble(
    matrix: Matrix, citizen: Citizen
) -> None:
    await with_a_room(matrix, citizen, "en")
    await citizen.say("to")
    await citizen.say("tre")
    matrix.homeserver.away = True
    waits = [await matrix.bridge.step() for _ in range(3)]
    assert waits == sorted(set(waits)), "it waits longer each time"
    matrix.homeserver.away = False
    # It arrives and the answer is lost; meanwhile both sides start again and forget what they knew.
    matrix.homeserver.trouble = ["lost"]
    assert await matrix.bridge.step() > 0
    matrix.homeserver.restart()
    matrix.start()
    matrix.homeserver.trouble = ["busy"]
    assert await matrix.bridge.step() == 7
    assert await matrix.bridge.step() == 0
    assert from_citizen(matrix) == ["en", "to", "tre"]


@pytest.mark.parametrize("fault", ["lost", "busy"])
async def test_one_room_is_made_whichever_step_fails(
    world: World, matrix: Matrix, fault: str
) -> None:
    await matrix.bridge.step()
    for step in range(5):
        citizen = await open_chat(world)
        await citizen.say("en")
        await ask_for_person(citizen)
        matrix.homeserver.trouble = [*[""] * step, fault]
        assert await matrix.bridge.step() > 0
        matrix.homeserver.restart()
        matrix.start()
        assert await matrix.bridge.step() == 0
        assert from_citizen(matrix) == ["en"]
        members = matrix.homeserver.room.members
        ghost = next(who for who in members if who.startswith("@stafet_"))
        assert members[ghost] == "join"
        assert matrix.homeserver.names[ghost] == "Borger"
        assert len(matrix.homeserver.rooms) == step + 1
        await citizen.http.aclose()


async def test_a_room_that_is_refused_holds_up_no_other(
    matrix: Matrix, citizen: Citizen, world: World
) -> None:
    await with_a_room(matrix, citizen)
    await citizen.say("når frem senere")
    matrix.homeserver.trouble = ["refused"]
    assert await matrix.bridge.step() == 0
    assert await matrix.bridge.step() == 0
    assert from_citizen(matrix) == []
    world.time.move(minutes=2)
    await matrix.bridge.step()
    assert from_citizen(matrix) == ["når frem senere"]


async def test_commands_move_the_conversation_and_are_not_shown(
    matrix: Matrix, citizen: Citizen
) -> None:
    await with_a_room(matrix, citizen)
    for command, state in (("!kø", "waiting"), ("!bot", "bot"), (" !CLOSE ", "closed")):
        if state == "closed":
            await with_a_room(matrix, citizen)
        await matrix.write("Hej")
        await matrix.write(command)
        assert await state_of(citizen) == state
    assert set(from_staff(await citizen.read())) == {"Hej"}


async def test_leaving_ends_it_only_for_who_has_it(
    world: World, matrix: Matrix, citizen: Citizen
) -> None:
    await with_a_room(matrix, citizen)
    await matrix.write("Hej")

    def leave(who: str) -> dict[str, Any]:
        return {
            "type": "m.room.member", "sender": who, "state_key": who, "event_id": f"$leave-{who}",
            "room_id": matrix.homeserver.place, "content": {"membership": "leave"},
        }  # fmt: skip

    await matrix.push(leave(LARS))
    assert await state_of(citizen) == "staff"
    await matrix.push(leave(METTE))
    assert await state_of(citizen) == "closed"
    async with world.database.reading() as tx:
        last = await tx.scalar(select(HandoffEvent).order_by(HandoffEvent.id.desc()).limit(1))
    assert last is not None
    assert last.actor == METTE


async def test_what_cannot_be_carried_is_told_in_the_room(matrix: Matrix, citizen: Citizen) -> None:
    await with_a_room(matrix, citizen)
    await matrix.write("Hej")
    event = matrix.message("brev.pdf")
    event["content"]["msgtype"] = "m.file"
    changed = matrix.message("* Hej igen")
    changed["content"]["m.relates_to"] = {"rel_type": "m.replace"}
    await matrix.push(event, changed, {**matrix.message(""), "type": "m.room.encrypted"})
    await matrix.write("x" * 10_001)
    await matrix.write("!luk")
    await matrix.write("Nåede du det?")
    await matrix.bridge.step()
    told = [text for who, text in matrix.homeserver.room.texts if "nåede ikke frem" in text]
    assert len(told) == 5
    assert "slut" in str(matrix.homeserver.room.texts)
    assert from_staff(await citizen.read()) == ["Hej"]


async def test_events_of_another_shape_block_nothing(matrix: Matrix, citizen: Citizen) -> None:
    await with_a_room(matrix, citizen)
    strange: list[Any] = [
        None,
        7,
        {},
        {"type": "m.room.message"},
        {"type": [], "content": 1, "sender": {}},
    ]
    assert (await matrix.push(*strange, matrix.message("Hej"))).status_code == 200
    assert from_staff(await citizen.read()) == ["Hej"]


async def test_an_erased_conversation_is_emptied_there_too(
    world: World, matrix: Matrix, citizen: Citizen
) -> None:
    await with_a_room(matrix, citizen, "Noget personligt")
    await matrix.write("Hej")
    await citizen.http.delete(f"{SESSIONS}/{citizen.session}")
    # The last step fails, and is done again.
    room = matrix.homeserver.room
    matrix.homeserver.trouble = ["", "lost"]
    assert await matrix.bridge.step() > 0
    assert await matrix.bridge.step() == 0
    assert room.texts == []
    assert set(room.members.values()) == {"leave"}
    assert room.alias is None
    async with world.database.reading() as tx:
        assert (await tx.scalars(select(DeskRoom))).all() == []


async def test_a_citizen_who_goes_back_to_the_bot_is_alone_with_it(
    world: World, matrix: Matrix, citizen: Citizen
) -> None:
    await with_a_room(matrix, citizen)
    await citizen.http.delete(f"{SESSIONS}/{citizen.session}/handoff")
    await citizen.say("Hvad er fristen?")
    await matrix.bridge.step()
    assert "Hvad er fristen?" not in str(matrix.homeserver.room.events)
    await matrix.write("Hallo?")
    assert await state_of(citizen) == "bot"
    assert from_staff(await citizen.read()) == []
    await ask_for_person(citizen)
    await matrix.bridge.step()
    assert len(matrix.homeserver.rooms) == 2, "another time is another room"
