"""What somebody should see to now, read from the tables; nothing is changed here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import views
from api.complaints.fields import get
from api.complaints.record import Setting
from api.complaints.steps import local_day
from api.db.alert_models import GapQuestion, KnowledgeGap
from api.db.complaint_models import Complaint
from api.db.outbox_models import OutboxDelivery, OutboxDestination
from api.outbox.states import State
from api.outbox.store import CASE_SYSTEM
from api.oversight.alert_limits import Limits, RouteGap
from knowledge.rules.recipients import SWITCHBOARD

NEAR, LATE, RISING = "answer_near", "answer_late", "rising"
ROUTE_GAP, FAILED, UNANSWERED = "route_gap", "failed_delivery", "unanswered"
ANSWER_KINDS = (NEAR, LATE)
KINDS = (LATE, NEAR, RISING, ROUTE_GAP, FAILED, UNANSWERED)
# At a time, so that a long backlog makes no long transaction; the rest comes with the next round.
MOST = 2000
NO_AREA = "-"
WAYS = ("phone", "email", "web", "address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that somebody should see to: its name within its kind, whom it concerns, numbers to show."""

    kind: str
    key: str
    complaint_id: str | None = None
    contact: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


async def find_all(
    tx: AsyncSession, setting: Setting, limits: Limits, now: dt.datetime, today: dt.date
) -> list[Finding]:
    """Everything as it is now, but for rising complaints, which change from week to week alone."""
    return [
        *await answers(tx, setting, limits, today),
        *await route_gaps(tx, setting, limits.route_gap, now),
        *await failures(tx),
        *await unanswered(tx, limits, now),
    ]


async def answers(
    tx: AsyncSession, setting: Setting, limits: Limits, today: dt.date
) -> list[Finding]:
    """Complaints whose last day for an answer is near, or has passed."""
    # No stretch of working days is longer than this in days, with weekends and holidays in it.
    horizon = today + dt.timedelta(days=3 * limits.answer.near_working_days + 14)
    near = or_(Complaint.answer_due <= horizon, Complaint.reconsider_due <= horizon)
    query = select(Complaint).where(
        near, Complaint.is_notice.is_(False), Complaint.status.not_in(views.FINISHED)
    )
    found = []
    for row in await tx.scalars(query.order_by(Complaint.received_at).limit(MOST)):
        for step in views.steps_of(row, today, setting):
            if not step.passed and step.days_left > limits.answer.near_working_days:
                continue
            details = {
                "reference": row.reference, "step": step.kind, "date": step.date.isoformat(),
                "unit": row.unit or "",
            }  # fmt: skip
            found.append(
                Finding(
                    kind=LATE if step.passed else NEAR, key=f"{row.id}:{step.kind}",
                    complaint_id=row.id, contact=row.recipient_contact, details=details,
                )
            )  # fmt: skip
    return found


async def rising(
    tx: AsyncSession, setting: Setting, limits: Limits, today: dt.date
) -> list[Finding]:
    """Units whose complaints have risen more than chance explains, up to the last whole week."""
    end = today - dt.timedelta(days=today.weekday())
    weeks = limits.rising.recent_weeks + limits.rising.past_weeks
    counts = await weekly(tx, setting, end, weeks)
    if not any(map(any, counts.values())):
        return []
    # Statistics weigh half a second and 30 MB, which nobody should wait for and a quiet house never needs.
    from api.oversight.rising import find_rises

    found = []
    for rise in find_rises(counts, limits.rising):
        contact, _, unit = rise.key.partition("|")
        details = {
            "unit": unit, "recent": rise.recent, "expected": round(rise.expected, 1),
            "weeks": limits.rising.recent_weeks, "until": (end - dt.timedelta(days=1)).isoformat(),
        }  # fmt: skip
        found.append(Finding(kind=RISING, key=rise.key[:200], contact=contact, details=details))
    return found


