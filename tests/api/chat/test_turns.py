"""One turn: what is stored, what the bot is given, what comes back, and what happens when it does not."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from api.chat.turns import TEXT_LIMIT, read_text
from api.db.models import ChatMessage, ChatSession
from tests.api.chat.conftest import Citizen, open_chat
from tests.api.conftest import World


async def test_words_go_to_the_bot_and_its_answer_comes_back(
    world: World, citizen: Citizen
) -> None:
    answer = (await citizen.say("Hvor klager jeg?")).json()
    assert answer["state"] == "bot"
    assert [message["text"] for message in answer["messages"]] == ["svar: Hvor klager jeg?"]
    assert world.rasa.sent[-1]["sender"] == citizen.session


@pytest.mark.parametrize(
    "typed", ["/restart", "  //restart", '/inform{"cpr": 1}', "/ /session_start"]
)
async def test_no_typed_command_reaches_the_bot(world: World, citizen: Citizen, typed: str) -> None:
    await citizen.say(typed)
    assert not world.rasa.sent[-1]["message"].startswith("/")
    assert (await citizen.read(after=1))[0]["text"] == typed.strip()


@given(st.text(max_size=60).filter(lambda text: text.strip("\x00").strip()))
def test_whatever_is_typed_is_no_command(text: str) -> None:
    stored, command = read_text(f"/{text}")
    assert stored
    assert command
    assert not command.startswith("/")


@pytest.mark.parametrize(
    ("typed", "given"),
    [("vis hvad du ved nu", "/show"), ("JA!", "/yes"), ("ja tak", "ja tak"), ("?!", "?!")],
)
async def test_who_types_what_a_button_says_presses_it(
    world: World, citizen: Citizen, typed: str, given: str
) -> None:
    world.rasa.replies = lambda _: [
        {"text": "Først det her.", "buttons": [{"title": "Ja", "payload": "/yes"}]},
        {"text": "Og så?", "buttons": [{"title": "Vis, hvad du ved nu", "payload": "/show"}]},
    ]
    await citizen.say("hej")
    await citizen.say(typed)
    assert world.rasa.sent[-1]["message"] == given
    assert [row["text"] for row in await citizen.read() if row["sender"] == "citizen"][-1] == typed


async def test_a_button_of_an_earlier_answer_is_not_pressed_by_its_words(
    world: World, citizen: Citizen
) -> None:
    world.rasa.replies = lambda _: [
        {"text": "Vel?", "buttons": [{"title": "Ja", "payload": "/yes"}]}
    ]
    await citizen.say("hej")
    world.rasa.replies = lambda text: [{"text": f"svar: {text}"}]
    await citizen.say("noget andet")
    await citizen.say("ja")
    assert world.rasa.sent[-1]["message"] == "ja"


async def test_cpr_numbers_reach_neither_the_bot_nor_the_database(
    world: World, citizen: Citizen
) -> None:
    await citizen.say("Mit nummer er 010190-1234")
    assert "010190" not in world.rasa.sent[-1]["message"]
    assert "010190" not in str(await citizen.read())
    assert b"010190-1234" not in (world.settings.var / "stafet.db").read_bytes()


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "text_empty"), (" \n\x00", "text_empty"), ("a" * (TEXT_LIMIT + 1), "text_too_long")],
)
async def test_a_text_that_cannot_be_used(
    world: World, citizen: Citizen, problem: Any, text: str, code: str
) -> None:
    before = len(world.rasa.sent)
    body = problem(await citizen.say(text), 422, code)
    assert body["field"] == "text"
    assert len(world.rasa.sent) == before
    assert len(await citizen.read()) == 1


async def test_either_text_or_payload(citizen: Citizen, problem: Any) -> None:
    address = f"/api/v1/chat/sessions/{citizen.session}/messages"
    for body in ({}, {"text": "a", "payload": "b"}):
        problem(await citizen.http.post(address, json=body), 422, "text_or_payload")


async def test_buttons_are_opaque_and_belong_to_one_conversation(
    world: World, citizen: Citizen, problem: Any
) -> None:
    world.rasa.replies = lambda _text: [
        {"text": "Vælg", "buttons": [{"title": "Ja", "payload": '/affirm{"x": "1"}'}]}
    ]
    button = (await citizen.say("hej")).json()["messages"][0]["buttons"][0]
    assert button["title"] == "Ja"
    assert "affirm" not in button["payload"]
    other = await open_chat(world)
    problem(await other.press(button["payload"]), 422, "payload_unknown")
    problem(await citizen.press("/affirm"), 422, "payload_unknown")
    assert (await citizen.press(button["payload"])).status_code == 200
    assert world.rasa.sent[-1]["message"] == '/affirm{"x": "1"}'
    assert (await citizen.read())[-2]["text"] == "Ja"
    await other.http.aclose()


async def test_custom_data_joins_the_text_before_it(world: World, citizen: Citizen) -> None:
    source = {
        "label": "forvaltningsloven",
        "paragraph": "§ 7",
        "confidence": "verified",
        "inner": 1,
    }
    world.rasa.replies = lambda _text: [
        {"text": "Svaret"},
        {"custom": {"sources": [source], "card": {"type": "article", "data": {"slug": "a"}}}},
        {"text": "Mere?"},
    ]
    messages = (await citizen.say("hej")).json()["messages"]
    assert [message["text"] for message in messages] == ["Svaret", "Mere?"]
    assert messages[0]["sources"][0]["paragraph"] == "§ 7"
    assert messages[0]["card"]["type"] == "article"
    assert "inner" not in str(messages)


async def test_the_same_client_id_answers_the_same_and_adds_nothing(
    world: World, citizen: Citizen
) -> None:
    first = await citizen.say("hej", client_id="a-1")
    asked = len(world.rasa.sent)
    again = await citizen.say("hej", client_id="a-1")
    assert again.json() == first.json()
    assert len(world.rasa.sent) == asked
    assert len(await citizen.read()) == 3


async def test_twice_at_once_is_once(world: World, citizen: Citizen) -> None:
    answers = await asyncio.gather(*(citizen.say("hej", client_id="b") for _ in range(5)))
    assert len({answer.text for answer in answers}) == 1
    assert [sent["message"] for sent in world.rasa.sent].count("hej") == 1


async def test_one_turn_at_a_time_in_one_conversation(world: World, citizen: Citizen) -> None:
    other = await open_chat(world)
    began = time.monotonic()
    await asyncio.gather(
        *(citizen.say(f"{n}") for n in range(5)), *(other.say(f"{n}") for n in range(5))
    )
    assert world.rasa.most_at_once == 1
    # Rasa's own lock polls once a second; five messages would have taken four.
    assert time.monotonic() - began < 2
    messages = await citizen.read()
    assert [message["seq"] for message in messages] == list(range(1, 12))
    assert all(
        b["text"] == f"svar: {a['text']}"
        for a, b in zip(messages[1::2], messages[2::2], strict=True)
    )
    await other.http.aclose()


@pytest.mark.parametrize("trouble", ["dead", "empty", "error", "slow", "shape"])
async def test_a_bot_that_fails_costs_the_citizen_a_retry_only(
    world: World, citizen: Citizen, trouble: str
) -> None:
    well = world.rasa.replies
    if trouble == "dead":
        world.rasa.dead = True
    elif trouble == "error":
        world.rasa.status = 500
    elif trouble == "slow":
        world.rasa.delay = 0.01
    else:
        world.rasa.replies = lambda _text: [] if trouble == "empty" else {"no": "list"}  # type: ignore[assignment,return-value]
    answer = await citizen.say("Mit barn fik afslag", client_id="c")
    assert answer.status_code == 200
    message = answer.json()["messages"][0]
    assert message["sender"] == "system"
    assert "33 66" in message["text"], "the way to a person, with its number"
    assert "Mit barn fik afslag" in str(await citizen.read())
    assert (await citizen.say("Mit barn fik afslag", client_id="c")).json() == answer.json()

    world.rasa.dead, world.rasa.status, world.rasa.delay, world.rasa.replies = False, 200, 0.0, well
    retried = await citizen.press(message["buttons"][0]["payload"])
    assert retried.json()["messages"][0]["text"] == "svar: Mit barn fik afslag"


async def test_a_turn_that_was_cut_off_is_taken_up_again(world: World, citizen: Citizen) -> None:
    """The process died after the words were stored: the same client id gets its answer then."""
    async with world.database.transaction() as tx:
        chat = await tx.get_one(ChatSession, citizen.session)
        tx.add(ChatMessage(session_id=chat.id, seq=chat.next_seq, sender="citizen", text="halvt",
                           command="halvt", client_id="d", at=world.time()))  # fmt: skip
        chat.next_seq += 1
        chat.turn_until = world.time()
    world.time.move(seconds=1)
    answer = (await citizen.say("halvt", client_id="d")).json()
    assert answer["messages"][0]["text"] == "svar: halvt"
    assert [message["text"] for message in await citizen.read()][1:] == ["halvt", "svar: halvt"]


async def test_facts_are_kept_here_and_sent_along(world: World, citizen: Citizen) -> None:
    world.rasa.slots = {
        "last_article": "svarpligt",
        "language": "da",
        "requested_slot": "x",
        "n": None,
    }
    await citizen.say("hej")
    async with world.database.reading() as tx:
        facts = await tx.scalar(select(ChatSession.facts))
    assert facts == {"last_article": "svarpligt"}
    await citizen.say("mere")
    assert world.rasa.sent[-1]["metadata"]["facts"] == {"last_article": "svarpligt"}


async def test_english_words_make_it_an_english_conversation(
    world: World, citizen: Citizen
) -> None:
    await citizen.say("I have been waiting for months, what can I do?")
    assert world.rasa.sent[-1]["metadata"]["lang"] == "en"
    await citizen.say("ok")
    assert world.rasa.sent[-1]["metadata"]["lang"] == "en"


async def test_a_chosen_language_stays(world: World, citizen: Citizen) -> None:
    world.rasa.slots = {"language": "en"}
    await citizen.say("ok")
    await citizen.say("Hvor lang tid må kommunen være om at svare mig?")
    assert world.rasa.sent[-1]["metadata"]["lang"] == "en"


async def test_the_way_to_a_person_needs_no_bot(world: World, citizen: Citizen) -> None:
    world.rasa.dead = True
    answer = await citizen.http.post(f"/api/v1/chat/sessions/{citizen.session}/handoff")
    body = answer.json()
    assert body["state"] == "bot"
    assert body["messages"][0]["card"]["type"] == "handoff"
    assert body["opening_hours"]
    assert "33 66 14 00" in body["messages"][0]["text"]


@pytest.mark.parametrize(
    ("said", "languages"),
    [
        (["I have a question about my benefits", "kontanthjælp"], ["en", "en"]),
        (["I have a question about my benefits", "jeg fik afslag på kontanthjælp"], ["en", "da"]),
        (["kontanthjælp", "I would like to complain about it"], ["da", "en"]),
    ],
)
async def test_a_danish_name_alone_leaves_an_english_conversation_english(
    world: World, said: list[str], languages: list[str]
) -> None:
    citizen = await open_chat(world, lang="en")
    for text in said:
        await citizen.say(text)
    assert [one["metadata"]["lang"] for one in world.rasa.sent[1:]] == languages
    await citizen.http.aclose()
