"""`/opfoelgning`: where a complaint is, who has it, what can be done; opened with reference and code, by form alone."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Uploaded

from api.complaints import baton, store
from api.complaints.calendar_file import calendar_file
from api.complaints.errors import InvalidComplaint, NotSaved, UnknownComplaint
from api.complaints.export import everything_held
from api.complaints.facts import facts_of
from api.complaints.fields import get
from api.complaints.parts import ComplaintParts
from api.complaints.router import caller, letter_answer
from api.complaints.saving import saving
from api.db.complaint_models import Complaint
from api.deps import RateLimiter
from api.errors import InvalidInput, ProblemError, Unavailable, problem_body, reader_language
from api.pages import Pages
from api.web.complaint_beside import Beside, add_beside
from api.web.complaint_form import NO_STORE, query
from api.web.complaint_sites import (
    CODE_COOKIE,
    FOLLOW_UP,
    CitizenSite,
    CookieJar,
    keep_code,
    read_code,
)
from knowledge.rules.recipients import SWITCHBOARD

Act = Callable[[AsyncSession, Complaint], Awaitable[object]]


def build_follow(
    parts: ComplaintParts, pages: Pages, jar: CookieJar, limiter: RateLimiter, beside: Beside
) -> APIRouter:
    """The follow-up pages."""
    router = APIRouter(
        prefix=FOLLOW_UP, include_in_schema=False,
        dependencies=[Depends(limiter.rule("follow_up"))],
    )  # fmt: skip
    follow = FollowPages(parts, pages, jar, beside)
    add_beside(router, follow, beside)

    @router.get("", response_model=None)
    async def show(request: Request) -> Response:
        """The complaint behind the cookie, or the form that asks for reference and code."""
        return await follow.show(request)

    @router.post("", response_model=None)
    async def open_it(request: Request) -> Response:
        """Takes reference and code."""
        async with request.form() as form:
            return await follow.open(request, form)

    @router.post("/luk", response_model=None)
    async def close(request: Request) -> Response:
        """Forgets reference and code in this browser."""
        response = RedirectResponse(f"{FOLLOW_UP}{query(request)}", status_code=303)
        jar.drop(response, CODE_COOKIE, path=FOLLOW_UP)
        return response

    @router.post("/oplysninger", response_model=None)
    async def add_information(request: Request) -> Response:
        """Adds to what was sent."""
        async with request.form() as form:
            text = str(form.get("text", ""))
        return await follow.act(
            request, lambda tx, row: parts.following.add_information(tx, row, text),
            "done_information", text=text,
        )  # fmt: skip

    @router.post("/bilag", response_model=None)
    async def add_file(request: Request) -> Response:
        """Adds a file."""
        async with request.form(max_files=1) as form:
            file = form.get("file")
            known = isinstance(file, UploadFile | Uploaded)
            name, content = (file.filename or "", await file.read()) if known else ("", b"")  # type: ignore[union-attr]
        return await follow.act(
            request, lambda tx, row: parts.following.add_file(tx, row, name, content), "done_file"
        )

    @router.post("/mail", response_model=None)
    async def replace_email(request: Request) -> Response:
        """Says where news shall be sent."""
        async with request.form() as form:
            email = str(form.get("email", ""))
        return await follow.act(
            request, lambda tx, row: parts.following.replace_email(tx, row, email), "done_mail"
        )

    @router.get("/mail", response_model=None)
    async def ask_to_confirm(request: Request, til: str = "", bevis: str = "") -> Response:
        """The page behind the link in the mail: nothing happens before the button is pressed."""
        return await follow.page(
            request, "confirm_mail.html", done=None, reference=til[:40], proof=bevis[:100]
        )

    @router.post("/mail/bekraeft", response_model=None)
    async def confirm(request: Request) -> Response:
        """Confirms the address."""
        return await follow.confirm(request)

    @router.post("/tilbage", response_model=None)
    async def withdraw(request: Request) -> Response:
        """Takes the complaint back."""
        return await follow.act(request, parts.following.withdraw, "done_withdrawn")

    @router.post("/videre", response_model=None)
    async def go_on(request: Request) -> Response:
        """Begins a complaint to Borgerrådgiveren with what was written before."""
        return await follow.go_on(request)

    @router.get("/brev.pdf", response_model=None)
    async def letter(request: Request) -> Response:
        """The complaint as a letter."""
        found = await follow.opened(request)
        if found is None:
            return follow.to_start(request)
        return await letter_answer(parts.following, found, reader_language(request))

    @router.get("/frister.ics", response_model=None)
    async def calendar(request: Request) -> Response:
        """The days as a calendar file."""
        found = await follow.opened(request)
        if found is None:
            return follow.to_start(request)
        seen, row = await follow.seen(found, reader_language(request))
        disposition = f'attachment; filename="{row.reference}.ics"'
        return Response(
            calendar_file(seen, parts.following.now()), media_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": disposition, **NO_STORE},
        )  # fmt: skip

    @router.get("/data", response_model=None)
    async def data(request: Request) -> Response:
        """Everything that is held on the code, to keep or to take elsewhere."""
        found = await follow.opened(request)
        if found is None:
            return follow.to_start(request)
        async with parts.following.database.reading() as tx:
            row = await parts.following.load(tx, found)
            held = await everything_held(tx, row)
        disposition = f'attachment; filename="{row.reference}.json"'
        return Response(
            json.dumps(held, ensure_ascii=False, indent=1), media_type="application/json",
            headers={"Content-Disposition": disposition, **NO_STORE},
        )  # fmt: skip

    @router.get("/fil/{attachment}", response_model=None)
    async def download(request: Request, attachment: str) -> Response:
        """One file."""
        found = await follow.opened(request)
        if found is None:
            return follow.to_start(request)
        async with parts.following.database.reading() as tx:
            held = await store.attachments(tx, complaint_id=found)
        for row in held:
            if row.id == attachment:
                return await parts.files.answer(row)
        raise UnknownComplaint()

    return router


class FollowPages:
    """What the follow-up pages do."""

    def __init__(self, parts: ComplaintParts, pages: Pages, jar: CookieJar, beside: Beside) -> None:
        self.beside = beside
        self.parts = parts
        self.following = parts.following
        self.pages = pages
        self.jar = jar

    async def opened(self, request: Request) -> str | None:
        """The complaint behind the cookie; nothing when it does not fit."""
        held = read_code(self.jar, request)
        if held is None:
            return None
        try:
            return await self.following.open(*held, caller(request))
        except UnknownComplaint:
            return None

    async def open(self, request: Request, form: FormData) -> Response:
        """Reference and code go into the cookie if they fit."""
        reference, code = str(form.get("reference", ""))[:40], str(form.get("code", ""))[:60]
        try:
            await self.following.open(reference, code, caller(request))
        except ProblemError as problem:
            return await self._ask(request, problem, reference)
        except (SQLAlchemyError, OSError):
            return await self._ask(request, Unavailable(), reference)
        response = RedirectResponse(f"{FOLLOW_UP}{query(request)}", status_code=303)
        keep_code(self.jar, response, reference.strip(), code.strip())
        return response

    async def show(self, request: Request) -> Response:
        """The complaint, or the form."""
        try:
            found = await self.opened(request)
        except ProblemError as problem:
            return await self._ask(request, problem)
        except (SQLAlchemyError, OSError):
            return await self._ask(request, Unavailable())
        if found is None:
            return await self._ask(request)
        return await self._show(request, found)

    async def act(
        self, request: Request, act: Act, done: str = "", *, text: str = "", said: str = ""
    ) -> Response:
        """Does something to the complaint and shows it again; a fault is said with nothing lost."""
        lang = reader_language(request)
        found = await self.opened(request)
        if found is None:
            return self.to_start(request)
        try:
            async with self._saving(lang) as tx:
                await act(tx, await self.following.load(tx, found, to_change=True))
        except (InvalidComplaint, InvalidInput, NotSaved, ProblemError) as problem:
            return await self._show(request, found, problem=problem, text=text)
        said = said or self.pages.words(lang, f"follow.{done}")
        return await self._show(request, found, done=said)

    async def confirm(self, request: Request) -> Response:
        """Takes the proof from the mail."""
        async with request.form() as form:
            reference, proof = str(form.get("reference", "")), str(form.get("proof", ""))
        async with self._saving(reader_language(request)) as tx:
            done = await self.following.confirm_email(tx, reference[:40], proof[:100])
        return await self.page(
            request, "confirm_mail.html", done=done, reference=reference[:40], proof="",
            status=200 if done else 404,
        )  # fmt: skip

    async def go_on(self, request: Request) -> Response:
        """A new draft, to Borgerrådgiveren, with everything already filled in."""
        found = await self.opened(request)
        if found is None:
            return self.to_start(request)
        lang, site, now = reader_language(request), CitizenSite(self.jar), self.following.now()
        token = secrets.token_urlsafe(32)
        async with self._saving(lang) as tx:
            row = await self.following.load(tx, found)
            if not baton.may_go_on(row, self.following.today(), self.parts.setting):
                return self.to_start(request)
            draft = await self.parts.drafts.open(tx, site.owner_of(token), lang, now)
            draft.record, draft.facts = onward(row, self.parts)
        response = RedirectResponse(f"{site.prefix}/1{query(request)}", status_code=303)
        site.keep(response, token)
        return response

    async def seen(self, found: str, lang: str) -> tuple[dict[str, Any], Complaint]:
        """All that the page shows."""
        async with self.following.database.reading() as tx:
            row = await self.following.load(tx, found)
            seen = await self.following.view(tx, row, lang)
            return seen | {"beside": await self.beside.of(tx, row, lang)}, row

    async def page(
        self, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> Response:
        """A page of ours."""
        return self.pages.render(
            request, template, status=status, headers=NO_STORE, query=query(request), **context
        )

    def to_start(self, request: Request) -> Response:
        """Back to the form."""
        return RedirectResponse(f"{FOLLOW_UP}{query(request)}", status_code=303)

    async def _show(
        self, request: Request, found: str, *, done: str = "", problem: ProblemError | None = None,
        text: str = "",
    ) -> Response:  # fmt: skip
        lang = reader_language(request)
        seen, row = await self.seen(found, lang)
        return await self.page(
            request, "follow.html", seen=seen, done=done, text=text,
            problem=_said(problem, lang), status=problem.status if problem else 200,
            may_go_on=baton.may_go_on(row, self.following.today(), self.parts.setting),
        )  # fmt: skip

    async def _ask(
        self, request: Request, problem: ProblemError | None = None, reference: str = ""
    ) -> Response:
        lang = reader_language(request)
        body = None
        if problem is not None:
            body = problem_body(problem.status, problem.code, language=lang, values=problem.values)
        reach = self.parts.setting.profile.organisation.reach(SWITCHBOARD, lang)
        return await self.page(
            request, "follow_open.html", problem=body, reference=reference, reach=reach,
            status=problem.status if problem else 200,
        )  # fmt: skip

    def _saving(self, lang: str) -> Any:
        return saving(self.following.database, self.parts.setting.profile.organisation, lang)


def onward(row: Complaint, parts: ComplaintParts) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record and the facts of the new complaint."""
    record = baton.onward(row)
    told: Mapping[str, Any] = get(row.record, "/assessment/facts") or {}
    return record, facts_of(record, told, parts.setting.profile.municipality)


def _said(problem: ProblemError | None, lang: str) -> str:
    if problem is None:
        return ""
    errors = problem.extra.get("errors")
    if errors:
        return " ".join(str(one["text"]) for one in errors)
    body = problem_body(problem.status, problem.code, language=lang, values=problem.values)
    return str(problem.detail or body["detail"])
