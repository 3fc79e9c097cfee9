"""The complaint card of a conversation: read, change, approve, attach, and a new code for a lost one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, UploadFile
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.chat import store
from api.chat.model import Sender, State, Strict
from api.chat.rasa import BotReply
from api.chat.router import SessionId, Token
from api.clock import Clock
from api.complaints.conversation import ConversationComplaints
from api.complaints.saving import saving_request
from api.complaints.service import Received
from api.complaints.views import without_code
from api.db.models import ChatSession
from api.deps import RateLimiter
from api.errors import InvalidInput

Saving = Annotated[AsyncSession, Depends(saving_request, scope="function")]


class Changes(Strict):
    """What the citizen wrote in the card, by its place in the record."""

    values: dict[str, Any] = Field(default_factory=dict, max_length=100)


class Approval(Changes):
    """The citizen's yes to sending what they have seen."""

    confirmed: bool = False


class LostCode(Strict):
    """Which complaint the new code is for."""

    reference: str = Field(max_length=40)


async def own_session(request: Request, session: SessionId, token: Token) -> ChatSession:
    """The conversation of whoever holds its token."""
    clock: Clock = request.app.state.clock
    async with request.app.state.database.reading() as tx:
        return await store.load(tx, session, token, clock.now())


Own = Annotated[ChatSession, Depends(own_session)]


async def check_session(
    tx: AsyncSession, session: str, authorization: str | None, clock: Clock
) -> str:
    """The language of a conversation, for whoever holds its token.

    Raises:
        Unauthorized: nobody does.
    """
    scheme, _, token = (authorization or "").partition(" ")
    held = token.strip() if scheme.lower() == "bearer" else None
    chat = await store.load(tx, session[:64], held, clock.now())
    return chat.language


def build_router(complaints: ConversationComplaints, limiter: RateLimiter) -> APIRouter:
    """The card's routes."""
    router = APIRouter(
        prefix="/api/v1/chat/sessions/{session}/complaint", tags=["chat"],
        dependencies=[Depends(limiter.rule("complaint_form"))],
    )  # fmt: skip

    @router.get("")
    async def read(own: Own) -> dict[str, Any]:
        """The draft as it stands."""
        return {"card": await complaints.card(own.id)}

    @router.patch("")
    async def change(own: Own, changes: Changes) -> dict[str, Any]:
        """Writes changes down; the card says what cannot stand."""
        return {"card": await complaints.change(own.id, changes.values)}

    @router.delete("", status_code=204)
    async def discard(own: Own) -> None:
        """Deletes the draft."""
        await complaints.discard(own.id)

    @router.post("/approval", status_code=201, dependencies=[Depends(limiter.rule("complaint"))])
    async def approve(request: Request, own: Own, tx: Saving, approval: Approval) -> JSONResponse:
        """Sends it; the answer holds the code, which is kept nowhere."""
        if not approval.confirmed:
            raise InvalidInput(field="confirmed")
        clock: Clock = request.app.state.clock
        received = await complaints.approve(tx, own.id, approval.values, own.language)
        message = await _tell(tx, own, complaints, received, clock)
        chat = await tx.get_one(ChatSession, own.id)
        body = {"messages": [message], "state": State(chat.state).value}
        return JSONResponse(body, status_code=201)

    @router.post("/attachments", status_code=201)
    async def attach(own: Own, file: UploadFile) -> dict[str, Any]:
        """Puts a file with the draft."""
        return {"card": await complaints.add_file(own.id, file.filename or "", await file.read())}

    @router.delete("/attachments/{attachment}")
    async def detach(own: Own, attachment: Annotated[str, Path(max_length=36)]) -> dict[str, Any]:
        """Takes a file away."""
        return {"card": await complaints.remove_file(own.id, attachment)}

    @router.post("/code")
    async def lost_code(own: Own, tx: Saving, lost: LostCode) -> dict[str, Any]:
        """A new code for a complaint of this conversation; the old one is worth nothing from now on."""
        return await complaints.new_code(tx, own.id, lost.reference)

    return router


async def _tell(
    tx: AsyncSession, own: ChatSession, complaints: ConversationComplaints, received: Received,
    clock: Clock,
) -> dict[str, Any]:  # fmt: skip
    """Puts the receipt into the conversation without its code; gives the message with it."""
    chat = await tx.get_one(ChatSession, own.id, with_for_update=True)
    card = {"type": "receipt", "data": complaints.receipt(received, chat.language)}
    text = complaints.receipt_text(received, chat.language)
    row = store.add_reply(
        tx, chat, BotReply(text=text, card=without_code(card)), sender=Sender.SYSTEM,
        now=clock.now(), reply_to=None,
    )  # fmt: skip
    message = store.as_message(row).model_dump(mode="json")
    return message | {"card": card}
