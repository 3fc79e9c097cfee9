"""The chat's HTTP interface, as the contract fixes it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Header, Path, Query, Response, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse

from api.chat.letters import LetterReader, letter_text
from api.chat.model import (
    Answer,
    ClientId,
    HandoffAnswer,
    HandoffWish,
    NewMessage,
    NewSession,
    Opened,
)
from api.chat.service import LONGEST_WAIT, ChatService
from api.chat.transcript import as_pdf, as_text
from api.deps import RateLimiter

SessionId = Annotated[str, Path(max_length=64)]


async def bearer(authorization: Annotated[str | None, Header()] = None) -> str | None:
    """The token of `Authorization: Bearer ...`, if there is one."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


Token = Annotated[str | None, Depends(bearer)]


def build_router(chat: ChatService, limiter: RateLimiter, read_letter: LetterReader) -> APIRouter:
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

    @router.post("/{session}/letter", dependencies=[Depends(limiter.rule("chat_letter"))])
    async def send_letter(
        session: SessionId, token: Token, file: UploadFile,
        client_id: Annotated[ClientId, Form()] = None,
    ) -> Answer:  # fmt: skip
        """Hands over a letter as a PDF; its text is treated like one that was pasted, the file is not kept."""
        await chat.check(session, token)
        text = await letter_text(await file.read(), read_letter)
        return await chat.send(session, token, NewMessage(text=text, client_id=client_id))

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
        session: SessionId, token: Token, format: Literal["text", "json", "pdf"] = "text"
    ) -> Response:
        """The whole conversation, for the citizen to keep."""
        messages, language = await chat.transcript(session, token)
        if format == "json":
            body: dict[str, Any] = {
                "session": session,
                "messages": [message.model_dump(mode="json") for message in messages],
            }
            return JSONResponse(body)
        if format == "pdf":
            pdf = await asyncio.to_thread(
                as_pdf, messages, chat.words, language, written_at=chat.clock.now()
            )
            named = {"Content-Disposition": 'attachment; filename="stafet.pdf"'}
            return Response(pdf, media_type="application/pdf", headers=named)
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
