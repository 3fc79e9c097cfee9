"""Logs: one line per event, and never what a person wrote, a secret or a number that identifies."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from api.logs import FORBIDDEN_KEYS, configure_logging, without_words
from tests.api.conftest import World


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged, as JSON lines."""
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    configure_logging("info", json=True)
    yield out
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


def test_words_and_secrets_are_dropped() -> None:
    event = {"event": "x", "reason": "nr. 010190-1234", **dict.fromkeys(FORBIDDEN_KEYS, "hej")}
    assert without_words(None, "info", event) == {"event": "x", "reason": "nr. [CPR fjernet]"}


async def test_a_turn_leaves_no_words_in_the_log(world: World, lines: io.StringIO) -> None:
    async with world.client() as client:
        opened = (await client.post("/api/v1/chat/sessions")).json()
        path = f"/api/v1/chat/sessions/{opened['session']}"
        headers = {"Authorization": f"Bearer {opened['token']}"}
        secret = "Min nabo hedder Rosinante, 010190-1234"
        await client.post(f"{path}/messages", json={"text": secret}, headers=headers)
        world.rasa.dead = True
        await client.post(f"{path}/messages", json={"text": secret}, headers=headers)
        await client.get(f"{path}/messages?after=1&q=Rosinante", headers=headers)
    written = lines.getvalue()
    events = [json.loads(line) for line in written.splitlines()]
    requests = [event for event in events if event["event"] == "request"]
    assert len(requests) == 4
    assert {"method", "route", "status", "ms", "request_id"} <= requests[0].keys()
    assert any(event["event"] == "bot.no_answer" for event in events)
    for hidden in ("Rosinante", "010190", opened["session"], opened["token"]):
        assert hidden not in written


def test_an_exception_is_logged_by_type_and_place_only(lines: io.StringIO) -> None:
    """Some errors repeat what a citizen wrote, and some libraries write the error out themselves."""
    for logger in (structlog.get_logger("ours"), logging.getLogger("uvicorn.error")):
        try:
            raise ValueError("Min nabo hedder Rosinante")
        except ValueError:
            logger.exception("it.failed")
    written = lines.getvalue()
    assert "Rosinante" not in written
    events = [json.loads(line) for line in written.splitlines()]
    assert [event["exception"].split(" at ")[0] for event in events] == ["ValueError"] * 2
    assert all("test_logs.py:" in event["exception"] for event in events)
