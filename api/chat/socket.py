"""The live connection of a citizen's page: new messages as they come, and signs of typing.

The token comes in the first frame, never in the address. Everything is read from the database after the last number
that the page has, so a connection that breaks loses nothing; HTTP does the same without one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from api.chat.hub import STAFF, Listener
from api.chat.model import NewMessage, Sender, State
from api.chat.service import ChatService
from api.deps import RateLimiter
from api.errors import ProblemError, Unauthorized, problem_body

log = structlog.get_logger(__name__)

# A pasted letter of 10,000 characters fits in a frame, with escapes.
FRAME_LIMIT = 65_536
# How long the first frame may take, in seconds.
PATIENCE = 10.0
# Close codes: RFC 6455's own, and ours for a token that opens nothing.
UNSUPPORTED, POLICY, TOO_BIG, NO_TOKEN = 1003, 1008, 1009, 4401


class Refused(Exception):
    """The connection cannot go on; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def same_origin(socket: WebSocket, allowed: Sequence[str], *, required: bool = False) -> bool:
    """Whether the page that connects is ours or one that may embed the chat; other programs send no Origin."""
    origin = socket.headers.get("origin")
    if origin is None:
        return not required
    return origin in allowed or urlsplit(origin).netloc == socket.headers.get("host")


async def read_frame(socket: WebSocket) -> dict[str, Any]:
    """One frame: a small JSON object, as text.

    Raises:
        Refused: it is anything else.
    """
    frame = await socket.receive()
    if frame["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(frame.get("code", 1000))
    text = frame.get("text")
    if text is None:
        raise Refused(UNSUPPORTED)
    if len(text) > FRAME_LIMIT:
        raise Refused(TOO_BIG)
    try:
        content = json.loads(text)
    except ValueError:
        raise Refused(POLICY) from None
    if not isinstance(content, dict):
        raise Refused(POLICY)
    return content


def build_socket(chat: ChatService, limiter: RateLimiter, origins: Sequence[str]) -> APIRouter:
    """The live connection over one service."""
    router = APIRouter()

    @router.websocket("/api/v1/chat/sessions/{session}/socket")
    async def connect(socket: WebSocket, session: str) -> None:
        """Lets a page in by its first frame, then serves it until it leaves."""
        if not same_origin(socket, origins):
            await socket.close(POLICY)
            return
        await socket.accept()
        try:
            await limiter.check("chat_socket", socket)
            first = await asyncio.wait_for(read_frame(socket), PATIENCE)
            line = Line(chat, socket, session, str(first.get("token") or ""), limiter)
            line.after = first["after"] if isinstance(first.get("after"), int) else 0
            await line.serve()
        except (Refused, TimeoutError) as refusal:
            code = refusal.code if isinstance(refusal, Refused) else POLICY
            with suppress(RuntimeError):
                await socket.close(code)
        except ProblemError as problem:
            code = NO_TOKEN if isinstance(problem, Unauthorized) else POLICY
            with suppress(RuntimeError):
                await socket.close(code)
        except WebSocketDisconnect:
            pass

    return router


class Line:
    """One connection of one page."""

    def __init__(
        self, chat: ChatService, socket: WebSocket, session: str, token: str, limiter: RateLimiter
    ) -> None:
        self.chat = chat
        self.socket = socket
        self.session = session
        self.token = token
        self.limiter = limiter
        self.after = 0
        self.state: State | None = None

    async def serve(self) -> None:
        """Sends and receives until one of the two ends."""
        with self.chat.hub.listening(self.session) as listener:
            await self._send_news()
            both = [asyncio.create_task(self._hear()), asyncio.create_task(self._tell(listener))]
            try:
                done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                for task in both:
                    task.cancel()
                await asyncio.gather(*both, return_exceptions=True)

    async def _tell(self, listener: Listener) -> None:
        while True:
            for passed in await listener.wait(self.chat.hub.look_every):
                if passed.get("sender") != Sender.CITIZEN:
                    await self.socket.send_json(passed)
            await self._send_news()

    async def _send_news(self) -> None:
        """Sends what came after the last number, and who has the conversation when that changed.

        Raises:
            Unauthorized: the conversation is erased or its time is up.
        """
        answer = await self.chat.read(self.session, self.token, self.after)
        for message in answer.messages:
            self.after = max(self.after, message.seq)
            await self.socket.send_json(
                {"type": "message", "message": message.model_dump(mode="json"),
                 "state": answer.state.value}
            )  # fmt: skip
        if answer.state is not self.state:
            self.state = answer.state
            await self.socket.send_json({"type": "state", "state": answer.state.value})

    async def _hear(self) -> None:
        while True:
            frame = await read_frame(self.socket)
            await self.limiter.check("chat_frame", self.socket)
            kind = frame.get("type")
            if kind == "typing":
                await self._typing()
            elif kind == "message":
                await self._message(frame)
            elif kind != "ping":
                raise Refused(POLICY)

    async def _typing(self) -> None:
        if self.state is State.STAFF:
            sign = {"type": "typing", "session": self.session, "sender": Sender.CITIZEN.value}
            await self.chat.hub.tell(STAFF, sign)

    async def _message(self, frame: dict[str, Any]) -> None:
        """Takes a message like the HTTP route does; what it gives comes to all pages as news."""
        client_id = frame.get("client_id")
        answer: dict[str, Any]
        try:
            await self.limiter.check("chat_message", self.socket)
            wanted = NewMessage.model_validate(
                {key: frame[key] for key in ("text", "payload", "client_id") if key in frame}
            )
            await self.chat.send(self.session, self.token, wanted)
            answer = {"type": "accepted", "client_id": client_id}
        except ProblemError as problem:
            if isinstance(problem, Unauthorized):
                raise
            body = problem_body(
                problem.status, problem.code, field=problem.field, values=problem.values
            )
            answer = {"type": "problem", "client_id": client_id, "problem": body}
        except ValidationError:
            raise Refused(POLICY) from None
        await self.socket.send_json(answer)
