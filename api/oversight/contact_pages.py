"""`/staff/henvendelser`: the contacts, to be confirmed or corrected, and a short form for one that staff had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from api.auth import Role, Staff, audit, require_csrf, require_role
from api.db.complaint_models import Complaint
from api.db.oversight_models import Contact
from api.errors import reader_language
from api.oversight import contacts, tally
from api.oversight.contact_form import CHOICES, MANY, NotSorted, read_form, text_of, typed
from api.oversight.contact_list import READERS, CasesSeen, find, one_contact, visible
from api.oversight.contact_view import line, shown
from api.oversight.door import Door
from api.oversight.registration import COMPLAINT, STAFF, Registration
from api.oversight.statistics import Statistics
from api.oversight.statistics_pages import CONTACTS, filter_options
from api.oversight.vocabulary import ADVICE, load_vocabulary
from api.oversight.wishes import ANY, Wish
from api.pages import Pages

# Who may write down a contact they had.
WRITERS = (Role.LIVE_STAFF, Role.CASEWORKER, Role.MANAGER)
BLANK: Mapping[str, Any] = {
    "inquiry": ADVICE, "channel": "phone", "language": "da", "outcome": "", "learning": "",
    "forvaltning": "", "unit": "", "informal": True, "answered_on": "", **{name: [] for name in MANY},
}  # fmt: skip


class ContactPages:
    """What the pages show and do."""

    def __init__(
        self, registration: Registration, statistics: Statistics, pages: Pages, door: Door,
        cases_seen: CasesSeen, today: Callable[[], dt.date],
    ) -> None:  # fmt: skip
        self.registration = registration
        self.statistics = statistics
        self.pages = pages
        self.door = door
        self.cases_seen = cases_seen
        self.today = today
        self.database = registration.database
        self.profile = registration.profile

    async def contacts(self, request: Request) -> Response:
        """The list."""
        staff = await self.door.page(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *READERS)
        lang, wish = reader_language(request), Wish.read(request.query_params)
        asked = request.query_params.get("page", "")
        page = int(asked) if asked.isdecimal() and len(asked) < 7 else 1
        async with self.database.reading() as tx:
            found = await find(
                tx, wish, self._seen(staff), self.today(), self.registration.limit, page
            )
        async with self.database.transaction() as tx:
            self._note(tx, staff, "viewed", "contact_list", "page", filters=wish.query("da"))
        say = self.pages.words
        return self.pages.render(
            request, "contacts.html", staff=staff, wish=wish, found=found,
            rows=[line(row, self.profile, say, lang) for row in found.rows],
            options=filter_options(self.statistics, self.pages, self.today(), lang)
            | {"states": list(say.section(lang, "states").items()),
               "timings": [*say.section(lang, "timing").items(), (ANY, say(lang, "answered"))]},
            filtered=wish != Wish(), address=lambda at: f"{CONTACTS}{wish.query(lang, page=str(at))}",
            statistics=Wish(period=wish.period).query(lang),
        )  # fmt: skip

    async def one(
        self, request: Request, contact_id: int, *, fault: NotSorted | None = None,
        held: Mapping[str, Any] | None = None,
    ) -> Response:  # fmt: skip
        """One contact; looking at it is written down."""
        staff = await self.door.page(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *READERS)
        lang = reader_language(request)
        async with self.database.transaction() as tx:
            row = await one_contact(tx, contact_id, self._seen(staff))
            history = await contacts.changes_of(tx, row)
            case = await self._case(tx, staff, row)
            if fault is None:
                self._note(tx, staff, "viewed", "contact", str(row.id))
        return self._form(
            request, "contact.html", staff, fault,
            seen=shown(row, history, self.profile, self.pages.words, lang), case=case,
            typed=dict(held) if held else values_of(row),
        )  # fmt: skip

    async def save(self, request: Request, contact_id: int) -> Response:
        """Confirms or corrects; what cannot be saved is shown again as it was typed."""
        staff = await self.door.current(request)
        require_role(staff, *READERS)
        async with request.form() as form:
            require_csrf(staff, text_of(form, "csrf"))
            try:
                values = read_form(form, self.profile, self.today())
                async with self.database.transaction() as tx:
                    row = await one_contact(tx, contact_id, self._seen(staff), to_change=True)
                    if text_of(form, "version") != str(row.version):
                        raise NotSorted("changed", status=409)
                    touched = await contacts.confirm(
                        tx, row, values, actor=staff.username, now=self.registration.now()
                    )
                    await tally.refresh(tx, touched, self.registration.limit)
                    self._note(tx, staff, "confirmed", "contact", str(row.id))
            except NotSorted as fault:
                return await self.one(request, contact_id, fault=fault, held=typed(form))
        return RedirectResponse(f"{CONTACTS}/{contact_id}{_done(request, 'saved')}", 303)

    async def new(
        self, request: Request, *, fault: NotSorted | None = None, held: Mapping[str, Any] | None = None
    ) -> Response:  # fmt: skip
        """The short form."""
        staff = await self.door.page(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *WRITERS)
        start = {**BLANK, "received_on": self.today().isoformat()}
        return self._form(
            request, "contact_new.html", staff, fault, typed=dict(held) if held else start
        )

    async def create(self, request: Request) -> Response:
        """Keeps what staff wrote down."""
        staff = await self.door.current(request)
        require_role(staff, *WRITERS)
        async with request.form() as form:
            require_csrf(staff, text_of(form, "csrf"))
            try:
                await self._create(staff, form)
            except NotSorted as fault:
                return await self.new(request, fault=fault, held=typed(form))
        return RedirectResponse(f"{CONTACTS}/ny{_done(request, 'created')}", 303)

    async def _create(self, staff: Staff, form: FormData) -> None:
        values = {"area": "", "unanswered": False} | read_form(form, self.profile, self.today())
        now = self.registration.now()
        async with self.database.transaction() as tx:
            row = await contacts.add(
                tx, STAFF, str(uuid4()), values, now, state=contacts.CONFIRMED, kept=sorted(values)
            )
            await tally.refresh(tx, [contacts.bucket(row)], self.registration.limit)
            self._note(tx, staff, "registered", "contact", str(row.id))

    def _form(
        self, request: Request, template: str, staff: Staff, fault: NotSorted | None, **more: Any
    ) -> Response:
        lang, words = reader_language(request), load_vocabulary()
        done = request.query_params.get("gjort", "") if fault is None else ""
        return self.pages.render(
            request, template, staff=staff, query="?lang=en" if lang == "en" else "",
            done=self.pages.words.section(lang, "done").get(done, ""),
            fault=self.pages.words(lang, f"faults.{fault.fault}") if fault else "",
            status=fault.status if fault else 200, latest=self.today().isoformat(),
            may_see=staff.may(*READERS),
            choices={name: words.options(of, lang) for name, of in {**CHOICES, **MANY}.items()},
            options=filter_options(self.statistics, self.pages, self.today(), lang), **more,
        )  # fmt: skip

    async def _case(self, tx: AsyncSession, staff: Staff, row: Contact) -> str:
        """The number of the case, while there is one and the reader may see it."""
        if row.origin != COMPLAINT:
            return ""
        case = await tx.get(Complaint, row.origin_id)
        return case.reference if case else ""

    def _seen(self, staff: Staff) -> Any:
        return visible(staff, self.profile.organisation, self.cases_seen)

    def _note(
        self, tx: AsyncSession, staff: Staff, act: str, kind: str, subject: str, **details: Any
    ) -> None:
        audit(
            tx, actor=staff.username, act=act, kind=kind, subject=subject,
            now=self.registration.now(), **details,
        )  # fmt: skip


def build_router(pages: ContactPages) -> APIRouter:
    """The addresses."""
    router = APIRouter(prefix=CONTACTS, include_in_schema=False)

    @router.get("/ny", response_model=None)
    async def new(request: Request) -> Response:
        """The short form."""
        return await pages.new(request)

    @router.get("/{contact_id}", response_model=None)
    async def one(request: Request, contact_id: int) -> Response:
        """One contact."""
        return await pages.one(request, contact_id)

    router.add_api_route("", pages.contacts, response_model=None)
    router.add_api_route("/ny", pages.create, methods=["POST"], response_model=None)
    router.add_api_route("/{contact_id}", pages.save, methods=["POST"], response_model=None)
    return router


def values_of(row: Contact) -> dict[str, Any]:
    """A contact as its form shows it."""
    told = {
        name: getattr(row, name) for name in (*CHOICES, *MANY, "forvaltning", "unit", "informal")
    }
    days = {name: getattr(row, name) for name in ("received_on", "answered_on")}
    return told | {name: day.isoformat() if day else "" for name, day in days.items()}


def _done(request: Request, what: str) -> str:
    return f"?gjort={what}" + ("&lang=en" if reader_language(request) == "en" else "")
