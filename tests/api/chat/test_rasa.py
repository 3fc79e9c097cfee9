"""The line to Rasa: what it sends, and that every way of failing is the same to who asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from api.chat.rasa import BotUnavailable, LoopbackLine, RasaClient

Answer = Callable[[bytes], bytes | None]
GOOD = {"replies": [{"text": "Hej"}], "slots": {"language": "da", "area": None}}


def answer(body: bytes, status: str = "200 OK") -> bytes:
    """An answer as it goes over the line."""
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


class Server:
    """Answers each request with what it was told to; remembers what came, and over how many connections."""

    def __init__(self, reply: Answer) -> None:
        self.reply = reply
        self.heard: list[bytes] = []
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
                body = await reader.readexactly(int(length[0].split(b":")[1]) if length else 0)
                self.heard.append(head + body)
                said = self.reply(head)
                if said is None:
                    break
                writer.write(said)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def line_to(reply: Answer, seconds: float = 5) -> AsyncIterator[tuple[LoopbackLine, Server]]:
    """A line to a server that answers so."""
    server = Server(reply)
    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    line = LoopbackLine(f"http://127.0.0.1:{port}", seconds=seconds)
    try:
        yield line, server
    finally:
        await line.aclose()
        listening.close()
        await listening.wait_closed()


async def test_a_turn_is_one_request_over_a_connection_that_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    good = answer(json.dumps(GOOD).encode())
    async with line_to(lambda _: good) as (line, server):
        rasa = RasaClient(line, "hemmelig")
        for _ in range(3):
            turn = await rasa.turn("s1", "blå æble", language="da", facts={"a": 1}, today=None)
        assert (turn.replies[0].text, turn.facts, turn.language) == ("Hej", {}, "da")
        await rasa.forget("s1")
        assert await rasa.ready() is False
    assert server.connections == 1
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /webhooks/turns/webhook HTTP/1.1")
    assert b"authorization: bearer hemmelig" in head.lower()
    assert json.loads(body) == {
        "sender": "s1", "message": "blå æble",
        "metadata": {"lang": "da", "facts": {"a": 1}, "session": "s1", "today": None},
    }  # fmt: skip
    assert server.heard[3].startswith(b"PUT /conversations/s1/tracker/events?token=hemmelig ")
    assert server.heard[4].startswith(b"GET /status?token=hemmelig ")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer(b"{}", "500 Internal Server Error"), "status-500"),
        (answer(b"{}", "401 Unauthorized"), "status-401"),
        (answer(b"<html>"), "JSONDecodeError"),
        (answer(b"\xff\xfe"), "DecodeError"),
        (answer(b"[]"), "shape"),
        (answer(b'{"replies": [], "slots": {}}'), "empty"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nhalf", "timeout"),
        (b"what\r\n\r\n", "ClientResponseError"),
        (None, "ServerDisconnectedError"),
    ],
)
async def test_what_cannot_be_used_is_a_bot_that_is_away(said: bytes | None, reason: str) -> None:
    async with line_to(lambda _: said, seconds=0.3) as (line, server):
        with pytest.raises(BotUnavailable, match=reason):
            await RasaClient(line, "t").turn("s", "hej", language="da", facts={})
    # A turn counts each time, so it is never asked for again.
    assert len(server.heard) == 1


async def test_nobody_there_is_a_bot_that_is_away() -> None:
    line = LoopbackLine("http://127.0.0.1:1", seconds=5)
    with pytest.raises(BotUnavailable, match="ClientConnectorError"):
        await line.ask("GET", "/status")
    assert await RasaClient(line, "t").ready() is False
    await RasaClient(line, "t").forget("s")
    await line.aclose()