async def weekly(
    tx: AsyncSession, setting: Setting, end: dt.date, weeks: int
) -> dict[str, list[int]]:
    """Complaints per week up to a Monday, the newest last: each forvaltning (`id`) and each unit in it (`id|unit`).

    The parts of a mixed complaint that one unit has count once. The weeks begin when the first complaint of all came,
    so that a young system does not take its own start for a rise.
    """
    organisation = setting.profile.organisation
    adviser = (views.ADVISER,) if views.ADVISER in organisation.contacts else ()
    day = func.date(Complaint.received_at)
    start = end - dt.timedelta(weeks=weeks)
    query = (
        select(
            Complaint.recipient_contact, Complaint.unit, day,
            func.count(func.distinct(func.coalesce(Complaint.group_id, Complaint.id))),
        )
        .where(
            Complaint.received_at >= _midnight(start), Complaint.received_at < _midnight(end),
            Complaint.is_notice.is_(False), Complaint.route != "feedback",
            Complaint.recipient_contact.in_((*organisation.forvaltninger, *adviser)),
        )
        .group_by(Complaint.recipient_contact, Complaint.unit, day)
    )  # fmt: skip
    first = await tx.scalar(select(func.min(Complaint.received_at)))
    began = max(start, local_day(first)) if first is not None else end
    length = min(weeks, (end - began).days // 7)
    counts: dict[str, list[int]] = {}
    for contact, unit, at, count in await tx.execute(query):
        # SQLite gives the day as text.
        received = dt.date.fromisoformat(at) if isinstance(at, str) else at
        place = length - 1 - (end - received - dt.timedelta(days=1)).days // 7
        if place < 0:
            continue
        for key in (contact, f"{contact}|{unit}") if unit else (contact,):
            counts.setdefault(key, [0] * length)[place] += count
    return counts


async def route_gaps(
    tx: AsyncSession, setting: Setting, limits: RouteGap, now: dt.datetime
) -> list[Finding]:
    """Subject areas whose complaints have nobody in the municipality, and forvaltninger that cannot be reached."""
    nobody = or_(Complaint.recipient_contact.is_(None), Complaint.recipient_contact == SWITCHBOARD)
    query = select(Complaint).where(
        nobody, Complaint.status.not_in(views.FINISHED),
        Complaint.received_at >= now - dt.timedelta(days=limits.days),
    )  # fmt: skip
    areas: Counter[str] = Counter()
    for row in await tx.scalars(query.limit(MOST)):
        if not views.is_forwarded(row):
            place = "/matter/area" if row.is_notice else "/target/area"
            areas[str(get(row.record, place) or NO_AREA)] += 1
    found = [
        Finding(
            kind=ROUTE_GAP, key=f"area:{area}"[:200],
            details={"area": "" if area == NO_AREA else area, "count": count},
        )
        for area, count in sorted(areas.items())
        if count >= (limits.of_no_area if area == NO_AREA else limits.of_one_area)
    ]  # fmt: skip
    organisation = setting.profile.organisation
    for unit in organisation.forvaltninger:
        if not any(organisation.contact(unit).values(way) for way in WAYS):
            found.append(Finding(kind=ROUTE_GAP, key=f"contact:{unit}", contact=unit, details={}))
    return found


async def failures(tx: AsyncSession) -> list[Finding]:
    """Complaints that could not be delivered, one by one; other sendings that were given up, by destination."""
    query = (
        select(OutboxDelivery.id, OutboxDelivery.subject_id, Complaint.reference, Complaint.recipient_contact)
        .join(Complaint, Complaint.id == OutboxDelivery.subject_id)
        .where(OutboxDelivery.state == State.DEAD, OutboxDelivery.destination == CASE_SYSTEM)
        .order_by(OutboxDelivery.id)
        .limit(MOST)
    )  # fmt: skip
    found = [
        Finding(
            kind=FAILED, key=f"delivery:{delivery}", complaint_id=subject, contact=contact,
            details={"reference": reference},
        )
        for delivery, subject, reference, contact in await tx.execute(query)
    ]  # fmt: skip
    others = (
        select(OutboxDelivery.destination, func.count())
        .where(OutboxDelivery.state == State.DEAD, OutboxDelivery.destination != CASE_SYSTEM)
        .group_by(OutboxDelivery.destination)
    )
    for name, count in await tx.execute(others):
        found.append(
            Finding(kind=FAILED, key=f"to:{name}", details={"destination": name, "count": count})
        )
    closed = select(OutboxDestination.name).where(OutboxDestination.disabled.is_(True))
    for name in await tx.scalars(closed):
        found.append(Finding(kind=FAILED, key=f"closed:{name}", details={"destination": name}))
    return found


async def unanswered(tx: AsyncSession, limits: Limits, now: dt.datetime) -> list[Finding]:
    """Questions of one meaning that many have asked lately, and that nobody has begun to answer."""
    query = (
        select(KnowledgeGap.id, func.count(GapQuestion.id))
        .join(GapQuestion, GapQuestion.gap_id == KnowledgeGap.id)
        .where(
            KnowledgeGap.state == "open",
            GapQuestion.at >= now - dt.timedelta(days=limits.unanswered.days),
        )
        .group_by(KnowledgeGap.id)
        .having(func.count(GapQuestion.id) >= limits.unanswered.least)
        .order_by(KnowledgeGap.id)
    )
    return [
        Finding(
            kind=UNANSWERED, key=f"gap:{gap}",
            details={"gap": gap, "count": count, "days": limits.unanswered.days},
        )
        for gap, count in await tx.execute(query)
    ]  # fmt: skip


def _midnight(day: dt.date) -> dt.datetime:
    # Days are told apart in UTC here as in the database: an hour or two moves between weeks for all alike.
    return dt.datetime.combine(day, dt.time(), dt.UTC)
