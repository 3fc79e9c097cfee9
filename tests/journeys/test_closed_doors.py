"""What must not be reached from outside, seen or written elsewhere."""

from __future__ import annotations

import ipaddress
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from tests.bot.serving import free_port
from tests.journeys.citizen import Citizen
from tests.journeys.system import (
    REPOSITORY,
    RunningSystem,
    command_line,
    listeners,
    pids,
    secrets_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

QUESTION = "Damen i skranken råbte ad mig og kaldte mig dum. Hvor klager jeg over hende?"


def test_rasa_listens_on_loopback_only(system: RunningSystem) -> None:
    places = listeners(system.rasa_port)
    assert places, "nobody listens on Rasa's port"
    assert all(ipaddress.ip_address(place).is_loopback for place in places), places
    assert all(ipaddress.ip_address(place).is_loopback for place in listeners(system.port))


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
