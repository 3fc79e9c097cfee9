"""Opening, reading, keeping and erasing a conversation; only the holder of its token gets in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from api.chat.letters import pdf_letter
from api.chat.service import without_query
from api.db.models import ChatMessage, ChatOffer, ChatSession
from tests.api.chat.conftest import SESSIONS, Citizen, ask_for_person, open_chat
from tests.api.conftest import World


async def test_the_bot_greets(world: World, citizen: Citizen) -> None:
    assert world.rasa.sent[0]["message"] == "/greet"
    assert [message["sender"] for message in citizen.opened["messages"]] == ["bot"]
    assert citizen.opened["state"] == "bot"
    # Base64 carries six bits a character: at least the 128 that the contract asks for.
    assert len(citizen.token) * 6 >= 128


async def test_it_opens_without_a_body_and_without_the_bot(world: World) -> None:
    world.rasa.dead = True
    async with world.client() as client:
        opened = await client.post(SESSIONS)
    assert opened.status_code == 201
    assert opened.json()["messages"][0]["sender"] == "system"


@pytest.mark.parametrize("path", ["", "/messages", "/transcript"])
async def test_nobody_gets_in_without_the_token(
    world: World, citizen: Citizen, problem: Any, path: str
) -> None:
    method = "DELETE" if path == "" else "GET"
    address = f"{SESSIONS}/{citizen.session}{path}"
    async with world.client() as stranger:
        bare = await stranger.request(method, address)
        wrong = await stranger.request(method, address, headers={"Authorization": "Bearer x" * 20})
        basic = await stranger.request(method, address, headers={"Authorization": citizen.token})
        unknown = await stranger.request(
            method,
            f"{SESSIONS}/{'0' * 32}{path}",
            headers={"Authorization": f"Bearer {citizen.token}"},
        )
    bodies = [problem(answer, 401, "unauthorized") for answer in (bare, wrong, basic, unknown)]
    assert bodies[0] == bodies[1] == bodies[2] == bodies[3]


async def test_the_token_of_one_conversation_does_not_open_another(
    world: World, citizen: Citizen, problem: Any
) -> None:
    other = await open_chat(world)
    problem(await other.http.get(f"{SESSIONS}/{citizen.session}/messages"), 401, "unauthorized")
    await other.http.aclose()


async def test_a_reload_gets_everything_in_order(citizen: Citizen) -> None:
    await citizen.say("et")
    await citizen.say("to")
    everything = await citizen.read()
    assert [message["seq"] for message in everything] == [1, 2, 3, 4, 5]
    assert [message["sender"] for message in everything] == [
        "bot",
        "citizen",
        "bot",
        "citizen",
        "bot",
    ]
    assert await citizen.read(after=3) == everything[3:]


async def test_the_transcript(citizen: Citizen) -> None:
    await citizen.say("Hvad nu?")
    text = await citizen.http.get(f"{SESSIONS}/{citizen.session}/transcript")
    assert "Hvad nu?" in text.text
    assert "svar: Hvad nu?" in text.text
    data = await citizen.http.get(
        f"{SESSIONS}/{citizen.session}/transcript", params={"format": "json"}
    )
    assert len(data.json()["messages"]) == 3


async def test_the_transcript_as_a_pdf_shows_what_was_written_as_it_was(citizen: Citizen) -> None:
    hostile = '#panic() $x$ [*b*] <a> @b \\ "så"'
    await citizen.say(hostile)
    answer = await citizen.http.get(
        f"{SESSIONS}/{citizen.session}/transcript", params={"format": "pdf"}
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert "attachment" in answer.headers["content-disposition"]
    assert b"/StructTreeRoot" in answer.content
    assert hostile in pdf_letter(answer.content).replace("\n", " ")


async def test_erasing_leaves_nothing(world: World, citizen: Citizen, problem: Any) -> None:
    await citizen.say("slet mig")
    assert (await citizen.http.delete(f"{SESSIONS}/{citizen.session}")).status_code == 204
    async with world.database.reading() as tx:
        for table in (ChatSession, ChatMessage, ChatOffer):
            assert await tx.scalar(select(func.count()).select_from(table)) == 0
    assert world.rasa.forgotten == [citizen.session]
    problem(await citizen.say("er du der?"), 401, "unauthorized")
    stored = (world.settings.var / "stafet.db").read_bytes()
    assert b"slet mig" not in stored


async def test_a_silent_conversation_expires_and_is_erased(
    world: World, citizen: Citizen, problem: Any
) -> None:
    world.time.move(hours=world.settings.session_hours - 1)
    await citizen.say("jeg er her endnu")
    world.time.move(hours=world.settings.session_hours - 1)
    assert await citizen.read()
    world.time.move(hours=2)
    problem(await citizen.say("og nu?"), 401, "unauthorized")
    assert await world.app.state.chat.purge() == 1
    assert world.rasa.forgotten == [citizen.session]
    assert await world.app.state.chat.purge() == 0


async def test_what_may_be_set_when_opening(world: World, problem: Any) -> None:
    page = "https://bo:hemmelig@www.kk.dk/klage?navn=Bo#cpr"
    opened = await open_chat(world, lang="en", page=page, today="2026-03-01")
    async with world.database.reading() as tx:
        chat = await tx.get_one(ChatSession, opened.session)
    assert (chat.language, chat.page, str(chat.today)) == (
        "en",
        "https://www.kk.dk/klage",
        "2026-03-01",
    )
    assert world.rasa.sent[-1]["metadata"]["lang"] == "en"
    problem(await opened.http.post(SESSIONS, json={"lang": "fr"}), 422, "invalid_input")
    problem(await opened.http.post(SESSIONS, json={"language": "da"}), 422, "invalid_input")
    await opened.http.aclose()


async def test_the_bot_counts_from_the_day_the_conversation_was_opened_as_of(world: World) -> None:
    opened = await open_chat(world, today="2026-03-01")
    await opened.say("det skete i går")

    assert world.rasa.sent[-1]["metadata"]["today"] == "2026-03-01"
    await opened.http.aclose()


@pytest.mark.parametrize("page", [None, "", "::::", "http://[half", "https://kk.dk/a b?c"])
def test_any_page_address_is_survived(page: str | None) -> None:
    assert "?" not in (without_query(page) or "")


@pytest.mark.parametrize("lang", ["da", "en"])
async def test_whom_to_reach_is_written_as_the_beginning_of_a_line(world: World, lang: str) -> None:
    citizen = await open_chat(world, lang=lang)
    told = (await ask_for_person(citizen))["messages"][0]["text"]
    lines = [line for line in told.splitlines() if " · " in line]
    assert len(lines) > 1
    assert all(line[0].isupper() for line in lines), lines
    await citizen.http.aclose()
