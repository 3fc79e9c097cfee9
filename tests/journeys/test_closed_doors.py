"""What must not be reached from outside, seen or written elsewhere."""

from __future__ import annotations

import ipaddress
from contextlib import suppress

import httpx
import pytest

from tests.journeys.citizen import Citizen
from tests.journeys.system import (
    RunningSystem,
    command_line,
    listeners,
    pids,
    secrets_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

QUESTION = "Må jeg få min søster til at gå med til mødet i jobcentret?"


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
