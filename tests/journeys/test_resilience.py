"""What breaks in real life, broken on purpose: Rasa dies or hangs, the application dies mid-turn, ports are taken."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from tests.bot.serving import free_port
from tests.journeys.citizen import Citizen, place, sources, titles, words
from tests.journeys.system import (
    REPOSITORY,
    STOP_SECONDS,
    RunningSystem,
    command_line,
    pids,
    secrets_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

QUESTION = "Damen i skranken råbte ad mig og kaldte mig dum. Hvor klager jeg over hende?"
# Its answer stands early in its article, so that there is more to read.
MEDIATION = "Kan en neutral person hjælpe kommunen og mig med at tale sammen igen?"
# Within this many seconds a citizen is told the truth.
HONEST_SECONDS = 6.0
LISTEN = "0A"


@pytest.fixture
def another(tmp_path: Path) -> Iterator[RunningSystem]:
    """A second system, for what ends the whole of it."""
    system = RunningSystem(tmp_path / "another")
    yield system
    system.stop()


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
    assert place(answer)[0] == "klage-over-personalet"


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
    assert place(answer)[0] == "klage-over-personalet"
    assert citizen.say(QUESTION, client_id=client_id) == answer
    stored = citizen.messages()
    assert [m["text"] for m in stored if m["sender"] == "citizen"] == [QUESTION]
    assert [m for m in stored if m["sender"] != "citizen"] == [*citizen.greeting, *answer]
    numbers = [m["seq"] for m in stored]
    assert numbers == list(range(1, len(stored) + 1))


def test_rasa_listens_on_loopback_only(system: RunningSystem) -> None:
    places = listeners(system.rasa_port)
    assert places, "nobody listens on Rasa's port"
    assert all(ipaddress.ip_address(place).is_loopback for place in places), places
    assert all(ipaddress.ip_address(place).is_loopback for place in listeners(system.port))


def listeners(port: int) -> list[str]:
    """The addresses that the kernel's own table says somebody listens on at a port."""
    found = []
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, hexed = local.partition(":")
            if state == LISTEN and int(hexed, 16) == port:
                # Four bytes at a time, each in the machine's own order.
                words_ = [address[at : at + 8] for at in range(0, len(address), 8)]
                packed = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words_)
                found.append(socket.inet_ntop(family, packed))
    return found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status"),
        ("GET", "/conversations/x/tracker"),
        ("PUT", "/conversations/x/tracker/events"),
        ("POST", "/model/parse"),
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("GET", "/domain"),
    ],
)
def test_rasas_interface_refuses_without_the_token(
    system: RunningSystem, method: str, path: str
) -> None:
    for wrong in ({}, {"token": ""}, {"token": "guessed"}):
        answer = httpx.request(
            method, f"{system.rasa_url}{path}", params=wrong, timeout=10, trust_env=False
        )
        assert answer.status_code in (401, 403), answer.text
    assert system.is_ready()


def test_actions_run_for_our_own_rasa_only(system: RunningSystem) -> None:
    secret = secrets_of(system)["STAFET_ACTION_SECRET"]
    right = {"X-Stafet-Action-Secret": secret}
    refused: tuple[dict[str, str], ...] = (
        {},
        {"X-Stafet-Action-Secret": "guessed"},
        {**right, "X-Forwarded-For": "203.0.113.9"},
        {**right, "Forwarded": "for=203.0.113.9"},
        {**right, "X-Real-IP": "127.0.0.1"},
    )
    for headers in refused:
        assert call_action(system.url, headers).status_code == 403
    assert call_action(system.url, right).status_code == 404


def call_action(url: str, headers: dict[str, str]) -> httpx.Response:
    """Asks for an action that does not exist, which only whoever is let in gets to know."""
    call = {"next_action": "action_that_is_not", "tracker": {"slots": {}}, "domain": {}}
    return httpx.post(
        f"{url}/internal/actions", json=call, headers=headers, timeout=10, trust_env=False
    )


