"""Asks an action over a connection that is kept, with a request that is written in one go.

Rasa opens a connection for each action and closes it again, and the general client it asks with does in Python what a
browser would need. An action is one question and one answer to a known address. What is not that is left to Rasa's own.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from functools import lru_cache
from typing import Any, DefaultDict, Dict, List, NamedTuple, Optional, Text, Tuple
from urllib.parse import urlsplit

import aiohttp
from httptools import HttpParserError, HttpResponseParser
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.lean_memory import Beside

# How long a connection nobody uses is kept, in seconds: less than the application does, so that none is used that
# the application is about to close.
IDLE_SECONDS = 2.0
IS_JSON = re.compile(r"application/(?:[\w.+-]+?\+)?json", re.IGNORECASE)


class Answer(NamedTuple):
    """What came back."""

    status: int
    reason: Text
    content_type: Text
    body: bytes


class Address(NamedTuple):
    """Where an action is asked."""

    host: Text
    port: int
    path: Text


def install() -> None:
    """Puts the lean way in the place of Rasa's own, for requests it is made for."""
    ask_rasas_way = EndpointConfig.request
    if getattr(ask_rasas_way, "is_lean", False):
        return
    lines: Beside[DefaultDict[Tuple[Text, int], List[_Line]]] = Beside(
        lambda _loop: defaultdict(list)
    )

    async def request(
        self: EndpointConfig,
        method: Text = "post",
        subpath: Optional[Text] = None,
        content_type: Optional[Text] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        address = (
            plain_address(self.url) if is_plain(self, method, subpath, compress, kwargs) else None
        )
        if address is None or not content_type:
            return await ask_rasas_way(self, method, subpath, content_type, compress, **kwargs)
        asked = written(address, {"Content-Type": content_type, **self.headers}, kwargs["json"])
        idle = lines.of(asyncio.get_running_loop())[address[:2]]
        answer = await ask(idle, address, asked, kwargs.get("timeout") or DEFAULT_REQUEST_TIMEOUT)
        if 300 <= answer.status < 400:
            return await ask_rasas_way(self, method, subpath, content_type, compress, **kwargs)
        return read(answer)

    request.is_lean = True  # type: ignore[attr-defined]
    EndpointConfig.request = request


def is_plain(
    endpoint: EndpointConfig,
    method: Text,
    subpath: Optional[Text],
    compress: bool,
    more: Dict[Text, Any],
) -> bool:
    """Whether this is a question in JSON to a plain address, with nothing beside it but headers."""
    special = endpoint.params or endpoint.basic_auth or endpoint.token or endpoint.cafile
    headers = endpoint.headers.items()
    return (
        method.lower() == "post"
        and "json" in more
        and more.keys() <= {"json", "timeout"}
        and not (special or subpath or compress)
        and all(re.search(r"[\r\n]", f"{name}{value}") is None for name, value in headers)
    )


@lru_cache(maxsize=8)
def plain_address(url: Optional[Text]) -> Optional[Address]:
    """The parts of an address that needs no encryption and no password."""
    parts = urlsplit(url or "")
    if parts.scheme != "http" or not parts.hostname or "@" in parts.netloc or not parts.path:
        return None
    return Address(
        parts.hostname, parts.port or 80, parts.path + (f"?{parts.query}" if parts.query else "")
    )


def written(address: Address, headers: Dict[Text, Any], question: Any) -> bytes:
    """The whole request."""
    body = json.dumps(question).encode()
    lines = [
        f"POST {address.path} HTTP/1.1",
        f"Host: {address.host}:{address.port}",
        "Accept: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "\r\n"]).encode() + body


async def ask(idle: List[_Line], address: Address, asked: bytes, seconds: float) -> Answer:
    """The answer, over a connection that is idle or a new one; it is kept if all went well."""
    line = taken(idle) or await connected(address, seconds)
    kept = False
    try:
        answer = await line.ask(asked, seconds)
        kept = line.may_be_kept and answer.status < 400
    finally:
        if kept:
            idle.append(line)
        else:
            # An action that broke may have spoilt its end.
            line.close()
    return answer


def taken(idle: List[_Line]) -> Optional[_Line]:
    """The connection used last, if it is still good; those that are not are closed."""
    while idle:
        line = idle.pop()
        if line.is_good():
            return line
        line.close()
    return None


async def connected(address: Address, seconds: float) -> _Line:
    """A new connection."""
    connecting = asyncio.get_running_loop().create_connection(_Line, address.host, address.port)
    try:
        _, line = await asyncio.wait_for(connecting, seconds)
    except OSError as error:
        raise aiohttp.ClientConnectionError(str(error)) from error
    return line


def read(answer: Answer) -> Optional[Any]:
    """What an answer says, or the error that Rasa knows it by."""
    if answer.status >= 400:
        raise ClientResponseError(answer.status, answer.reason, answer.body)
    kind, _, more = answer.content_type.partition(";")
    if IS_JSON.fullmatch(kind.strip()) is None or not answer.body.strip():
        return None
    charset = re.search(r"charset=\"?([\w.-]+)", more, re.IGNORECASE)
    return json.loads(answer.body.decode(charset.group(1) if charset else "utf-8"))


class _Line(asyncio.Protocol):
    """One connection, with one question on it at a time."""

    def __init__(self) -> None:
        self.may_be_kept = False
        # The loop's own kind, which is not Python's.
        self._transport: Any = None
        self._answer: Optional[asyncio.Future[Answer]] = None
        self._used = 0.0
        self._parser = HttpResponseParser(self)
        self._reason, self._content_type, self._body = b"", b"", b""

    async def ask(self, asked: bytes, seconds: float) -> Answer:
        """Sends a question and waits for the answer."""
        loop = asyncio.get_running_loop()
        waiting = self._answer = loop.create_future()
        self.may_be_kept = False
        if self._transport is None:
            raise aiohttp.ServerDisconnectedError()
        self._transport.write(asked)
        too_late = loop.call_later(seconds, self._fail, asyncio.TimeoutError())
        try:
            answer: Answer = await waiting
        finally:
            too_late.cancel()
            self._answer = None
            self._used = loop.time()
        return answer

    def is_good(self) -> bool:
        """Whether the other side holds its end, and will for long enough."""
        return (
            self._transport is not None
            and not self._transport.is_closing()
            and asyncio.get_running_loop().time() - self._used < IDLE_SECONDS
        )

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: Any) -> None:
        """Called by the loop when the other side has answered."""
        self._transport = transport

    def connection_lost(self, error: Optional[Exception]) -> None:
        """Called by the loop when either side has ended it."""
        self._transport = None
        self._fail(aiohttp.ServerDisconnectedError())

    def data_received(self, data: bytes) -> None:
        """Called by the loop with whatever has come."""
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._fail(aiohttp.ClientPayloadError(str(error)))
            self.close()

    def on_status(self, status: bytes) -> None:
        """Called by the parser with the words after the number."""
        self._reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser for each header."""
        if name.lower() == b"content-type":
            self._content_type = value

    def on_body(self, body: bytes) -> None:
        """Called by the parser with each piece."""
        self._body += body

    def on_message_complete(self) -> None:
        """Called by the parser when an answer is whole."""
        status = self._parser.get_status_code()
        found = Answer(
            status, self._reason.decode("latin-1"), self._content_type.decode("latin-1"), self._body
        )
        self.may_be_kept = self._parser.should_keep_alive()
        self._reason, self._content_type, self._body = b"", b"", b""
        if status >= 200 and self._answer is not None and not self._answer.done():
            self._answer.set_result(found)

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
