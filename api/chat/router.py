"""The chat's HTTP interface, as the contract fixes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from api.chat.model import Answer, HandoffAnswer, HandoffWish, NewMessage, NewSession, Opened
from api.chat.service import LONGEST_WAIT, ChatService
from api.chat.transcript import as_text
from api.deps import RateLimiter

SessionId = Annotated[str, Path(max_length=64)]


def bearer(authorization: Annotated[str | None, Header()] = None) -> str | None:
    """The token of `Authorization: Bearer ...`, if there is one."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


Token = Annotated[str | None, Depends(bearer)]


def build_router(chat: ChatService, limiter: RateLimiter) -> APIRouter:
    """The routes of the chat over one service."""
    router = APIRouter(prefix="/api/v1/chat/sessions", tags=["chat"])

    @router.post("", status_code=201, dependencies=[Depends(limiter.rule("chat_open"))])
    async def open_session(wanted: NewSession | None = None) -> Opened:
        """Opens a conversation; the bot's greeting comes with it."""
        return await chat.open(wanted or NewSession())

    @router.post("/{session}/messages", dependencies=[Depends(limiter.rule("chat_message"))])
    async def send_message(session: SessionId, message: NewMessage, token: Token) -> Answer:
        """Sends one message and gives the bot's answer to it."""
        return await chat.send(session, token, message)

    @router.get("/{session}/messages")
    async def read_messages(
        session: SessionId, token: Token, after: Annotated[int, Query(ge=0)] = 0,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
    ) -> Answer:  # fmt: skip
        """The messages after a sequence number; `wait` seconds for one, where there is no live connection."""
        if wait:
            return await chat.wait(session, token, after, wait)
        return await chat.read(session, token, after)

    @router.get("/{session}/transcript", response_model=None)
    async def transcript(
        session: SessionId, token: Token, format: Literal["text", "json"] = "text"
    ) -> Response:
        """The whole conversation, for the citizen to keep."""
        messages, language = await chat.transcript(session, token)
        if format == "json":
            body: dict[str, Any] = {
                "session": session,
                "messages": [message.model_dump(mode="json") for message in messages],
            }
            return JSONResponse(body)
        return PlainTextResponse(as_text(messages, chat.words, language))

    @router.post("/{session}/handoff")
    async def handoff(
        session: SessionId, token: Token, wish: HandoffWish | None = None
    ) -> HandoffAnswer:
        """The way to a person; never limited, and independent of the bot."""
        return await chat.handoff(session, token, wish)

    @router.delete("/{session}/handoff")
    async def give_up(session: SessionId, token: Token) -> Answer:
        """Back to the bot, for who no longer wants to wait."""
        return await chat.give_up_waiting(session, token)

    @router.delete("/{session}", status_code=204)
    async def erase(session: SessionId, token: Token) -> None:
        """Erases the conversation."""
        await chat.erase(session, token)

    return router
