"""Complaints over HTTP, as the contract fixes it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store, views
from api.complaints.conversation import ConversationComplaints
from api.complaints.errors import UnknownComplaint
from api.complaints.following import TEXT_LIMIT, Following
from api.complaints.letter import letter_pdf
from api.complaints.letters import letter_of, written_at
from api.complaints.parts import ComplaintParts
from api.complaints.record import Submission
from api.complaints.saving import saving_request
from api.complaints.schema import published_schema
from api.complaints.service import Intake, Received, read_body
from api.deps import RateLimiter
from api.errors import InvalidInput, Unavailable, reader_language

Reference = Annotated[str, Path(max_length=40)]
Code = Annotated[str, Header(alias="X-Follow-Up-Code", max_length=100)]
# Committed before the answer is sent, and a failure is told with the ways to a person.
Saving = Annotated[AsyncSession, Depends(saving_request, scope="function")]


class Information(BaseModel):
    """What a citizen adds."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=TEXT_LIMIT)


class NewEmail(BaseModel):
    """Where news shall be sent."""

    model_config = ConfigDict(extra="forbid")
    email: str = Field(max_length=254)


def caller(request: Request) -> str:
    """The address that calls."""
    return request.client.host if request.client else "unknown"


async def opened(request: Request, reference: Reference, code: Code = "") -> str:
    """The id of the complaint whose reference and code came with the request."""
    following: Following = request.app.state.following
    try:
        return await following.open(reference, code, caller(request))
    except (SQLAlchemyError, OSError) as error:
        raise Unavailable() from error


# Before the transaction: a wrong code is counted in one of its own.
Opened = Annotated[str, Depends(opened)]


def build_router(parts: ComplaintParts, limiter: RateLimiter) -> APIRouter:
    """The interface of complaints."""
    intake, following, files = parts.intake, parts.following, parts.files
    conversation = parts.conversation
    router = APIRouter(prefix="/api/v1", tags=["complaints"])
    setting = intake.setting
    looking = [Depends(limiter.rule("follow_up"))]

    @router.get("/schemas/complaint")
    def complaint_schema() -> Response:
        """The JSON Schema of the canonical complaint, with this deployment's code lists."""
        return JSONResponse(
            published_schema("complaint", setting.profile), media_type="application/schema+json"
        )

    @router.get("/schemas/complaint-notice")
    def notice_schema() -> Response:
        """The JSON Schema of the early notice."""
        return JSONResponse(
            published_schema("notice", setting.profile), media_type="application/schema+json"
        )

    @router.post("/complaints", status_code=201, dependencies=[Depends(limiter.rule("complaint"))])
    async def submit(
        request: Request, tx: Saving, body: Annotated[Any, Body()],
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
        authorization: Annotated[str | None, Header(max_length=500)] = None,
    ) -> JSONResponse:  # fmt: skip
        """Receives a complete record, or a conversation's draft; answers with the receipt once it is saved."""
        session = body.get("session") if isinstance(body, dict) else None
        client = f"session:{session}" if session is not None else caller(request)
        if session is not None:
            # Whose conversation it is comes before anything else, also for a repeat.
            lang = await request.app.state.check_session(tx, str(session), authorization)
        received = await intake.repeated(tx, idempotency_key, client, body)
        if received is None:
            if session is not None:
                received = await _from_session(tx, conversation, body, lang)
            else:
                received = await _from_record(tx, intake, following, body)
            await intake.remember(tx, idempotency_key, client, body, received, following.now())
        told = views.receipt(received.parts, received.code, setting, received.parts[0].language)
        return JSONResponse(told, status_code=201)

    @router.get("/complaints/{reference}", dependencies=looking)
    async def look(request: Request, found: Opened) -> dict[str, Any]:
        """History, who has it now, and the dates."""
        async with following.database.reading() as tx:
            row = await following.load(tx, found)
            return await following.view(tx, row, reader_language(request))

    @router.delete("/complaints/{reference}", dependencies=looking)
    async def withdraw(request: Request, found: Opened, tx: Saving) -> dict[str, Any]:
        """Takes the complaint back."""
        row = await following.load(tx, found, to_change=True)
        await following.withdraw(tx, row)
        return await following.view(tx, row, reader_language(request))

    @router.post("/complaints/{reference}/information", dependencies=looking)
    async def add_information(
        request: Request, found: Opened, tx: Saving, added: Information
    ) -> dict[str, Any]:
        """Adds to what was sent."""
        row = await following.load(tx, found, to_change=True)
        await following.add_information(tx, row, added.text)
        return await following.view(tx, row, reader_language(request))

    @router.post("/complaints/{reference}/email", dependencies=looking)
    async def replace_email(
        request: Request, found: Opened, tx: Saving, wanted: NewEmail
    ) -> dict[str, Any]:
        """Sets where news is sent, after a confirmation."""
        row = await following.load(tx, found, to_change=True)
        await following.replace_email(tx, row, wanted.email)
        return await following.view(tx, row, reader_language(request))

    @router.post("/complaints/{reference}/attachments", status_code=201, dependencies=looking)
    async def attach(
        request: Request, found: Opened, tx: Saving, file: UploadFile
    ) -> dict[str, Any]:
        """Adds a file to what was sent."""
        row = await following.load(tx, found, to_change=True)
        await following.add_file(tx, row, file.filename or "", await file.read())
        return await following.view(tx, row, reader_language(request))

    @router.get(
        "/complaints/{reference}/attachments/{attachment}", response_model=None,
        dependencies=looking,
    )  # fmt: skip
    async def download(found: Opened, attachment: Annotated[str, Path(max_length=36)]) -> Response:
        """One file of the complaint."""
        async with following.database.reading() as tx:
            held = await store.attachments(tx, complaint_id=found)
        for row in held:
            if row.id == attachment:
                return await files.answer(row)
        raise UnknownComplaint()

    @router.get("/complaints/{reference}/letter.pdf", response_model=None, dependencies=looking)
    async def letter(request: Request, found: Opened) -> Response:
        """The complaint as a letter to print and post."""
        return await letter_answer(following, found, reader_language(request))

    return router


