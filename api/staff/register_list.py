"""The list of cases: what is asked for, who may see which, and how each line is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Role, Staff
from api.clock import DENMARK
from api.complaints import views
from api.complaints.fields import LOCALES, field_at, get, options_of, text_of
from api.complaints.record import Setting
from api.complaints.steps import Step, local_day
from api.db.case_models import CaseFile
from api.db.complaint_models import Complaint
from api.errors import NotFound
from api.staff.register_since import since_of
from api.words import Words
from knowledge.organisation import Organisation

PAGE = 25
# What one file can hold; a municipality's year is far below.
EXPORTED = 20_000
ENDED = ("closed", "withdrawn")
STATUSES = (
    "received", "sent", "accepted", "handed_on", "answered", "closed", "withdrawn", "delivery_failed",
)  # fmt: skip
KINDS = ("decision", "process", "practical", "conduct", "discrimination", "service_level",
         "employment", "praise")  # fmt: skip
TEXT_LENGTH = 100
# The day that is next for us: the earlier of the two, where both are known.
DUE = case(
    (Complaint.reconsider_due.is_(None), Complaint.answer_due),
    (Complaint.answer_due.is_(None), Complaint.reconsider_due),
    (Complaint.answer_due <= Complaint.reconsider_due, Complaint.answer_due),
    else_=Complaint.reconsider_due,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the reader wants to see, as it stands in the address."""

    forvaltning: str = ""
    unit: str = ""
    status: str = "open"
    route: str = ""
    kind: str = ""
    overdue: bool = False
    reference: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wish:
        """From an address; what cannot be understood is left out."""
        status, kind, page = (
            query.get("status", "open"),
            query.get("kind", ""),
            query.get("page", ""),
        )
        return cls(
            forvaltning=query.get("forvaltning", "")[:TEXT_LENGTH],
            unit=query.get("unit", "").strip()[:TEXT_LENGTH],
            status=status if status in ("all", *STATUSES) else "open",
            route=query.get("route", "")[:TEXT_LENGTH],
            kind=kind if kind in KINDS else "",
            overdue=query.get("overdue", "") == "1",
            reference="".join(c for c in query.get("reference", "") if c.isalnum() or c == "-")[:20],
            page=int(page) if page.isdecimal() and 0 < int(page) < 10_000 else 1,
        )  # fmt: skip

    def named(self) -> dict[str, Any]:
        """The filters by name."""
        return {
            "forvaltning": self.forvaltning, "unit": self.unit, "status": self.status,
            "route": self.route, "kind": self.kind, "overdue": self.overdue,
            "reference": self.reference,
        }  # fmt: skip

    def query(self, lang: str, page: int | None = None) -> str:
        """As it stands in an address."""
        named = {
            name: getattr(self, name) for name in ("forvaltning", "unit", "route", "kind", "reference")
        }  # fmt: skip
        pairs = {name: value for name, value in named.items() if value}
        if self.status != "open":
            pairs["status"] = self.status
        if self.overdue:
            pairs["overdue"] = "1"
        if page is not None and page > 1:
            pairs["page"] = str(page)
        if lang == "en":
            pairs["lang"] = "en"
        return f"?{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of cases, and how many there are in all."""

    rows: list[Complaint]
    files: dict[str, CaseFile]
    since: dict[str, dt.datetime]
    total: int
    wish: Wish

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def visible(staff: Staff, organisation: Organisation) -> ColumnElement[bool]:
    """Which cases somebody may see: a manager all, a caseworker those of their units.

    What no unit of the municipality has (not sorted yet, or to be sent to another authority) is everybody's, since
    somebody must see to it. An account without units is not limited to any.
    """
    if staff.may(Role.MANAGER) or (staff.may(Role.CASEWORKER) and not staff.units):
        return true()
    if not staff.may(Role.CASEWORKER):
        return false()
    units, own = sorted(staff.units), unit_contacts(organisation)
    return or_(
        Complaint.recipient_contact.in_(units), Complaint.unit.in_(units),
        Complaint.recipient_contact.is_(None), Complaint.recipient_contact.not_in(own),
    )  # fmt: skip


def unit_contacts(organisation: Organisation) -> tuple[str, ...]:
    """Whom a case can be handed to within the municipality."""
    adviser = (views.ADVISER,) if views.ADVISER in organisation.contacts else ()
    return (*organisation.forvaltninger, *adviser)


async def one_case(
    tx: AsyncSession, staff: Staff, organisation: Organisation, reference: str, *,
    to_change: bool = False,
) -> Complaint:  # fmt: skip
    """The case with this reference.

    Raises:
        NotFound: there is none, or it is not this reader's to see.
    """
    query = select(Complaint).where(
        Complaint.reference == reference, visible(staff, organisation)
    )  # fmt: skip
    row: Complaint | None = await tx.scalar(query.with_for_update() if to_change else query)
    if row is None:
        raise NotFound()
    return row


