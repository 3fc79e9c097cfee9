"""What breaks in real life, broken on purpose: Rasa dies or hangs, the application dies mid-turn, the disk is full."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing

import httpx
import pytest

from tests.journeys.citizen import Citizen, place, sources, titles, words
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

QUESTION = "Må jeg få min søster til at gå med til mødet i jobcentret?"
# Its answer stands early in its article, so that there is more to read.
MEDIATION = "Kan en neutral person hjælpe kommunen og mig med at tale sammen igen?"
# Within this many seconds a citizen is told the truth.
HONEST_SECONDS = 6.0


def honest(citizen: Citizen, text: str) -> float:
    """Asserts that a question during a breakdown is met with the truth and a way on; gives the seconds it took."""
    began = time.monotonic()
    answer = citizen.say(text)
    took = time.monotonic() - began
    assert [message["sender"] for message in answer] == ["system"]
    assert "kan desværre ikke svare lige nu" in words(answer)
    assert "33 66 33 66" in words(answer)
    assert titles(answer) == ["Prøv igen"]
    kept = [m["text"] for m in citizen.messages() if m["sender"] == "citizen"]
    assert kept[-1] == text
    return took


def test_rasa_killed_is_told_and_comes_back_with_the_conversation(system: RunningSystem) -> None:
    citizen = Citizen(system.url)
    before = place(citizen.say(MEDIATION))
    killed = system.kill("bot")
    assert honest(citizen, "Hvad gør jeg så?") < HONEST_SECONDS
    assert httpx.get(f"{system.url}/readyz", trust_env=False).json()["parts"] == {
        "bot": False,
        "index": True,
        "database": True,
    }
    assert Citizen(system.url).greeting[0]["sender"] == "system"
    assert system.wait_for_another("bot", killed) != killed
    system.wait_until_ready()
    after = place(citizen.say("mere"))
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_rasa_hanging_is_told_in_time_and_recovers(system: RunningSystem) -> None:
    citizen = Citizen(system.url)
    with system.stopped("bot") as pid:
        assert honest(citizen, QUESTION) < HONEST_SECONDS
        handoff = citizen.call("POST", "/handoff")
        assert "33 66 33 66" in words(handoff["messages"])
    system.wait_until_ready(20)
    assert system.pid("bot") == pid
    last = [m for m in citizen.messages() if m["buttons"]][-1:]
    answer = citizen.press(last, "Prøv igen")
    assert place(answer)[0] == "partsrepraesentation"


def test_many_who_wait_for_a_hanging_rasa_are_all_told_in_time(system: RunningSystem) -> None:
    citizens = [Citizen(system.url) for _ in range(8)]
    took: list[float] = []
    with system.stopped("bot"):
        threads = [
            threading.Thread(target=lambda c=citizen: took.append(honest(c, QUESTION)))
            for citizen in citizens
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(took) == len(citizens)
    assert max(took) < HONEST_SECONDS
    system.wait_until_ready(20)


def test_the_application_killed_mid_turn_answers_once_afterwards(system: RunningSystem) -> None:
    citizen = Citizen(system.url)
    client_id = uuid.uuid4().hex
    with system.stopped("bot"):
        failed: list[type[Exception]] = []

        def send() -> None:
            try:
                citizen.say(QUESTION, client_id=client_id)
            except httpx.HTTPError as error:
                failed.append(type(error))

        turn = threading.Thread(target=send)
        turn.start()
        time.sleep(1)
        killed = system.kill("application")
        turn.join()
    assert failed, "the turn was answered before the application was killed"
    system.wait_for_another("application", killed)
    system.wait_until_ready()
    answer = citizen.say(QUESTION, client_id=client_id)
    assert place(answer)[0] == "partsrepraesentation"
    assert citizen.say(QUESTION, client_id=client_id) == answer
    stored = citizen.messages()
    assert [m["text"] for m in stored if m["sender"] == "citizen"] == [QUESTION]
    assert [m for m in stored if m["sender"] != "citizen"] == [*citizen.greeting, *answer]
    numbers = [m["seq"] for m in stored]
    assert numbers == list(range(1, len(stored) + 1))


def test_a_database_that_is_away_is_told_and_nothing_is_invented(system: RunningSystem) -> None:
    """A full or closed database gives a problem document, never an answer that was not kept."""
    citizen = Citizen(system.url)
    database = system.var / "stafet.db"
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(file=str(database))], stdout=subprocess.PIPE
    )
    try:
        assert held.stdout is not None
        assert held.stdout.readline() == b"held\n"
        answer = httpx.post(
            f"{system.url}/api/v1/chat/sessions{citizen.session}/messages",
            json={"text": QUESTION, "client_id": "held"},
            headers=citizen.headers,
            timeout=30,
            trust_env=False,
        )
        assert answer.status_code >= 500
        assert answer.headers["content-type"] == "application/problem+json"
        assert system.is_ready(), "reading needs no writer"
    finally:
        held.kill()
        held.communicate()
    assert sources(citizen.say(QUESTION, client_id="held"))
    assert len([m for m in citizen.messages() if m["sender"] == "citizen"]) == 1


# Another program that holds the database's write lock.
HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect({file!r}, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
sys.stdout.write("held\\n")
sys.stdout.flush()
time.sleep(60)
"""


def test_a_save_that_fails_is_told_and_leaks_no_words(system: RunningSystem) -> None:
    """A full disk, say: the citizen gets a problem document, and the log gets none of what they wrote."""
    rare = "kvartsrabarber"
    citizen = Citizen(system.url)
    with closing(sqlite3.connect(system.var / "stafet.db", isolation_level=None)) as database:
        database.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON chat_message WHEN NEW.sender = 'citizen'"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        try:
            answer = httpx.post(
                f"{system.url}/api/v1/chat/sessions{citizen.session}/messages",
                json={"text": f"Hvorfor svarer {rare} ikke?"},
                headers=citizen.headers,
                timeout=30,
                trust_env=False,
            )
        finally:
            database.execute("DROP TRIGGER full_disk")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert rare not in answer.text
    assert place(citizen.say(MEDIATION))[0] == "maegling"
    # The log is written after the answer has left.
    time.sleep(1)
    for file in system.logs.values():
        assert rare not in file.read_text(encoding="utf-8", errors="replace"), file


def test_a_person_is_reached_while_a_turn_hangs(system: RunningSystem) -> None:
    """The way to a person does not wait for the bot."""
    citizen = Citizen(system.url)
    with system.stopped("bot"):
        turn = threading.Thread(target=citizen.say, args=(QUESTION,))
        turn.start()
        time.sleep(0.5)
        began = time.monotonic()
        handoff = citizen.call("POST", "/handoff")
        took = time.monotonic() - began
        turn.join()
    assert "33 66 33 66" in words(handoff["messages"])
    assert took < 2
    system.wait_until_ready(20)
