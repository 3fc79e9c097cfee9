"""Finds contacts: who may see which, and those that a number of the statistics was counted from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Role, Staff
from api.db.complaint_models import Complaint
from api.db.oversight_models import Contact, ContactMark
from api.errors import NotFound
from api.oversight.registration import COMPLAINT
from api.oversight.vocabulary import COMPLAINT as KLAGE
from api.oversight.wishes import ANY, NONE, Period, Wish
from knowledge.organisation import Organisation

PAGE = 25
READERS = (Role.CASEWORKER, Role.MANAGER)
# Which complaints somebody may see.
CasesSeen = Callable[[Staff, Organisation], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of contacts, and how many there are in all."""

    rows: list[Contact]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


def visible(staff: Staff, organisation: Organisation, cases_seen: CasesSeen) -> ColumnElement[bool]:
    """A manager sees all; a caseworker those of their units, and of complaints those that they may open."""
    if not staff.may(*READERS):
        return false()
    if staff.may(Role.MANAGER) or not staff.units:
        return true()
    units = sorted(staff.units)
    place = or_(Contact.forvaltning.in_(units), Contact.unit.in_(units), Contact.forvaltning == "")
    opened = select(Complaint.id).where(cases_seen(staff, organisation))
    held = select(Complaint.id).where(Complaint.id == Contact.origin_id).exists()
    return or_(
        and_(Contact.origin != COMPLAINT, place),
        and_(Contact.origin == COMPLAINT, Contact.origin_id.in_(opened)),
        and_(Contact.origin == COMPLAINT, ~held, place),
    )


async def find(
    tx: AsyncSession, wish: Wish, seen: ColumnElement[bool], today: dt.date, limit: int, page: int
) -> Found:
    """A page of the contacts that were asked for, the newest first."""
    conditions = [seen, *conditions_of(wish, today, limit)]
    total = await tx.scalar(select(func.count()).select_from(Contact).where(*conditions)) or 0
    page = min(max(1, page), max(1, -(-total // PAGE)))
    query = (
        select(Contact)
        .where(*conditions)
        .order_by(Contact.received_on.desc(), Contact.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return Found(list(await tx.scalars(query)), total, page)


async def one_contact(
    tx: AsyncSession, contact_id: int, seen: ColumnElement[bool], *, to_change: bool = False
) -> Contact:
    """The contact.

    Raises:
        NotFound: there is none, or it is not this reader's to see.
    """
    query = select(Contact).where(Contact.id == contact_id, seen)
    row: Contact | None = await tx.scalar(query.with_for_update() if to_change else query)
    if row is None:
        raise NotFound()
    return row


def conditions_of(wish: Wish, today: dt.date, limit: int) -> list[ColumnElement[bool]]:
    """The filters as conditions."""
    found: list[ColumnElement[bool]] = []
    for text in (wish.period, wish.month):
        if text:
            found += _within(text, today)
    for name in ("forvaltning", "unit"):
        if value := getattr(wish, name):
            found.append(getattr(Contact, name) == ("" if value == NONE else value))
    for name in ("inquiry", "state"):
        if value := getattr(wish, name):
            found.append(getattr(Contact, name) == value)
    if wish.informal:
        found.append(Contact.informal.is_(wish.informal == "yes"))
    if wish.unanswered:
        found.append(Contact.unanswered.is_(True))
    if wish.outcome:
        found.append(Contact.outcome != "" if wish.outcome == ANY else Contact.outcome == wish.outcome)  # fmt: skip
    if wish.timing:
        days = Contact.answer_days
        asked = {"in_time": days <= limit, "late": days > limit, ANY: days.is_not(None)}
        found += [Contact.inquiry == KLAGE, asked[wish.timing]]
    if wish.facet:
        found.append(_of_topic(*wish.facet))
    return found


def _within(text: str, today: dt.date) -> list[ColumnElement[bool]]:
    if text.count("-") == 1 and "Q" not in text:
        first = last = dt.date.fromisoformat(f"{text}-01")
    else:
        period = Period.read(text, today)
        first, last = period.first, period.last
    after = (last + dt.timedelta(days=31)).replace(day=1)
    return [Contact.received_on >= first, Contact.received_on < after]


def _of_topic(facet: str, value: str) -> ColumnElement[bool]:
    if facet in ("channel", "language"):
        return getattr(Contact, facet) == value  # type: ignore[no-any-return]
    if not value:
        column = Contact.kinds if facet == "kind" else Contact.themes
        return cast(column, String) == "[]"
    marked = select(ContactMark.contact_id).where(
        ContactMark.facet == facet, ContactMark.value == value
    )
    return Contact.id.in_(marked)
