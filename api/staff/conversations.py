"""The interface of the staff console: the queue, conversations, call backs, suggestions; and its live line."""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import suppress
from typing import Annotated, Any, Literal, Protocol

from fastapi import APIRouter, Depends, Header, Path, WebSocket, WebSocketDisconnect
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Role, Staff, StaffDoor, audit, require_csrf, require_role
from api.chat.hub import STAFF, Listener
from api.chat.model import Sender, Strict
from api.chat.socket import POLICY, Refused, read_frame, same_origin
from api.chat.staffing import KIND, Staffing
from api.db.models import AuditEvent
from api.deps import Transaction
from api.errors import ProblemError
from api.staff import console_view
from api.staff.console_view import Known
from api.staff.router import COOKIE, HOST_PREFIX, SignedInStaff
from api.words import LANGUAGES, Words
from knowledge.articles import Audience, Lang
from knowledge.search.model import SearchAnswer

SessionId = Annotated[str, Path(max_length=64)]
SUGGESTED = 3
# Looking on for so long is one look in the audit log.
ONE_LOOK = dt.timedelta(hours=1)


class Reader(Protocol):
    """The part of the knowledge base that suggests answers."""

    def search(
        self, query: str, *, audience: Audience | None, lang: Lang, municipality: str | None,
        limit: int,
    ) -> SearchAnswer:  # fmt: skip
        """The subjects nearest to a question."""
        ...


class Claim(Strict):
    """The version that was seen, so that a newer one is noticed."""

    version: int | None = None


class Written(Strict):
    """What a member of staff writes, with the sources they put in."""

    text: str = Field(max_length=20_000)
    client_id: str | None = Field(None, min_length=1, max_length=48)
    sources: list[dict[str, str | None]] = Field(default_factory=list, max_length=10)


class Release(Strict):
    """Back to the bot, or to the queue for a colleague."""

    to: Literal["bot", "queue"] = "bot"


class Transfer(Strict):
    """To a colleague on duty, or to a forvaltning."""

    colleague: str | None = None
    unit: str | None = None


class Close(Strict):
    """Why the conversation is over."""

    reason: Literal["answered", "sent_on", "complaint_sent", "left", "abuse", "other"]


class Beat(Strict):
    """Whether one takes conversations."""

    on_duty: bool


async def live_staff(staff: SignedInStaff) -> Staff:
    """Who may see conversations."""
    require_role(staff, Role.LIVE_STAFF, Role.MANAGER)
    return staff


async def acting_staff(
    staff: SignedInStaff, x_csrf_token: Annotated[str | None, Header()] = None
) -> Staff:
    """Who may take conversations, from one of our own pages."""
    require_role(staff, Role.LIVE_STAFF)
    require_csrf(staff, x_csrf_token)
    return staff


Seeing = Annotated[Staff, Depends(live_staff)]
Acting = Annotated[Staff, Depends(acting_staff)]


