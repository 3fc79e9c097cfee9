"""`/staff/kontaktpersoner`: who in a unit can solve things quickly; staff read the list, managers change it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Role, Staff, audit, require_csrf, require_role
from api.complaints.following import Following
from api.db.learning_models import ContactPerson
from api.deps import Transaction
from api.errors import NotFound, reader_language
from api.oversight.network import Person, everybody, read_person, save_person
from api.pages import Pages
from api.staff.register_list import unit_contacts
from api.staff.register_pages import text_of_form
from api.staff.router import current_staff, page_staff

LIST = "/staff/kontaktpersoner"
NEW = "ny"
FAULT_KEYS = {"email": "fault_email", "phone": "fault_phone"}


def build_network(following: Following, pages: Pages) -> APIRouter:
    """The list and its form."""
    router = APIRouter(prefix=LIST, include_in_schema=False)
    network = NetworkPages(following, pages)

    @router.get("", response_model=None)
    async def everyone(request: Request, tx: Transaction, gjort: str = "") -> Response:
        """The list."""
        return await network.everyone(request, tx, saved=gjort == "saved")

    @router.get("/{person}", response_model=None)
    async def form(request: Request, person: str, tx: Transaction) -> Response:
        """The form of one contact person, or of a new one."""
        return await network.form(request, tx, person)

    @router.post("/{person}", response_model=None)
    async def save(request: Request, person: str) -> Response:
        """Saves one."""
        return await network.save(request, person)

    return router


class NetworkPages:
    """What the pages do."""

    def __init__(self, following: Following, pages: Pages) -> None:
        self.following = following
        self.pages = pages
        self.organisation = following.setting.profile.organisation

    def _units(self, lang: str) -> list[tuple[str, str]]:
        return [
            (one, self.organisation.contact(one).name.of(lang))
            for one in unit_contacts(self.organisation)
        ]

    async def everyone(self, request: Request, tx: AsyncSession, *, saved: bool) -> Response:
        """The list; every colleague may read it."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        lang = reader_language(request)
        names = dict(self._units(lang))
        rows = [
            {"id": one.id, "forvaltning": names.get(one.forvaltning, one.forvaltning),
             "unit": one.unit, "name": one.name, "email": one.email, "phone": one.phone,
             "active": one.active}
            for one in await everybody(tx)
        ]  # fmt: skip
        return self.pages.render(
            request, "network_list.html", staff=staff, rows=rows, saved=saved,
            may_change=staff.may(Role.MANAGER), query=_query(lang),
        )  # fmt: skip

    async def form(self, request: Request, tx: AsyncSession, person: str) -> Response:
        """The form."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, Role.MANAGER)
        row = await self._row(tx, person)
        shown = Person(
            forvaltning=row.forvaltning, unit=row.unit, name=row.name, email=row.email,
            phone=row.phone, active=row.active,
        ) if row else Person(forvaltning="", unit="", name="", email="", phone="", active=True)  # fmt: skip
        return self._form(request, staff, person, shown)

    def _form(
        self, request: Request, staff: Staff, person: str, shown: Person, status: int = 200
    ) -> Response:
        lang = reader_language(request)
        faults = {
            name: self.pages.words(lang, f"network.{FAULT_KEYS.get(one, one)}")
            for name, one in shown.faults.items()
        }
        return self.pages.render(
            request, "network_form.html", status=status, staff=staff, person=person, shown=shown,
            faults=faults, units=self._units(lang), query=_query(lang),
        )  # fmt: skip

    async def save(self, request: Request, person: str) -> Response:
        """Saves; what cannot be saved stands in the form again."""
        staff = await current_staff(request)
        require_role(staff, Role.MANAGER)
        async with request.form() as form:
            require_csrf(staff, text_of_form(form, "csrf"))
            typed = {name: text_of_form(form, name) for name in form}
        written = read_person(typed, unit_contacts(self.organisation))
        now = self.following.now()
        if written.faults:
            return self._form(request, staff, person, written, 422)
        async with self.following.database.transaction() as tx:
            row = await self._row(tx, person)
            saved = await save_person(tx, row, written, by=staff.username, now=now)
            audit(
                tx, actor=staff.username, act="added" if row is None else "changed",
                kind="contact_person", subject=str(saved.id), now=now, active=saved.active,
            )  # fmt: skip
        suffix = "&lang=en" if reader_language(request) == "en" else ""
        return RedirectResponse(f"{LIST}?gjort=saved{suffix}", status_code=303)

    async def _row(self, tx: AsyncSession, person: str) -> ContactPerson | None:
        """The row; none for a new one.

        Raises:
            NotFound: there is no such person.
        """
        if person == NEW:
            return None
        known: Any = None
        if person.isdecimal() and len(person) < 9:
            known = await tx.get(ContactPerson, int(person), with_for_update=True)
        if known is None:
            raise NotFound()
        row: ContactPerson = known
        return row


def _query(lang: str) -> str:
    return "?lang=en" if lang == "en" else ""
