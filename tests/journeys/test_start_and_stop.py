"""Starting, stopping and starting again, as whoever runs the product meets it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.journeys.system import (
    REPOSITORY,
    STOP_SECONDS,
    RunningSystem,
    listeners,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.fixture
def another(tmp_path: Path) -> Iterator[RunningSystem]:
    """A second system, for what ends the whole of it."""
    system = RunningSystem(tmp_path / "another")
    yield system
    system.stop()


def test_interrupted_it_ends_everything_with_status_0(another: RunningSystem) -> None:
    another.start()
    # Ready to us is not yet told to whoever sits at the terminal.
    give_up = time.monotonic() + 10
    while "Ctrl-C" not in another.output.read_text(encoding="utf-8") and time.monotonic() < give_up:
        time.sleep(0.1)
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


def test_the_supervisor_says_what_it_restarts(system: RunningSystem) -> None:
    killed = system.kill("bot")
    system.wait_for_another("bot", killed)
    system.wait_until_ready()
    said = system.output.read_text(encoding="utf-8")
    assert "The bot ended (status -9); starting it again in" in said
    assert os.getpgid(system.pid("bot")) == system.pid("bot"), "a part has a group of its own"