def build_router(
    staffing: Staffing, door: StaffDoor, knowledge: Reader, municipality: str, canned: Words,
    known: Known,
) -> APIRouter:  # fmt: skip
    """The routes of the console over the staff side of the chat."""
    router = APIRouter(prefix="/api/v1/staff", tags=["staff"])

    @router.get("/conversations")
    async def conversations(
        tx: Transaction, staff: Seeing, state: Literal["open", "over"] = "open"
    ) -> dict[str, Any]:
        """The queue and who has what; or the newest that are over."""
        if state == "over":
            return {"conversations": await console_view.history(tx, staff)}
        return await console_view.overview(tx, staffing, staff)

    @router.get("/conversations/{session}")
    async def conversation(tx: Transaction, session: SessionId, staff: Seeing) -> dict[str, Any]:
        """One conversation with all that is known; that it was seen is written down."""
        row = await staffing.find(tx, session, staff)
        await seen(tx, staff, KIND, session, staffing.clock.now())
        return await console_view.whole(tx, staffing, row, staff, known)

    @router.post("/conversations/{session}/claim")
    async def claim(
        session: SessionId, staff: Acting, wanted: Claim | None = None
    ) -> dict[str, Any]:
        """Takes a conversation; 409 when a colleague was first."""
        version = await staffing.claim(session, staff, wanted.version if wanted else None)
        return {"session": session, "state": "staff", "version": version}

    @router.post("/conversations/{session}/messages")
    async def say(session: SessionId, words: Written, staff: Acting) -> dict[str, Any]:
        """Writes to the citizen."""
        message = await staffing.say(session, staff, words.text, words.client_id, words.sources)
        return {"message": message.model_dump(mode="json")}

    @router.post("/conversations/{session}/release", status_code=204)
    async def release(session: SessionId, staff: Acting, wanted: Release | None = None) -> None:
        """Gives the conversation back."""
        await staffing.release(session, staff, to_queue=bool(wanted and wanted.to == "queue"))

    @router.post("/conversations/{session}/transfer", status_code=204)
    async def transfer(session: SessionId, wanted: Transfer, staff: Acting) -> None:
        """Hands the conversation on."""
        await staffing.transfer(session, staff, colleague=wanted.colleague, unit=wanted.unit)

    @router.post("/conversations/{session}/close", status_code=204)
    async def close(session: SessionId, wanted: Close, staff: Acting) -> None:
        """Ends the conversation."""
        await staffing.close(session, staff, wanted.reason)

    @router.post("/conversations/{session}/notes", status_code=204)
    async def note(session: SessionId, words: Written, staff: Acting) -> None:
        """Keeps a note among staff."""
        await staffing.note(session, staff, words.text)

    @router.post("/conversations/{session}/typing", status_code=204)
    async def typing(session: SessionId, staff: Acting) -> None:
        """Shows the citizen that somebody writes."""
        sign = {"type": "typing", "sender": Sender.STAFF.value}
        await staffing.live.hub.tell(session, sign)

    @router.get("/conversations/{session}/suggestions")
    async def suggestions(session: SessionId, staff: Seeing) -> dict[str, Any]:
        """What KlarRet says to the citizen's latest message, with sources."""
        question, language = await staffing.latest_words(session, staff)
        lang: Lang = "en" if language == "en" else "da"
        found = await asyncio.to_thread(
            lambda: knowledge.search(
                question, audience="citizen", lang=lang, municipality=municipality, limit=SUGGESTED
            )
        )
        return suggested(found)

    @router.get("/canned")
    async def canned_replies(staff: Seeing) -> dict[str, list[dict[str, str]]]:
        """Replies that are ready to use, in both languages."""
        return {
            lang: [
                {"title": texts[f"{key}.title"], "text": texts[f"{key}.text"]}
                for key in dict.fromkeys(name.partition(".")[0] for name in texts)
            ]
            for lang in LANGUAGES
            for texts in (canned.by_language[lang],)
        }

    @router.get("/callbacks")
    async def callbacks(tx: Transaction, staff: Seeing) -> dict[str, Any]:
        """Who wants to be called; that it was seen is written down."""
        await seen(tx, staff, "callback", "all", staffing.clock.now())
        return {"callbacks": await console_view.callbacks(tx)}

    @router.post("/callbacks/{callback}/done", status_code=204)
    async def call_done(callback: int, staff: Acting) -> None:
        """Somebody has called."""
        await staffing.call_done(callback, staff)

    @router.post("/heartbeat", status_code=204)
    async def heartbeat(beat: Beat, staff: Acting) -> None:
        """A console is open; on duty or not."""
        await staffing.heartbeat(staff, on_duty=beat.on_duty)
        await staffing.live.hub.tell(STAFF)

    @router.websocket("/socket")
    async def live_line(socket: WebSocket) -> None:
        """Tells a console that something changed; what it was is fetched by the routes above."""
        token = socket.cookies.get(HOST_PREFIX + COOKIE) or socket.cookies.get(COOKIE)
        try:
            if not same_origin(socket, (), required=True):
                raise Refused(POLICY)
            staff = await door.who(token, staffing.clock.now())
            require_role(staff, Role.LIVE_STAFF, Role.MANAGER)
        except (ProblemError, Refused):
            await socket.close(POLICY)
            return
        await socket.accept()
        with staffing.live.hub.listening(STAFF) as listener:
            both = [
                asyncio.create_task(_until_gone(socket)),
                asyncio.create_task(_pass_on(socket, listener, staffing.live.hub.look_every)),
            ]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in both:
                    task.cancel()
                await asyncio.gather(*both, return_exceptions=True)
                with suppress(RuntimeError):
                    await socket.close()

    return router


async def seen(tx: AsyncSession, staff: Staff, kind: str, subject: str, now: dt.datetime) -> None:
    """Writes down that somebody looked; once an hour for an open page that fetches what is new by itself."""
    before = await tx.scalar(
        select(AuditEvent)
        .where(
            AuditEvent.subject_kind == kind,
            AuditEvent.subject_id == subject,
            AuditEvent.actor == staff.username,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    if before is None or before.act != "viewed" or now - before.at >= ONE_LOOK:
        audit(tx, actor=staff.username, act="viewed", kind=kind, subject=subject, now=now)


async def _until_gone(socket: WebSocket) -> None:
    with suppress(WebSocketDisconnect, Refused):
        while True:
            await read_frame(socket)


async def _pass_on(socket: WebSocket, listener: Listener, seconds: float) -> None:
    while True:
        for passed in await listener.wait(seconds):
            await socket.send_json(passed)
        await socket.send_json({"type": "changed"})


def suggested(found: SearchAnswer) -> dict[str, Any]:
    """Suggestions as the console puts them in: the passage and its citations."""
    return {
        "answered": found.answered,
        "suggestions": [
            {
                "article": hit.article, "title": hit.title, "section": hit.section,
                "text": hit.text,
                "sources": [
                    {"label": source.label, "paragraph": source.paragraph, "url": source.url,
                     "article": hit.article, "title": hit.title, "confidence": source.confidence}
                    for source in hit.sources
                ],
            }
            for hit in found.results
        ],
    }  # fmt: skip
