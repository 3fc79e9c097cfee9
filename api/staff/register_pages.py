"""What the pages of the case register show and do; every view and every act is written down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from api.auth import Role, Staff, audit, require_csrf, require_role
from api.complaints import views
from api.complaints.baton import to_say
from api.complaints.fields import get
from api.complaints.parts import ComplaintParts
from api.db.complaint_models import Complaint, ComplaintCall
from api.errors import NotFound, reader_language
from api.knowledge.ports import KnowledgeReader
from api.pages import Pages
from api.staff import register_list
from api.staff.case_panels import CasePanels
from api.staff.register_acts import (
    OUTCOMES,
    WAYS,
    CaseActs,
    Done,
    NotDone,
    one_call,
    waiting_calls,
)
from api.staff.register_case import CaseView, load_good_answer, open_case
from api.staff.register_export import rows_of
from api.staff.register_list import EXPORTED, KINDS, STATUSES, Wish, find, lines, one_case, visible
from api.staff.router import current_staff, page_staff

ROLES = (Role.CASEWORKER, Role.MANAGER)
PREFIX = "/staff/sager"
# What a form that could not be done held; nothing, when the page is just looked at.
BLANK: dict[str, Any] = {
    "note": "", "answer": None, "ticked": [], "how": "", "to": "", "unit": "", "reason": "", "outcome": "",
}  # fmt: skip

Change = Callable[[AsyncSession, Complaint, Staff, FormData], Awaitable[Done]]


class Register:
    """What the pages do."""

    def __init__(self, parts: ComplaintParts, pages: Pages, knowledge: KnowledgeReader) -> None:
        self.parts = parts
        self.pages = pages
        self.setting = parts.setting
        self.organisation = parts.setting.profile.organisation
        self.database = parts.following.database
        self.view = CaseView(parts, pages.words, knowledge)
        self.panels = CasePanels(parts)
        self.acts = CaseActs(parts, pages.words, [point["id"] for point in load_good_answer()])

    def note(
        self, tx: AsyncSession, staff: Staff, act: str, kind: str, subject: str, **details: Any
    ) -> None:
        """Writes down who saw or did what."""
        audit(
            tx, actor=staff.username, act=act, kind=kind, subject=subject,
            now=self.parts.following.now(), **details,
        )  # fmt: skip

    async def load(
        self, tx: AsyncSession, staff: Staff, reference: str, *, to_change: bool = False
    ) -> Complaint:
        """The case, if it is this reader's to see."""
        require_role(staff, *ROLES)
        return await one_case(tx, staff, self.organisation, reference[:20], to_change=to_change)

    async def cases(self, request: Request, tx: AsyncSession) -> Response:
        """The list, with its filters in the address."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *ROLES)
        lang, today = reader_language(request), self.parts.following.today()
        found = await find(
            tx, Wish.read(request.query_params), visible(staff, self.organisation), today
        )
        wish = found.wish
        filters = wish.query("da")
        self.note(tx, staff, "viewed", "complaint_list", "page", filters=filters, page=wish.page)
        return self.pages.render(
            request, "register_list.html", staff=staff, wish=wish, found=found,
            rows=lines(found, staff, today, self.setting, self.pages.words, lang),
            tries=await self.panels.tags(tx, found.rows, lang),
            options=self.options(lang), query=wish.query(lang), filtered=wish.named() != Wish().named(),
            may_file=staff.may(Role.CASEWORKER, Role.LIVE_STAFF),
            before=wish.query(lang, wish.page - 1), after=wish.query(lang, wish.page + 1),
        )  # fmt: skip

    def options(self, lang: str) -> dict[str, list[tuple[str, str]]]:
        """What can be chosen in the filters, and where a case can be handed."""
        say = self.pages.words
        kinds = {
            one["value"]: one["label"]
            for one in register_list.kind_options(self.setting, lang)
        }  # fmt: skip
        return {
            "contacts": [
                (unit, self.organisation.contact(unit).name.of(lang))
                for unit in register_list.unit_contacts(self.organisation)
            ],
            "statuses": [(one, self.setting.words(lang, f"status.{one}")) for one in STATUSES],
            "routes": sorted(
                ((key, text) for key, text in say.section(lang, "routes").items()),
                key=lambda pair: pair[1],
            ),
            "kinds": [(one, kinds[one]) for one in KINDS if one in kinds],
            "ways": [(one, say(lang, f"how.{one}")) for one in WAYS],
            "outcomes": [(one, say(lang, f"outcomes.{one}")) for one in OUTCOMES],
        }

    async def page(
        self, request: Request, tx: AsyncSession, staff: Staff, reference: str, *, done: str = "",
        fault: NotDone | None = None, typed: Mapping[str, Any] | None = None,
    ) -> Response:  # fmt: skip
        """One case; looking at it is written down."""
        lang = reader_language(request)
        row = await self.load(tx, staff, reference)
        if fault is None:
            self.note(tx, staff, "viewed", "complaint", row.reference)
        seen = self.view.show(await open_case(tx, row), lang)
        said = self.pages.words.section(lang, "done").get(done, "")
        return self.pages.render(
            request, "register_case.html", staff=staff, seen=seen, options=self.options(lang),
            done=said, fault=self._why_not(fault, lang),
            panels=await self.panels.of(tx, row, lang), typed=BLANK | dict(typed or {}),
            query="?lang=en" if lang == "en" else "",
            status=fault.status if fault else 200,
        )  # fmt: skip

    def _why_not(self, fault: NotDone | None, lang: str) -> str:
        if fault is None:
            return ""
        return fault.said or self.pages.words(lang, f"faults.{fault.fault}")

    async def act(self, request: Request, reference: str, change: Change) -> Response:
        """Does it, and shows the page again; what cannot be done loses nothing that was typed."""
        staff = await current_staff(request)
        require_role(staff, *ROLES)
        async with request.form() as form:
            require_csrf(staff, text_of_form(form, "csrf"))
            try:
                async with self.database.transaction() as tx:
                    row = await self.load(tx, staff, reference, to_change=True)
                    done = await change(tx, row, staff, form)
                    self.note(tx, staff, done.act, "complaint", row.reference)
                    seen_still = await self._still_seen(tx, staff, row)
            except NotDone as fault:
                typed: dict[str, Any] = {
                    name: text_of_form(form, name)
                    for name in form
                    if name not in ("csrf", "ticked")
                }
                typed["ticked"] = form.getlist("ticked")
                async with self.database.transaction() as tx:
                    return await self.page(request, tx, staff, reference, fault=fault, typed=typed)
        suffix = "&lang=en" if reader_language(request) == "en" else ""
        target = f"{PREFIX}/{row.reference}?gjort={done.said}{suffix}" if seen_still else PREFIX
        return RedirectResponse(target, status_code=303)

    async def answer(self, tx: AsyncSession, row: Complaint, staff: Staff, form: FormData) -> Done:
        """Saves the answer, or marks it as sent, as the button says."""
        version = text_of_form(form, "version")
        given: dict[str, Any] = {
            "text": text_of_form(form, "answer"), "ticked": [str(one) for one in form.getlist("ticked")],
            "version": int(version) if version.isdecimal() and len(version) < 9 else -1,
        }  # fmt: skip
        now = self.parts.following.now()
        if text_of_form(form, "do") == "sent":
            return await self.acts.send_answer(
                tx, row, staff, now, how=text_of_form(form, "how"), **given
            )
        return await self.acts.save_answer(tx, row, staff, now, **given)

    async def calls(self, request: Request, tx: AsyncSession) -> Response:
        """The call list."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *ROLES)
        lang = reader_language(request)
        waiting = await waiting_calls(tx, visible(staff, self.organisation))
        self.note(tx, staff, "viewed", "call_list", "page")
        done = request.query_params.get("gjort", "")
        return self.pages.render(
            request, "register_calls.html", staff=staff,
            rows=[self._call(call, row, lang) for call, row in waiting],
            done=self.pages.words.section(lang, "done").get(done, ""),
            query="?lang=en" if lang == "en" else "",
        )  # fmt: skip

    async def called(self, request: Request, call_id: int) -> Response:
        """Somebody has told the citizen."""
        staff = await current_staff(request)
        require_role(staff, *ROLES)
        async with request.form() as form:
            require_csrf(staff, text_of_form(form, "csrf"))
        async with self.database.transaction() as tx:
            call, row = await one_call(tx, visible(staff, self.organisation), call_id)
            done = await self.acts.called(tx, call, staff, self.parts.following.now())
            self.note(tx, staff, done.act, "complaint", row.reference, reason=call.reason)
        suffix = "&lang=en" if reader_language(request) == "en" else ""
        return RedirectResponse(f"{PREFIX}/ringeliste?gjort={done.said}{suffix}", status_code=303)

    async def export(
        self, request: Request, tx: AsyncSession, staff: Staff, form: str
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The rows that were asked for, and the filters that were understood."""
        require_role(staff, *ROLES)
        wish, today = Wish.read(request.query_params), self.parts.following.today()
        seen = visible(staff, self.organisation)
        found = await find(tx, wish, seen, today, limit=EXPORTED)
        self.note(
            tx, staff, "exported", "complaint_list", form, filters=wish.query("da"), rows=len(found.rows)
        )  # fmt: skip
        return rows_of(found, today, self.setting), wish.named()

    async def _still_seen(self, tx: AsyncSession, staff: Staff, row: Complaint) -> bool:
        """Whether the reader may see the case after what they did with it: it may be another unit's now."""
        await tx.flush()
        try:
            await one_case(tx, staff, self.organisation, row.reference)
        except NotFound:
            return False
        return True

    def _call(self, call: ComplaintCall, row: Complaint, lang: str) -> dict[str, Any]:
        contact = get(row.record, "/complainant/contact") or {}
        address = contact.get("address") or {}
        ways = [
            contact.get("phone"), row.email or contact.get("email"), address.get("line1"),
            address.get("postal_code"), address.get("city"),
        ]  # fmt: skip
        anonymous = get(row.record, "/complainant/identification/method") == "anonymous"
        reach = ", ".join(str(way) for way in ways if way)
        key = "calls.anonymous" if anonymous else "calls.unknown"
        return {
            "id": call.id, "reference": row.reference,
            "name": get(row.record, "/complainant/name") or "",
            "reach": reach or self.pages.words(lang, key),
            "why": self.pages.words(lang, f"why.{call.reason}"),
            "say": to_say(row, call.reason, self.setting, lang),
            "since": views.time_text(call.created_at, lang),
        }  # fmt: skip


def text_of_form(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
