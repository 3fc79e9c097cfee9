"""The supervisor: clear words when it cannot start, restarts what dies, leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api import supervise
from api.secrets import with_secrets
from api.settings import Settings
from api.supervise import Part, StartError, Supervisor, parts_of, require_free_ports


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def on_free_ports(settings: Settings) -> Settings:
    return settings.model_copy(update={"port": free_port(), "rasa_port": free_port()})


def part(tmp_path: Path, code: str) -> Part:
    return Part("thing", [sys.executable, "-c", code], {}, tmp_path / "log" / "thing.log")


def until(condition, seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it never happened"
        time.sleep(0.02)


@pytest.mark.parametrize("setting", ["port", "rasa_port"])
def test_a_taken_port_is_named_with_a_way_out(on_free_ports: Settings, setting: str) -> None:
    require_free_ports(on_free_ports)
    with socket.socket() as other:
        other.bind(("127.0.0.1", getattr(on_free_ports, setting)))
        other.listen()
        with pytest.raises(StartError, match=f"STAFET_{setting.upper()}="):
            require_free_ports(on_free_ports)


def test_secrets_are_not_on_the_command_line(on_free_ports: Settings) -> None:
    settings = with_secrets(on_free_ports)
    for each in parts_of(settings):
        assert each.environment["STAFET_RASA_TOKEN"] not in " ".join(each.command)
        assert each.environment["STAFET_ACTION_SECRET"] not in " ".join(each.command)


def test_a_rasa_that_runs_elsewhere_is_not_started(on_free_ports: Settings) -> None:
    elsewhere = on_free_ports.model_copy(update={"rasa_url": "http://127.0.0.1:7000"})
    assert [each.name for each in parts_of(with_secrets(elsewhere))] == ["application"]


def test_what_dies_is_started_again_with_growing_pauses(
    tmp_path: Path, on_free_ports: Settings
) -> None:
    short = part(tmp_path, "raise SystemExit(7)")
    said: list[str] = []
    keeper = Supervisor(on_free_ports, [short], said.append)
    keeper.green = True
    short.start()
    pauses = []
    for _ in range(3):
        until(short.has_died)
        keeper._revive()
        assert short.start_again_at is not None
        pauses.append(round(short.start_again_at - time.monotonic()))
        short.start_again_at = 0
        keeper._revive()
    short.stop()
    assert pauses == [1, 2, 4]
    assert "status 7" in said[0]


def test_a_part_that_cannot_start_ends_it_with_its_last_words(
    tmp_path: Path, on_free_ports: Settings
) -> None:
    broken = part(tmp_path, "print('no index here'); raise SystemExit(1)")
    keeper = Supervisor(on_free_ports, [broken], lambda _line: None)
    broken.start()
    until(broken.has_died)
    broken.deaths = supervise.HOPELESS - 1
    with pytest.raises(StartError, match="no index here"):
        keeper._revive()


def test_stopping_insists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "STOP_SECONDS", 0.3)
    deaf = part(
        tmp_path,
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
    )
    deaf.start()
    until(lambda: "up" in deaf.last_lines())
    assert deaf.process is not None
    deaf.stop()
    assert deaf.process.returncode == -signal.SIGKILL


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom api.supervise import Part\n"
        f"p = Part('x', [sys.executable, '-c', 'import time; time.sleep(60)'], {{}}, Path({str(tmp_path)!r}) / 'l')\n"
        "p.start()\nprint(p.process.pid, flush=True)\ntime.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not alive(child))


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be collected by init has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
