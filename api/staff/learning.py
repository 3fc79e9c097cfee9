"""`/staff/laering` and the form beside a closed case: the five steps of learning, and what the error cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Staff, audit, require_csrf
from api.clock import DENMARK
from api.complaints.fields import get
from api.complaints.parts import ComplaintParts
from api.db.complaint_models import Complaint
from api.db.learning_models import Lesson
from api.deps import Transaction
from api.errors import NotFound, reader_language
from api.oversight import learning
from api.oversight.learning import PAGE, Search, Written, load_learning, read_form
from api.oversight.unnamed import holds_number, names_in, names_of
from api.oversight.vocabulary import load_vocabulary
from api.pages import Pages
from api.staff.learning_view import LessonView
from api.staff.register_case import open_case
from api.staff.register_list import unit_contacts
from api.staff.register_pages import PREFIX, Register, text_of_form
from api.staff.router import current_staff, page_staff

BANK = "/staff/laering"


def build_learning(register: Register, parts: ComplaintParts, pages: Pages) -> APIRouter:
    """The bank, and the form of one case."""
    router = APIRouter(include_in_schema=False)
    desk = LearningPages(register, parts, pages)

    @router.get(f"{PREFIX}/{{reference}}/laering", response_model=None)
    async def form(request: Request, reference: str, tx: Transaction, gjort: str = "") -> Response:
        """The form."""
        return await desk.form(request, tx, reference, saved=gjort == "saved")

    @router.post(f"{PREFIX}/{{reference}}/laering", response_model=None)
    async def save(request: Request, reference: str) -> Response:
        """Saves a version."""
        return await desk.save(request, reference)

    @router.get(BANK, response_model=None)
    async def bank(request: Request, tx: Transaction) -> Response:
        """The search."""
        return await desk.bank(request, tx)

    @router.get(f"{BANK}/{{lesson}}", response_model=None)
    async def one(request: Request, lesson: int, tx: Transaction) -> Response:
        """One lesson with its versions."""
        return await desk.one(request, tx, lesson)

    return router


class LearningPages:
    """What the pages show and do."""

    def __init__(self, register: Register, parts: ComplaintParts, pages: Pages) -> None:
        self.register = register
        self.parts = parts
        self.pages = pages
        self.themes = frozenset(load_vocabulary().ids("themes"))
        self.view = LessonView(parts.setting, pages.words, register.pages.words)

    async def form(
        self, request: Request, tx: AsyncSession, reference: str, *, saved: bool = False
    ) -> Response:
        """The form with what was written before; looking at it is written down."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        row = await self.register.load(tx, staff, reference)
        self.register.note(tx, staff, "viewed", "complaint", row.reference, what="learning")
        return await self._form(request, tx, staff, row, saved=saved)

    async def save(self, request: Request, reference: str) -> Response:
        """Saves what was written; what cannot be saved stands in the form again."""
        staff = await current_staff(request)
        async with request.form() as form:
            require_csrf(staff, text_of_form(form, "csrf"))
            typed = {name: text_of_form(form, name) for name in form if name != "csrf"}
        async with self.register.database.transaction() as tx:
            row = await self.register.load(tx, staff, reference, to_change=True)
            written = read_form(typed, self.themes)
            fault, names = await self._save(tx, staff, row, written, typed)
            if fault or names:
                return await self._form(
                    request, tx, staff, row, written=written, typed=typed, fault=fault, names=names
                )
        suffix = "&lang=en" if reader_language(request) == "en" else ""
        return RedirectResponse(
            f"{PREFIX}/{reference}/laering?gjort=saved{suffix}", status_code=303
        )

    async def _save(
        self, tx: AsyncSession, staff: Staff, row: Complaint, written: Written,
        typed: Mapping[str, str],
    ) -> tuple[str, list[str]]:  # fmt: skip
        """The fault that stands in the way, and what may be names; both empty when it is saved."""
        case = await open_case(tx, row)
        ended = (case.file.outcome_at if case.file else None) or row.closed_at
        if row.status != "closed" or ended is None:
            return "open", []
        if holds_number(written.text):
            return "personal", []
        if written.faults:
            return "top", []
        if typed.get("names_sure") != "1" and (names := self._names(row, written)):
            return "", names
        version = typed.get("version", "")
        saved = await learning.save_lesson(
            tx, written, complaint_id=row.id, forvaltning=row.forvaltning,
            outcome=(case.file.outcome if case.file else None) or "",
            closed_on=ended.astimezone(DENMARK).date(),
            seen_version=int(version) if version.isdecimal() and len(version) < 9 else -1,
            by=staff.username, now=self.parts.following.now(),
        )  # fmt: skip
        if saved is None:
            return "changed", []
        self.register.note(
            tx, staff, "wrote_lesson", "complaint", row.reference, version=saved.version
        )
        return "", []

    def _names(self, row: Complaint, written: Written) -> list[str]:
        organisation = self.parts.setting.profile.organisation
        known = [
            *(contact.name.of(lang) for contact in organisation.contacts.values() for lang in ("da", "en")),
            row.unit or "", written.unit,
        ]  # fmt: skip
        return names_in(written.text, names_of(row.record), known)

    async def _form(
        self, request: Request, tx: AsyncSession, staff: Staff, row: Complaint, *,
        written: Written | None = None, typed: Mapping[str, str] | None = None, fault: str = "",
        names: list[str] | None = None, saved: bool = False,
    ) -> Response:  # fmt: skip
        lang = reader_language(request)
        held = await learning.lesson_of(tx, row.id)
        values = dict(typed or await self._start(tx, row, held))
        faults = written.faults if written else {}
        status = 409 if fault == "changed" else 422 if fault or names else 200
        # A colleague's version is the one that the next saving goes on from.
        version = held.version if held else 0
        return self.pages.render(
            request, "learning_form.html", status=status, staff=staff, reference=row.reference,
            ended=row.status == "closed", values=values, version=version, saved=saved,
            faults={name: self.pages.words(lang, f"faults.{one}") for name, one in faults.items()},
            fault=self._fault(fault, lang), names=", ".join(names or ()), data=load_learning(),
            themes=load_vocabulary().options("themes", lang), source=self.view.source(lang),
            shown=self.view.show(held, lang) if held and not typed else None,
            query="?lang=en" if lang == "en" else "",
        )  # fmt: skip

    def _fault(self, fault: str, lang: str) -> str:
        if not fault:
            return ""
        key = "form.open" if fault == "open" else f"faults.{fault}"
        return self.pages.words(lang, key)

    async def _start(self, tx: AsyncSession, row: Complaint, held: Lesson | None) -> dict[str, str]:
        """What stands in the form before anything is typed."""
        if held is not None:
            return self.view.as_form(held)
        prices = await learning.latest_prices(tx, row.forvaltning)
        themes = get(row.record, "/complaint/themes") or []
        return {
            "unit": row.unit or "", "theme": themes[0] if themes else "",
            **{f"price_{role}": self.view.plain(price) for role, price in prices.items()},
        }  # fmt: skip

    async def bank(self, request: Request, tx: AsyncSession) -> Response:
        """The lessons that were asked for; every colleague may read them."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        lang, search = reader_language(request), Search.read(request.query_params)
        found, total = await learning.find_lessons(tx, search)
        self._note(tx, staff, "learning_bank", "page")
        return self.pages.render(
            request, "learning_bank.html", staff=staff, search=search, total=total,
            lessons=[self.view.show(one, lang) for one in found],
            pages=max(1, -(-total // PAGE)), query="?lang=en" if lang == "en" else "",
            before=_address(search, lang, search.page - 1),
            after=_address(search, lang, search.page + 1),
            themes=load_vocabulary().options("themes", lang),
            contacts=[
                (one, self.parts.setting.profile.organisation.contact(one).name.of(lang))
                for one in unit_contacts(self.parts.setting.profile.organisation)
            ],
        )  # fmt: skip

    async def one(self, request: Request, tx: AsyncSession, number: int) -> Response:
        """One lesson as it is, and as it was."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        row = await tx.get(Lesson, number) if number < 2**31 else None
        if row is None:
            raise NotFound()
        lang = reader_language(request)
        self._note(tx, staff, "lesson", str(row.id))
        versions = await learning.versions_of(tx, row)
        return self.pages.render(
            request, "learning_one.html", staff=staff, lesson=self.view.show(row, lang),
            versions=[self.view.version(one, lang) for one in versions[1:]],
            query="?lang=en" if lang == "en" else "",
        )  # fmt: skip

    def _note(self, tx: AsyncSession, staff: Staff, kind: str, subject: str) -> None:
        now = self.parts.following.now()
        audit(tx, actor=staff.username, act="viewed", kind=kind, subject=subject, now=now)


def _address(search: Search, lang: str, page: int) -> str:
    named: dict[str, Any] = dict(search.named())
    if page > 1:
        named["page"] = page
    if lang == "en":
        named["lang"] = "en"
    return f"{BANK}?{urlencode(named)}" if named else BANK
