"""Words that may reveal who reports wrongdoing: kept nowhere until their writer goes on, gone when they do not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.chat.conftest import SESSIONS, Citizen
from tests.api.chat.lines import connected
from tests.api.conftest import World

SECRET = "zebrafink"
WORDS = (
    f"Jeg er ansat i kommunen og vil fortælle, at min leder svindler med bilag om {SECRET}. "
    "Jeg er bange for at blive fyret."
)


def traces(world: World) -> list[str]:
    """The files of this world that hold the secret word, in whatever part of them."""
    return [
        file.name
        for file in world.settings.var.rglob("*")
        if file.is_file() and SECRET.encode() in file.read_bytes()
    ]


def at_the_bot(world: World) -> bool:
    return SECRET in str(world.rasa.sent)


def choice(answer: dict[str, Any], number: int) -> str:
    return str(answer["messages"][-1]["buttons"][number]["payload"])


@pytest.fixture
async def warned(world: World, citizen: Citizen) -> dict[str, Any]:
    """What is answered to the words."""
    answer: dict[str, Any] = (await citizen.say(WORDS, client_id="first")).json()
    return answer


async def test_nothing_is_kept_before_a_decision(
    world: World, citizen: Citizen, warned: dict[str, Any], capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    assert len(warned["messages"][0]["buttons"]) == 2
    assert "whistleblower" in warned["messages"][0]["text"]
    again = (await citizen.say(WORDS, client_id="first")).json()
    assert [m["seq"] for m in again["messages"]] == [m["seq"] for m in warned["messages"]]
    async with connected(world.app, f"{SESSIONS}/{citizen.session}/socket") as line:
        await line.send({"token": citizen.token})
        await line.send({"type": "message", "text": WORDS, "client_id": "line"})
        await line.until("accepted")
    # A person would read it as well.
    await citizen.http.post(f"{SESSIONS}/{citizen.session}/handoff")
    assert traces(world) == []
    assert not at_the_bot(world)
    assert SECRET not in str(await citizen.read())
    logged = capsys.readouterr()
    assert SECRET not in logged.out + logged.err + caplog.text


async def test_who_writes_english_is_warned_in_english(citizen: Citizen) -> None:
    words = "I work for the municipality, and my boss forges the invoices. I am afraid to be fired."
    answer = (await citizen.say(words)).json()
    assert "not a whistleblower" in answer["messages"][0]["text"]
    # The screen may be wrong about somebody in danger.
    assert "112" in answer["messages"][0]["text"]
    assert "Delete" in answer["messages"][0]["buttons"][0]["title"]
    dropped = (await citizen.press(choice(answer, 0))).json()
    assert "deleted" in dropped["messages"][0]["text"]


async def test_who_deletes_it_leaves_no_trace(
    world: World, citizen: Citizen, warned: dict[str, Any]
) -> None:
    answer = (await citizen.press(choice(warned, 0))).json()
    assert "slettet" in answer["messages"][0]["text"]
    # The button of the warning that is over finds nothing to go on with.
    late = (await citizen.press(choice(warned, 1))).json()
    assert "findes ikke længere" in late["messages"][0]["text"]
    await citizen.say("Hvor klager jeg over en afgørelse?")
    assert traces(world) == []
    assert not at_the_bot(world)


async def test_who_goes_on_is_answered_like_anybody(
    world: World, citizen: Citizen, warned: dict[str, Any]
) -> None:
    answer = (await citizen.press(choice(warned, 1))).json()
    assert SECRET in answer["messages"][-1]["text"], "the bot's own answer, which repeats the words"
    assert at_the_bot(world)
    assert traces(world) != []
    texts = [message["text"] for message in await citizen.read()]
    assert texts.count(WORDS) == 1
    more = (await citizen.say(f"Min leder svindler stadig med {SECRET}, og jeg er ansat")).json()
    assert SECRET in more["messages"][-1]["text"], "who decided is not asked again"


async def test_a_decision_that_is_never_made_is_a_deletion(
    world: World, citizen: Citizen, warned: dict[str, Any]
) -> None:
    world.time.move(minutes=16)
    answer = (await citizen.press(choice(warned, 1))).json()
    assert "findes ikke længere" in answer["messages"][0]["text"]
    assert traces(world) == []
    assert not at_the_bot(world)


async def test_an_ordinary_complaint_is_not_held_up(world: World, citizen: Citizen) -> None:
    answer = (await citizen.say("Jeg vil klage over, at min sag har ligget i et år")).json()
    assert answer["messages"][0]["text"].startswith("svar:")
