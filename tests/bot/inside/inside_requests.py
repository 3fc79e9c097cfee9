"""Actions are asked as Rasa asks them, with the same results and the same errors, over a connection that is kept."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import Awaitable, Callable
from typing import Any
from unittest import mock

from aiohttp import ClientConnectionError, ServerDisconnectedError, web
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot import lean_requests

Answers = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def in_pieces(request: web.Request) -> web.StreamResponse:
    """An answer whose length is not said beforehand."""
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    await answer.prepare(request)
    for piece in (b'{"wor', b'ds": "\xc3\xa6', b'\xc3\xb8"}'):
        await answer.write(piece)
    return answer


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """No answer at all."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def sleeps(request: web.Request) -> web.StreamResponse:
    """An answer that comes too late for whoever asks now."""
    await asyncio.sleep(0.4)
    return web.json_response({})


def says(body: bytes = b"{}", **more: Any) -> Answers:
    """The same answer to everybody."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, **more)

    return answer


async def echo(request: web.Request) -> web.StreamResponse:
    """What was asked, and with which headers, given back."""
    told = {name: request.headers.get(name) for name in ("X-Secret", "Content-Type")}
    query = dict(request.query)
    return web.json_response({"asked": await request.json(), "headers": told, "query": query})


JSON = "application/json"
ROUTES: dict[str, Answers] = {
    "/echo": echo,
    "/pieces": in_pieces,
    "/hangs-up": hangs_up,
    "/plain": says(b"{}", content_type="text/plain"),
    "/problem": says(b'{"a": 1}', content_type="application/problem+json"),
    "/empty": says(b"", content_type=JSON),
    "/latin": says('{"a": "æ"}'.encode("latin-1"), content_type=JSON, charset="latin-1"),
    "/broken-json": says(b"{", content_type=JSON),
    "/rejected": says(b'{"action_name": "a"}', status=400, content_type=JSON),
    "/failed": says(b"sorry", status=500, reason="Own Words"),
    "/elsewhere": says(b"", status=307, headers={"Location": "/echo"}),
    "/closes": says(b"{}", content_type=JSON, headers={"Connection": "close"}),
}


class Requests(unittest.TestCase):
    """A server of our own, asked in Rasa's way and in ours."""

    def setUp(self) -> None:
        self.original = EndpointConfig.request
        self.addCleanup(setattr, EndpointConfig, "request", self.original)
        self.connections: list[Any] = []

    def asked(self, *paths: str, together: bool = False, **more: Any) -> list[Any]:
        """What each request gave, or the error it ended in; one after the other unless together."""
        return asyncio.run(self._asked(paths, together, more))

    async def _asked(
        self, paths: tuple[str, ...], together: bool, more: dict[str, Any]
    ) -> list[Any]:
        @web.middleware
        async def notes(request: web.Request, handler: Any) -> Any:
            self.connections.append(request.transport)
            return await handler(request)

        app = web.Application(middlewares=[notes])
        for path, answer in {**ROUTES, "/sleeps": sleeps}.items():
            app.router.add_post(path, answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        try:
            if together:
                return await asyncio.gather(*(self.outcome(path, **more) for path in paths))
            return [await self.outcome(path, **more) for path in paths]
        finally:
            await runner.cleanup()

    async def outcome(self, path: str, **more: Any) -> Any:
        """What a request gives, or the kind of error and what Rasa reads of it."""
        endpoint = EndpointConfig(
            f"http://127.0.0.1:{self.port}{path}", headers={"X-Secret": "hemmeligt"}
        )
        try:
            return await endpoint.request(json={"words": "æøå"}, method="post", **more)
        except ClientResponseError as error:
            return error.status, error.message, error.text
        except Exception as error:
            return type(error)


class SameAnswers(Requests):
    def test_same_results_and_same_errors(self) -> None:
        paths = (*ROUTES, "/echo?a=b", "/nowhere")
        before = self.asked(*paths, timeout=20)
        lean_requests.install()
        assert EndpointConfig.request is not self.original
        assert self.asked(*paths, timeout=20) == before
        found = dict(zip(paths, before, strict=True))
        assert found["/echo"]["asked"] == {"words": "æøå"}
        assert found["/echo"]["headers"]["X-Secret"] == "hemmeligt"
        assert found["/echo?a=b"]["query"] == {"a": "b"}
        assert found["/elsewhere"]["asked"] == {"words": "æøå"}
        assert found["/pieces"] == {"words": "æø"}
        assert found["/failed"] == (500, "Own Words", b"sorry")
        assert found["/plain"] is None
        assert found["/hangs-up"] is ServerDisconnectedError

    def test_nobody_there(self) -> None:
        lean_requests.install()
        self.port = 1
        error = asyncio.run(self.outcome("/echo"))
        assert issubclass(error, ClientConnectionError)

    def test_too_late(self) -> None:
        before = self.asked("/sleeps", timeout=0.05)
        lean_requests.install()
        assert self.asked("/sleeps", timeout=0.05) == before

    def test_what_is_not_a_plain_question_is_left_to_rasa(self) -> None:
        others: list[Any] = []

        async def rasas(self: EndpointConfig, *given: Any, **more: Any) -> str:
            others.append(self.url)
            return "Rasa"

        EndpointConfig.request = rasas
        lean_requests.install()
        plain = "http://127.0.0.1:1/a"
        asked: list[tuple[EndpointConfig, dict[str, Any]]] = [
            (EndpointConfig("https://127.0.0.1:1/a"), {"json": {}}),
            (EndpointConfig("http://user:word@127.0.0.1:1/a"), {"json": {}}),
            (EndpointConfig(plain, params={"a": "b"}), {"json": {}}),
            (EndpointConfig(plain, token="t"), {"json": {}}),
            (EndpointConfig(plain, basic_auth={"username": "u", "password": "p"}), {"json": {}}),
            (EndpointConfig(plain, headers={"a": "b\r\nc: d"}), {"json": {}}),
            (EndpointConfig(plain), {"json": {}, "subpath": "b"}),
            (EndpointConfig(plain), {"json": {}, "compress": True}),
            (EndpointConfig(plain), {"json": {}, "method": "get"}),
            (EndpointConfig(plain), {"json": {}, "headers": {"a": "b"}}),
            (EndpointConfig(plain), {"data": b""}),
        ]
        for endpoint, given in asked:
            assert asyncio.run(endpoint.request(**given)) == "Rasa", given
        assert len(others) == len(asked)


class KeptConnection(Requests):
    def setUp(self) -> None:
        super().setUp()
        lean_requests.install()

    def test_one_connection_for_several_actions(self) -> None:
        self.asked("/echo", "/pieces", "/plain", "/echo")
        assert len(self.connections) == 4
        assert len(set(self.connections)) == 1

    def test_another_one_after_an_action_that_broke(self) -> None:
        for broken in ("/failed", "/hangs-up", "/closes", "/rejected"):
            self.connections.clear()
            self.asked("/echo", broken, "/echo", "/echo")
            first, second, *after = self.connections
            assert first is second, broken
            assert first not in after, broken
            assert len(set(after)) == 1, broken

    def test_none_that_was_idle_too_long(self) -> None:
        with mock.patch.object(lean_requests, "IDLE_SECONDS", -1.0):
            self.asked("/echo", "/echo")
        assert len(set(self.connections)) == 2

    def test_two_at_once_do_not_share_one(self) -> None:
        self.asked("/echo", "/echo", together=True)
        assert len(set(self.connections)) == 2

    def test_a_turn_that_is_given_up_leaves_none_behind(self) -> None:
        async def give_up() -> Any:
            line = lean_requests._Line()
            line.connection_made(mock.Mock(is_closing=lambda: False))
            idle: list[Any] = [line]
            line._used = asyncio.get_running_loop().time()
            address = lean_requests.Address("127.0.0.1", 1, "/a")
            waiting = asyncio.ensure_future(lean_requests.ask(idle, address, b"", 5))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            return idle, line._transport.close.called

        assert asyncio.run(give_up()) == ([], True)


if __name__ == "__main__":
    unittest.main()