async def find(
    tx: AsyncSession, wish: Wish, seen: ColumnElement[bool], today: dt.date, *, limit: int = PAGE
) -> Found:
    """The cases that were asked for: what is open first, and of that the nearest day first."""
    conditions = [seen, *_conditions(wish, today)]
    total = await tx.scalar(select(func.count()).select_from(Complaint).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE))
    wish = replace(wish, page=min(wish.page, pages))
    query = (
        select(Complaint)
        .where(*conditions)
        .order_by(
            case((Complaint.status.in_(views.FINISHED), 1), else_=0),
            case((DUE.is_(None), 1), else_=0), DUE, Complaint.received_at, Complaint.id,
        )
        .limit(limit)
        .offset((wish.page - 1) * PAGE if limit == PAGE else 0)
    )  # fmt: skip
    rows = list(await tx.scalars(query))
    return Found(rows, await files_of(tx, rows), await since_of(tx, rows), total, wish)


async def files_of(tx: AsyncSession, rows: Sequence[Complaint]) -> dict[str, CaseFile]:
    """What staff have done, by the complaint's id."""
    ids = [row.id for row in rows]
    files: dict[str, CaseFile] = {}
    for at in range(0, len(ids), 500):
        found = await tx.scalars(
            select(CaseFile).where(CaseFile.complaint_id.in_(ids[at : at + 500]))
        )
        files.update({one.complaint_id: one for one in found})
    return files


def _conditions(wish: Wish, today: dt.date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wish.status == "open":
        found.append(Complaint.status.not_in(ENDED))
    elif wish.status != "all":
        found.append(Complaint.status == wish.status)
    if wish.forvaltning:
        found.append(Complaint.recipient_contact == wish.forvaltning)
    if wish.unit:
        found.append(Complaint.unit.icontains(wish.unit, autoescape=True))
    if wish.route:
        found.append(Complaint.route == wish.route)
    if wish.reference:
        found.append(Complaint.reference.icontains(wish.reference, autoescape=True))
    if wish.kind:
        found.append(_of_kind(wish.kind))
    if wish.overdue:
        found.append(is_overdue(today))
    return found


def is_overdue(today: dt.date) -> ColumnElement[bool]:
    """Whether a day of ours has passed without the step."""
    return and_(
        today > DUE, Complaint.status.not_in(views.FINISHED), Complaint.is_notice.is_(False)
    )


def _of_kind(kind: str) -> ColumnElement[bool]:
    # Both databases give a list within JSON as its text; the ids are ours, so nothing else can match.
    places = [("complaint", "categories"), ("matter", "categories")]
    return or_(
        *(cast(Complaint.record[place].as_string(), String).contains(f'"{kind}"') for place in places)
    )  # fmt: skip


def kind_options(setting: Setting, lang: str) -> list[dict[str, str]]:
    """The kinds of complaint, as the form calls them."""
    one = field_at("/complaint/categories")
    return options_of(one, setting.profile, lang) if one is not None else []


def short_day(day: dt.date, lang: str) -> str:
    """A day as it stands in a narrow column."""
    return format_date(day, "medium", locale=LOCALES["en" if lang == "en" else "da"])


def clock_text(step: Step | None, words: Words, lang: str) -> str:
    """The time left for the next step, in words."""
    if step is None:
        return words(lang, "list.no_day")
    if step.passed:
        return words(lang, "list.passed", date=short_day(step.date, lang))
    if step.days_left == 0:
        return words(lang, "list.last_day")
    key = "list.left_one" if step.days_left == 1 else "list.left"
    return words(lang, key, days=step.days_left)


def matter(row: Complaint, setting: Setting, lang: str) -> tuple[str, str]:
    """The kinds and the subject area, in words; nothing that the citizen wrote themselves."""
    record = row.record
    if row.is_notice:
        told = get(record, "/matter") or {}
        record = {
            "complaint": {"categories": told.get("categories") or []},
            "target": {"area": told.get("area")},
        }
    yes_no = (setting.words(lang, "words.yes"), setting.words(lang, "words.no"))
    found = []
    for pointer in ("/complaint/categories", "/target/area"):
        one = field_at(pointer)
        said = text_of(one, record, setting.profile, lang, yes_no) if one and get(record, pointer) else ""  # fmt: skip
        found.append(said)
    return found[0], found[1]


def lines(
    found: Found, staff: Staff, today: dt.date, setting: Setting, words: Words, lang: str
) -> list[dict[str, Any]]:
    """The cases as the page lists them."""
    told = []
    for row in found.rows:
        step = next(iter(views.steps_of(row, today, setting)), None)
        kinds, area = matter(row, setting, lang)
        file = found.files.get(row.id)
        told.append(
            {
                "reference": row.reference, "kinds": kinds, "area": area, "is_notice": row.is_notice,
                "status": setting.words(lang, f"status.{row.status}"),
                "holder": views.recipient_name(row, setting, lang), "unit": row.unit or "",
                "clock": clock_text(step, words, lang), "passed": bool(step and step.passed),
                "due": short_day(step.date, lang) if step and not step.passed else "",
                "since": short_day(local_day(found.since[row.id]), lang),
                "received": short_day(row.received_at.astimezone(DENMARK).date(), lang),
                "yours": file is not None and file.taken_by == staff.username,
            }
        )  # fmt: skip
    return told
