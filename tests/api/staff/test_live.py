"""A conversation goes to a person and back: who may have it, what the citizen is told, what the bot never sees."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select

from api.auth import Role
from api.db.handoff_models import CallbackRequest, HandoffEvent
from api.db.models import AuditEvent, ChatSession
from tests.api.chat.conftest import SESSIONS, Citizen, ask_for_person, open_chat, state_of
from tests.api.conftest import World
from tests.api.staff.conftest import Colleague

Console = Callable[..., Awaitable[Colleague]]


async def test_nothing_for_people_reaches_the_bot_and_it_goes_on_with_its_facts(
    world: World, citizen: Citizen, console: Console
) -> None:
    mette = await console("mette")
    world.rasa.slots = {"facts": {"complainant": "citizen"}}
    await citizen.say("Min ansøgning blev afvist")
    asked = len(world.rasa.sent)
    assert (await ask_for_person(citizen))["state"] == "waiting"
    await citizen.say("ja tak", client_id="while-waiting")
    assert (await mette.on(citizen.session, "claim")).status_code == 200
    await citizen.say("ja, send klagen", client_id="to-staff")
    await mette.on(citizen.session, "messages", text="Hej, jeg ser på det")
    assert await state_of(citizen) == "staff"
    assert (await mette.on(citizen.session, "release")).status_code == 204
    assert len(world.rasa.sent) == asked, "the bot heard nothing"
    for client_id, text in (("while-waiting", "ja tak"), ("to-staff", "ja, send klagen")):
        # A page that never got its answer sends again, after the bot has the conversation back.
        assert (await citizen.say(text, client_id=client_id)).json()["messages"] == []
    assert len(world.rasa.sent) == asked
    assert world.rasa.forgotten == []
    await citizen.say("Hvad er fristen?")
    assert [sent["message"] for sent in world.rasa.sent[asked:]] == ["Hvad er fristen?"]
    assert world.rasa.sent[-1]["metadata"]["facts"] == {"facts": {"complainant": "citizen"}}


async def test_of_two_who_claim_one_wins(citizen: Citizen, console: Console, problem: Any) -> None:
    both = [await console("mette"), await console("lars")]
    await ask_for_person(citizen)
    answers = await asyncio.gather(*(one.on(citizen.session, "claim") for one in both * 3))
    assert [answer.status_code for answer in answers].count(200) == 1
    winner = both[[answer.status_code for answer in answers].index(200) % 2]
    loser = both[1 - both.index(winner)]
    problem(await loser.on(citizen.session, "messages", text="hej"), 409, "handoff_not_yours")
    problem(await loser.on(citizen.session, "close", reason="other"), 409, "handoff_not_yours")
    assert (await winner.on(citizen.session, "messages", text="hej")).status_code == 200


async def test_nobody_on_duty_is_never_waited_for(
    world: World, citizen: Citizen, console: Console, problem: Any
) -> None:
    await console("mette", on_duty=False)
    answer = await ask_for_person(citizen)
    assert answer["state"] == "bot"
    assert {field["name"] for field in answer["callback_fields"]} == {"name", "phone", "when"}
    wrong = {"name": "Ida", "phone": "ring"}
    problem(
        await citizen.http.post(f"{SESSIONS}/{citizen.session}/handoff", json={"callback": wrong}),
        422, "callback_phone",
    )  # fmt: skip
    done = await ask_for_person(citizen, callback={"name": "Ida", "phone": "12 34 56 78"})
    assert done["messages"][0]["card"]["data"]["state"] == "callback_received"
    await citizen.http.delete(f"{SESSIONS}/{citizen.session}")
    async with world.database.reading() as tx:
        kept = await tx.scalar(select(CallbackRequest))
    assert kept is not None, "a promise outlives the conversation"
    assert (kept.name, kept.session_id) == ("Ida", None)


async def test_closed_by_the_clock_and_by_holidays(
    world: World, citizen: Citizen, console: Console
) -> None:
    lars = await console("lars")
    for hours in (7, 24 * 34):  # Friday at 17; Thursday 24 December 2026 is a day in doubt
        world.time.move(hours=hours)
        await lars.act("heartbeat", on_duty=True)
        if hours == 7:
            assert (await ask_for_person(citizen))["state"] == "bot"


async def test_the_bots_wish_for_a_person_is_the_same_way(
    world: World, citizen: Citizen, console: Console
) -> None:
    await console("mette")
    world.rasa.replies = lambda _text: [
        {"text": "x", "custom": {"card": {"type": "handoff", "data": {"requested": True}}}}
    ]
    answer = (await citizen.say("Jeg vil tale med et menneske")).json()
    assert answer["state"] == "waiting"
    assert answer["messages"][0]["card"]["data"]["position"] == 1
    stop = answer["messages"][0]["buttons"][0]["payload"]
    asked = len(world.rasa.sent)
    assert (await citizen.press(stop)).json()["state"] == "bot"
    assert len(world.rasa.sent) == asked


async def test_staff_who_are_gone_give_the_conversation_back_to_the_front(
    world: World, citizen: Citizen, console: Console
) -> None:
    mette, lars = await console("mette"), await console("lars")
    await ask_for_person(citizen)
    await mette.on(citizen.session, "claim")
    other = await open_chat(world)
    await ask_for_person(other)
    world.time.move(seconds=121)
    await lars.act("heartbeat", on_duty=True)
    assert await world.app.state.chat.live.sweep() == 1
    assert await state_of(citizen) == "waiting"
    listed = (await lars.see())["conversations"]
    assert [one["session"] for one in listed] == [citizen.session, other.session]
    async with world.database.reading() as tx:
        kinds = (await tx.scalars(select(HandoffEvent.kind).order_by(HandoffEvent.id))).all()
    assert kinds == ["requested", "claimed", "requested", "lost"]
    await other.http.aclose()


async def test_who_waits_too_long_is_told(world: World, citizen: Citizen, console: Console) -> None:
    mette = await console("mette")
    await ask_for_person(citizen)
    world.time.move(minutes=21)
    await mette.act("heartbeat", on_duty=True)
    assert await world.app.state.chat.live.sweep() == 1
    assert await world.app.state.chat.live.sweep() == 0
    assert await state_of(citizen) == "bot"
    assert (await citizen.read())[-1]["card"]["data"]["callback_fields"]


async def test_all_that_staff_see_and_that_it_is_written_down(
    world: World, citizen: Citizen, console: Console, problem: Any
) -> None:
    mette = await console("mette")
    world.rasa.slots = {"facts": {"complainant": "citizen", "concerns": ["decision"]}}
    await citizen.say("Min ansøgning blev afvist")
    await ask_for_person(citizen)
    seen = await mette.see(f"conversations/{citizen.session}")
    assert "Min ansøgning blev afvist" in seen["summary"]
    assert seen["facts"]["complainant"] == "citizen"
    assert [m["sender"] for m in seen["messages"]][:3] == ["bot", "citizen", "bot"]
    await mette.on(citizen.session, "claim")
    await mette.on(citizen.session, "notes", text="Ringer i morgen")
    assert "Ringer i morgen" not in str(await citizen.read())
    assert (await mette.see(f"conversations/{citizen.session}"))["notes"][0]["author"] == "mette"
    await mette.on(citizen.session, "close", reason="answered")
    assert await state_of(citizen) == "closed"
    assert (await citizen.say("Tak, en ting til")).json()["state"] == "bot"
    assert (await mette.see("conversations?state=over"))["conversations"][0]["reason"] == "answered"
    async with world.database.reading() as tx:
        acts = (
            await tx.scalars(select(AuditEvent.act).where(AuditEvent.subject_id == citizen.session))
        ).all()
    assert acts == ["viewed", "claimed", "noted", "viewed", "closed"]
    worker = await console("ulla", Role.CASEWORKER, on_duty=False)
    problem(await worker.http.get("/api/v1/staff/conversations"), 403, "forbidden")
    forged = await mette.http.post(f"/api/v1/staff/conversations/{citizen.session}/claim")
    problem(forged, 403, "csrf")


async def test_handing_on(world: World, citizen: Citizen, console: Console, problem: Any) -> None:
    mette, lars = await console("mette"), await console("lars", units=["sof"])
    ulla = await console("ulla", units=["tmf"])
    await ask_for_person(citizen)
    await mette.on(citizen.session, "claim")
    problem(await mette.on(citizen.session, "transfer", unit="none"), 422, "invalid_input")
    assert (await mette.on(citizen.session, "transfer", colleague="lars")).status_code == 204
    assert (await lars.on(citizen.session, "messages", text="Hej")).status_code == 200
    assert (await lars.on(citizen.session, "transfer", unit="tmf")).status_code == 204
    assert await state_of(citizen) == "waiting"
    problem(await lars.on(citizen.session, "claim"), 403, "forbidden")
    assert (await lars.see())["conversations"] == []
    assert (await ulla.on(citizen.session, "claim")).status_code == 200


async def test_what_staff_write_is_written_once(citizen: Citizen, console: Console) -> None:
    mette = await console("mette")
    await ask_for_person(citizen)
    await mette.on(citizen.session, "claim")
    both = [await mette.on(citizen.session, "messages", text="Hej", client_id="a") for _ in "12"]
    assert both[0].json() == both[1].json()
    assert [m["text"] for m in await citizen.read()].count("Hej") == 1
    assert "author" not in str(await citizen.read())


async def test_a_late_answer_of_the_bot_does_not_speak_over_a_person(
    world: World, citizen: Citizen
) -> None:
    chat = world.app.state.chat
    think, taken_over = chat.rasa.turn, {"state": "staff"}

    async def slow(session: str, *arguments: Any, **more: Any) -> Any:
        answer = await think(session, *arguments, **more)
        async with world.database.transaction() as tx:
            (await tx.get_one(ChatSession, session)).state = taken_over["state"]
        return answer

    chat.rasa.turn = slow
    answer = (await citizen.say("hej")).json()
    assert (answer["state"], answer["messages"]) == ("staff", [])
