"""The application is killed while people have conversations: they still have them, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.citizen import Citizen
from tests.journeys.colleague import Colleague
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def said(citizen: Citizen, text: str) -> int:
    """How often a text stands in the conversation."""
    return [message["text"] for message in citizen.messages()].count(text)


def state(citizen: Citizen) -> str:
    return str(citizen.call("GET", "/messages?after=0")["state"])


@pytest.fixture
def colleague(system: RunningSystem) -> Iterator[Colleague]:
    """Somebody on duty, whose connections are closed afterwards."""
    one = Colleague(system, "rejse.mette")
    yield one
    one.http.close()


def test_a_restart_keeps_the_queue_and_the_conversations_with_people(
    system: RunningSystem, colleague: Colleague
) -> None:
    colleague.act("heartbeat", on_duty=True)
    talking, waiting = Citizen(system.url), Citizen(system.url)
    for citizen in (talking, waiting):
        assert citizen.call("POST", "/handoff")["state"] == "waiting"
    colleague.on(talking.session, "claim", expect=200)
    assert talking.say("Er du der?", client_id="before") == []
    assert waiting.say("Jeg venter", client_id="waiting") == []
    colleague.on(talking.session, "messages", expect=200, text="Ja", client_id="staff-before")
    before = {citizen.session: citizen.messages() for citizen in (talking, waiting)}

    killed = system.kill("application")
    system.wait_for_another("application", killed)
    system.wait_until_ready()

    assert {c.session: c.messages() for c in (talking, waiting)} == before
    assert (state(talking), state(waiting)) == ("staff", "waiting")
    listed = colleague.listed()
    assert listed[talking.session]["mine"]
    assert listed[waiting.session]["position"] == 1
    # Both sides never heard that their words had arrived, and send them again.
    talking.say("Er du der?", client_id="before")
    colleague.on(talking.session, "messages", expect=200, text="Ja", client_id="staff-before")
    assert (said(talking, "Er du der?"), said(talking, "Ja")) == (1, 1)

    colleague.on(waiting.session, "claim", expect=200)
    colleague.on(talking.session, "release", to="bot")
    colleague.on(waiting.session, "close", reason="answered")
    colleague.act("heartbeat", on_duty=False)
    assert (state(talking), state(waiting)) == ("bot", "closed")
    # What was for people stays with them: the bot is given the next words only.
    assert talking.say("Er du der?", client_id="before") == []
    answer = talking.say("Kan en neutral person hjælpe kommunen og mig med at tale sammen igen?")
    assert answer[0]["sender"] == "bot"