async def _from_record(
    tx: AsyncSession, intake: Intake, following: Following, body: Any
) -> Received:
    record = read_body(body, intake.check.schema)
    given = Submission(
        record=record, lang="en" if record.get("language") == "en" else "da", channel="api",
        facts=_told_facts(record), inferred=_inferred(record),
    )  # fmt: skip
    received = await intake.receive(tx, given, now=following.now(), today=following.today())
    await following.ask_to_confirm(tx, received.parts[0])
    return received


async def _from_session(
    tx: AsyncSession, conversation: ConversationComplaints, body: dict[str, Any], lang: str
) -> Received:
    values = body.get("values") or {}
    if body.get("confirmed") is not True or not isinstance(values, dict):
        raise InvalidInput(field="confirmed")
    return await conversation.approve(tx, str(body["session"]), values, lang)


async def letter_answer(following: Following, complaint_id: str, lang: str) -> Response:
    """The letter of a complaint; a notice has none, since nothing is written yet."""
    async with following.database.reading() as tx:
        row = await following.load(tx, complaint_id)
    if row.is_notice:
        raise UnknownComplaint()
    view = letter_of(row, following.setting, lang)
    pdf = await asyncio.to_thread(letter_pdf, view, written_at=written_at(row))
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{row.reference}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _told_facts(record: dict[str, Any]) -> dict[str, Any]:
    """The facts that a client has gathered with the guidance, if it sends them along."""
    told = record.get("assessment")
    facts = told.get("facts") if isinstance(told, dict) else None
    return dict(facts) if isinstance(facts, dict) else {}


def _inferred(record: dict[str, Any]) -> list[str]:
    told = record.get("provenance")
    named = told.get("inferred_fields") if isinstance(told, dict) else None
    return [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