def test_actions_refuse_another_machine(tmp_path: Path, system: RunningSystem) -> None:
    """The application, served on this machine's own address, sees its caller come from there."""
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address besides loopback")
    port, secret = free_port(), "shown-from-outside"
    environment = system.environment | {
        "STAFET_ENVIRONMENT": "test",
        "STAFET_HOST": address,
        "STAFET_PORT": str(port),
        "STAFET_ACTION_SECRET": secret,
        "STAFET_RASA_TOKEN": "unused",
    }
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve"],
            cwd=REPOSITORY, env=environment, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        url = f"http://{address}:{port}"
        wait_for(f"{url}/healthz", process)
        assert call_action(url, {"X-Stafet-Action-Secret": secret}).status_code == 403
    finally:
        process.terminate()
        process.wait(20)


def own_address() -> str | None:
    """An address of this machine that is not loopback; nothing is sent to find it."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        with suppress(OSError):
            probe.connect(("192.0.2.1", 9))
        address: str = probe.getsockname()[0]
    known = ipaddress.ip_address(address)
    return None if known.is_loopback or known.is_unspecified else address


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Waits until an address answers."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up and process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")


def test_no_secret_stands_in_the_list_of_processes(system: RunningSystem) -> None:
    secrets = secrets_of(system).values()
    assert len(secrets) == 2
    for pid in pids():
        with suppress(OSError):
            line = command_line(pid)
            assert not any(secret in line for secret in secrets)
    assert (system.var / "secrets.env").stat().st_mode & 0o077 == 0
    for file in system.logs.values():
        said = file.read_text(encoding="utf-8", errors="replace")
        assert not any(secret in said for secret in secrets)


def test_nothing_is_written_outside_the_var_folder(system: RunningSystem) -> None:
    Citizen(system.url).say(QUESTION)
    assert list(system.home.rglob("*")) == []
    assert list(system.tmp.rglob("*")) == []


def test_interrupted_it_ends_everything_with_status_0(another: RunningSystem) -> None:
    another.start()
    assert {another.find(part) is not None for part in ("application", "bot")} == {True}
    began = time.monotonic()
    assert another.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert another.all_pids() == []
    assert listeners(another.port) == listeners(another.rasa_port) == []
    said = another.output.read_text(encoding="utf-8")
    assert f"{another.url}/klarret" in said
    assert said.rstrip().endswith("Stopped.")


def test_interrupted_while_starting_it_ends_as_well(another: RunningSystem) -> None:
    with another.output.open("wb") as out:
        another.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "up"],
            cwd=REPOSITORY, env=another.environment, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    give_up = time.monotonic() + 60
    while another.find("bot") is None and time.monotonic() < give_up:
        time.sleep(0.1)
    assert another.stop(signal.SIGINT) == 0
    assert another.all_pids() == []


@pytest.mark.slow
def test_a_killed_supervisor_takes_its_parts_with_it(another: RunningSystem) -> None:
    another.start()
    assert another.process is not None
    another.process.kill()
    another.process.wait()
    give_up = time.monotonic() + STOP_SECONDS
    while another.all_pids() and time.monotonic() < give_up:
        time.sleep(0.1)
    assert another.all_pids() == []


@pytest.mark.parametrize("setting", ["STAFET_PORT", "STAFET_RASA_PORT"])
def test_a_port_that_is_taken_is_named(another: RunningSystem, setting: str) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        tried = another.cli("up", **{setting: str(port)})
    assert tried.returncode == 1
    assert f"Port {port} on 127.0.0.1" in tried.stderr
    assert setting in tried.stderr
    assert "Traceback" not in tried.stderr
    assert another.all_pids() == []


def test_without_a_trained_bot_it_says_so_and_ends(another: RunningSystem) -> None:
    (another.var / "models" / "bot.tar.gz").unlink()
    with another.output.open("wb") as out:
        ended = subprocess.run(
            [sys.executable, "-m", "api.cli", "up"],
            cwd=REPOSITORY, env=another.environment, stdout=out, stderr=out, timeout=100, check=False,
        )  # fmt: skip
    said = another.output.read_text(encoding="utf-8")
    assert ended.returncode == 1
    assert "The bot does not start" in said
    assert "no trained bot at" in said
    assert another.all_pids() == []


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


def test_the_supervisor_says_what_it_restarts(system: RunningSystem) -> None:
    killed = system.kill("bot")
    system.wait_for_another("bot", killed)
    system.wait_until_ready()
    said = system.output.read_text(encoding="utf-8")
    assert "The bot ended (status -9); starting it again in" in said
    assert os.getpgid(system.pid("bot")) == system.pid("bot"), "a part has a group of its own"
