"""`/klage`: a complaint written on pages, one part at a time, complete without JavaScript.

The draft lies in the database behind a cookie, so that it survives a reload. Staff use the same pages for a citizen
who calls or comes in person (`/staff/klage`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as Uploaded

from api.complaints import store, views
from api.complaints.errors import InvalidComplaint, NotAComplaint, NotSaved
from api.complaints.fields import Field, all_fields, day_text, is_light, load_sections
from api.complaints.parts import ComplaintParts
from api.complaints.record import Submission
from api.complaints.saving import saving
from api.complaints.schema import Fault
from api.complaints.service import Received
from api.db.complaint_models import ComplaintDraft
from api.deps import RateLimiter
from api.errors import InvalidInput, ProblemError, problem_body, reader_language
from api.guidance.forms import read_answers
from api.guidance.service import GuidanceService
from api.pages import Pages
from api.web.complaint_beside import Beside
from api.web.complaint_sites import Site
from knowledge.rules.facts import FactError
from knowledge.rules.recipients import SWITCHBOARD

NO_STORE = {"Cache-Control": "no-store"}
# The pages with fields; after them comes the one that shows everything.
STEPS = (1, 2, 3)
REVIEW = 4
# Hidden from people; what fills it in is a machine.
HONEYPOT = "website"
KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days what is sent is kept: a complaint from its end, praise from when it was received."""

    complaint: int
    praise: int


def build_form(
    site: Site, parts: ComplaintParts, guidance: GuidanceService, pages: Pages,
    limiter: RateLimiter, kept: Kept, beside: Beside,
) -> APIRouter:  # fmt: skip
    """The pages of one site over the parts of complaints."""
    router = APIRouter(
        prefix=site.prefix, include_in_schema=False,
        dependencies=[Depends(limiter.rule("complaint_form")), *site.dependencies],
    )  # fmt: skip
    form_pages = FormPages(site, parts, guidance, pages, kept, beside)

    @router.get("/ny", response_model=None)
    @router.get("", response_model=None)
    async def start(request: Request) -> Response:
        """What a complaint is, and the ways to begin."""
        return await form_pages.start(request)

    @router.post("", response_model=None)
    async def begin(request: Request) -> Response:
        """Begins a draft, with what the guide has found out."""
        async with request.form() as form:
            return await form_pages.begin(request, form)

    @router.post("/slet", response_model=None)
    async def discard(request: Request) -> Response:
        """Deletes the draft."""
        async with request.form() as form:
            return await form_pages.discard(request, form)

    @router.post("/bilag", response_model=None)
    async def attach(request: Request) -> Response:
        """Takes a file, or takes one away again."""
        async with request.form(max_files=1) as form:
            return await form_pages.attach(request, form)

    @router.post("/kvittering", dependencies=[Depends(limiter.rule("complaint"))], response_model=None)  # fmt: skip
    async def send(request: Request) -> Response:
        """Sends what was approved, and shows the receipt."""
        async with request.form() as form:
            return await form_pages.send(request, form)

    @router.get("/kvittering", response_model=None)
    async def after(request: Request) -> Response:
        """A receipt is shown where it was made, and only there."""
        return RedirectResponse(f"/opfoelgning{query(request)}", status_code=303)

    @router.get("/{step:int}", response_model=None)
    async def show(request: Request, step: int) -> Response:
        """One page of the form, or the review."""
        return await form_pages.show(request, step)

    @router.post("/{step:int}", response_model=None)
    async def keep(request: Request, step: int) -> Response:
        """Keeps what was filled in and goes on."""
        async with request.form() as form:
            return await form_pages.keep(request, step, form)

    return router


def query(request: Request) -> str:
    """The language, for the next address."""
    return "?lang=en" if reader_language(request) == "en" else "?lang=da"


class FormPages:
    """What the pages of one site do."""

    def __init__(
        self, site: Site, parts: ComplaintParts, guidance: GuidanceService, pages: Pages, kept: Kept,
        beside: Beside,
    ) -> None:  # fmt: skip
        self.beside = beside
        self.kept = kept
        self.site = site
        self.parts = parts
        self.guidance = guidance
        self.pages = pages
        self.following = parts.following

    async def start(self, request: Request) -> Response:
        """The first page."""
        owner = await self.site.owner(request)
        draft = None
        if owner is not None:
            async with self.following.database.reading() as tx:
                draft = await store.draft_of(tx, owner, self.following.now())
        return await self._page(request, "start.html", draft=draft)

    async def begin(self, request: Request, form: FormData) -> Response:
        """A new draft from what the guide found out; then the first page of it."""
        lang = reader_language(request)
        await self.site.guard(request, form)
        facts = read_answers(form).facts
        try:
            if facts:
                assessment = self.guidance.assess(facts, lang)
                facts = facts | ({"subject": assessment.subject} if assessment.subject else {})
                given = Submission(record={}, lang=lang, channel=self.site.channel, facts=facts)
                self.parts.intake.way(given, self.following.today())
        except (FactError, NotAComplaint, InvalidInput) as problem:
            return await self._problem(request, problem)
        owner = await self.site.owner(request)
        token = None if owner is not None else secrets.token_urlsafe(32)
        owner = owner or self.site.owner_of(token or "")
        try:
            async with self._saving(lang) as tx:
                old = await store.draft_of(tx, owner, self.following.now())
                if old is not None:
                    await self._forget(tx, old)
                await self.parts.drafts.open(tx, owner, lang, self.following.now(), facts)
        except NotSaved as problem:
            return await self._not_saved(request, problem, {})
        response = RedirectResponse(f"{self.site.prefix}/1{query(request)}", status_code=303)
        if token is not None:
            self.site.keep(response, token)
        return response

    async def discard(self, request: Request, form: FormData) -> Response:
        """Deletes the draft and its files."""
        await self.site.guard(request, form)
        owner = await self.site.owner(request)
        if owner is not None:
            async with self._saving(reader_language(request)) as tx:
                draft = await store.draft_of(tx, owner, self.following.now())
                if draft is not None:
                    await self._forget(tx, draft)
        return await self._page(request, "start.html", draft=None, deleted=True)

    async def show(
        self, request: Request, step: int, faults: list[Fault] | None = None
    ) -> Response:
        """One page of the form."""
        owner = await self.site.owner(request)
        if owner is None or step not in (*STEPS, REVIEW):
            return self._to_start(request)
        async with self.following.database.reading() as tx:
            draft = await store.draft_of(tx, owner, self.following.now())
            if draft is None:
                return self._to_start(request)
            files = await store.attachments(tx, draft_id=draft.id)
        draft.language = reader_language(request)
        try:
            return await self._step(request, step, draft, files, faults)
        except NotAComplaint as problem:
            return await self._problem(request, problem)

    async def keep(self, request: Request, step: int, form: FormData) -> Response:
        """Writes a page down; shows it again when something cannot stand, else goes on."""
        lang, owner = reader_language(request), await self.site.owner(request)
        await self.site.guard(request, form)
        if owner is None or step not in STEPS:
            return self._to_start(request)
        values = self._values(form, step)
        try:
            async with self._saving(lang) as tx:
                draft = await store.draft_of(tx, owner, self.following.now(), to_change=True)
                if draft is None:
                    return self._to_start(request)
                draft.language = lang
                faults = self.parts.drafts.fill(
                    draft, values, now=self.following.now(), today=self.following.today()
                )
                if "next" in form:
                    shown = {str(one) for one in form.getlist("shown")}
                    named = {fault.pointer for fault in faults}
                    missing = self._missing(draft, step, named)
                    faults += [fault for fault in missing if fault.pointer in shown]
        except NotSaved as problem:
            return await self._not_saved(request, problem, values)
        except NotAComplaint as problem:
            return await self._problem(request, problem)
        if faults:
            return await self.show(request, step, faults)
        if "next" in form and (more := self._new_questions(draft, step, form)):
            # An answer has opened questions that the page did not show yet.
            place = f"{self.site.prefix}/{step}{query(request)}#{field_id(more)}"
            return RedirectResponse(place, status_code=303)
        to = step - 1 if "back" in form else step if "same" in form else step + 1
        if is_light(draft.record) and to == 3:
            to = 1 if "back" in form else REVIEW
        return RedirectResponse(f"{self.site.prefix}/{max(to, 1)}{query(request)}", status_code=303)

    async def attach(self, request: Request, form: FormData) -> Response:
        """Takes a file, or one away; what is wrong with it is said on the page."""
        await self.site.guard(request, form)
        owner = await self.site.owner(request)
        if owner is None:
            return self._to_start(request)
        fault: ProblemError | None = None
        try:
            async with self._saving(reader_language(request)) as tx:
                draft = await store.draft_of(tx, owner, self.following.now(), to_change=True)
                if draft is None:
                    return self._to_start(request)
                await self._change_files(tx, draft, form)
        except (InvalidInput, NotSaved) as problem:
            fault = problem
        if fault is None:
            return RedirectResponse(f"{self.site.prefix}/3{query(request)}#bilag", status_code=303)
        return await self._problem(request, fault, back="3")

    async def _change_files(self, tx: Any, draft: ComplaintDraft, form: FormData) -> None:
        files, now = self.following.files, self.following.now()
        if isinstance(gone := form.get("remove"), str):
            for row in await store.attachments(tx, draft_id=draft.id):
                if row.id == gone:
                    await tx.delete(row)
                    await tx.flush()
                    files.remove(row.id)
            return
        file = form.get("file")
        if not isinstance(file, UploadFile | Uploaded):
            raise InvalidInput("attachment_empty", field="file")
        await files.add(
            tx, name=file.filename or "", content=await file.read(), now=now, draft_id=draft.id
        )

    async def send(self, request: Request, form: FormData) -> Response:
        """Sends the complaint once, however often the page is posted, and shows the receipt."""
        lang, owner = reader_language(request), await self.site.owner(request)
        await self.site.guard(request, form)
        if owner is None:
            return self._to_start(request)
        if form.get(HONEYPOT) or form.get("confirmed") != "true":
            return await self.show(request, REVIEW, [Fault("/confirmed", "not_confirmed")])
        key = str(form.get("key", ""))[:100] or None
        try:
            async with self._saving(lang) as tx:
                received = await self._receive(request, tx, owner, key, lang, form)
        except NotSaved as problem:
            return await self._not_saved(request, problem, {})
        except NotAComplaint as problem:
            return await self._problem(request, problem)
        except InvalidComplaint as problem:
            return await self.show(request, REVIEW, list(problem.faults))
        if received is None:
            return self._to_start(request)
        setting = self.parts.setting
        async with self.following.database.reading() as tx:
            offer = await self.beside.for_receipt(tx, received.parts[0], lang)
        response = await self._page(
            request, "receipt.html", status=201, offer=offer, receipt=views.receipt(
                received.parts, received.code, setting, lang
            ),
        )  # fmt: skip
        self.site.keep_code(response, received.parts[0].reference, received.code)
        return response

    async def _receive(
        self, request: Request, tx: Any, owner: str, key: str | None, lang: str, form: FormData
    ) -> Received | None:
        now, intake = self.following.now(), self.parts.intake
        if (again := await intake.repeated(tx, key, owner, key)) is not None:
            return again
        draft = await store.draft_of(tx, owner, now, to_change=True)
        if draft is None:
            return None
        draft.language = lang
        channel = self.site.channel_of(form)
        if faults := self.parts.drafts.faults(draft, channel, now, self.following.today()):
            raise InvalidComplaint(faults, self.parts.setting.words, lang)
        staff = await self.site.staff(request)
        given = self.parts.drafts.submission(draft, channel, now, staff=staff)
        received = await intake.receive(tx, given, now=now, today=self.following.today())
        await intake.remember(tx, key, owner, key, received, now)
        await self.following.ask_to_confirm(tx, received.parts[0])
        self.site.audit(tx, staff, received.parts[0].reference, now)
        return received

    async def _step(
        self, request: Request, step: int, draft: ComplaintDraft, files: Any,
        faults: list[Fault] | None,
    ) -> Response:  # fmt: skip
        drafts, now, today = self.parts.drafts, self.following.now(), self.following.today()
        if step == REVIEW:
            found = faults or drafts.faults(draft, self.site.channel, now, today)
            way = self.parts.intake.way(drafts.submission(draft, self.site.channel, now), today)
            lang = reader_language(request)
            async with self.following.database.reading() as tx:
                quick_try = await self.beside.for_review(tx, draft.record, way.destinations, lang)
            return await self._page(
                request, "review.html", quick_try=quick_try, status=422 if faults else 200, draft=draft, files=files,
                card=drafts.card(draft, files, found, self.site.channel), way=way,
                key=secrets.token_urlsafe(KEY_BYTES), day=day_text, steps=_steps_of_sections(),
                light=is_light(draft.record),
                kept=self.kept.praise if is_light(draft.record) else self.kept.complaint,
            )  # fmt: skip
        card = drafts.card(draft, files, faults or [], self.site.channel)
        numbers = {section.id: section.step for section in load_sections()}
        return await self._page(
            request, "step.html", status=422 if faults else 200, draft=draft, files=files,
            card=card, step=step, light=is_light(draft.record),
            sections=[one for one in card["sections"] if numbers[one["id"]] == step],
        )  # fmt: skip

    def _missing(self, draft: ComplaintDraft, step: int, named: set[str]) -> list[Fault]:
        """What the page asks for and did not get; the rest is said in the review."""
        own = {one.pointer for one in _fields_of(step)}
        found = self.parts.drafts.faults(
            draft, self.site.channel, self.following.now(), self.following.today()
        )
        return [fault for fault in found if fault.pointer in own - named]

    def _new_questions(self, draft: ComplaintDraft, step: int, form: FormData) -> str | None:
        shown = {str(one) for one in form.getlist("shown")}
        for one in _fields_of(step):
            if one.shown(draft.record, self.site.channel) and one.pointer not in shown:
                return one.pointer
        return None

    def _values(self, form: FormData, step: int) -> dict[str, Any]:
        """The fields of the page as they came; a box that was not ticked is empty."""
        shown = {str(one) for one in form.getlist("shown")}
        values: dict[str, Any] = {}
        for one in all_fields():
            if one.pointer not in shown:
                continue
            given = [item for item in form.getlist(one.pointer) if isinstance(item, str)]
            values[one.pointer] = given if one.kind == "choices" else (given[0] if given else None)
        return values

    async def _forget(self, tx: Any, draft: ComplaintDraft) -> None:
        for row in await store.attachments(tx, draft_id=draft.id):
            self.following.files.remove(row.id)
        await store.drop_draft(tx, draft.id)

    async def _problem(
        self, request: Request, problem: Exception, back: str | None = None
    ) -> Response:
        if not isinstance(problem, ProblemError):
            problem = InvalidInput()
        body = problem_body(
            problem.status, problem.code, language=reader_language(request), title=problem.title,
            detail=problem.detail, values=problem.values,
        )  # fmt: skip
        return await self._page(
            request, "refused.html", status=problem.status, problem=body, back=back,
            reach=self._reach(request),
        )  # fmt: skip

    async def _not_saved(
        self, request: Request, problem: NotSaved, values: Mapping[str, Any]
    ) -> Response:
        """The truth, and the text that was written, so that nobody has to write it again."""
        lang = reader_language(request)
        written = [
            (one.label.of(lang), text)
            for one in all_fields()
            if isinstance(text := values.get(one.pointer), str) and text.strip()
        ]
        return await self._page(
            request, "not_saved.html", status=problem.status, written=written,
            reach=self._reach(request),
        )  # fmt: skip

    def _reach(self, request: Request) -> str:
        return self.parts.setting.profile.organisation.reach(SWITCHBOARD, reader_language(request))

    async def _page(
        self, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> HTMLResponse:
        return self.pages.render(
            request, template, status=status, headers=NO_STORE, site=self.site.prefix,
            query=query(request), field_id=field_id, csrf=await self.site.csrf(request), staff=self.site.is_staff,
            **context,
        )  # fmt: skip

    def _to_start(self, request: Request) -> Response:
        return RedirectResponse(f"{self.site.prefix}{query(request)}", status_code=303)

    def _saving(self, lang: str) -> Any:
        return saving(self.following.database, self.parts.setting.profile.organisation, lang)


def field_id(pointer: str) -> str:
    """The id of a field on the page."""
    return f"f{pointer.replace('/', '-')}"


def _fields_of(step: int) -> list[Field]:
    return [one for section in load_sections() if section.step == step for one in section.fields]


def _steps_of_sections() -> dict[str, int]:
    return {section.id: section.step for section in load_sections()}
