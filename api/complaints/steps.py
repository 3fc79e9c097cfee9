"""The second clock: what the authority must do by when, counted from the receipt. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from api.clock import DENMARK
from api.complaints.routing import Destination
from knowledge.guidance import Profile
from knowledge.rules.deadlines import authority_deadline, is_working_day
from knowledge.rules.model import Area, Route

# The deadline of the reply guarantee among a municipality's own; a municipality without one promises nothing.
REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Due:
    """The days by which the authority must have moved; none where no rule says a day."""

    answer: dt.date | None
    reconsider: dt.date | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the authority: its last day, the working days left, whether it is over."""

    kind: str
    date: dt.date
    days_left: int
    passed: bool


def local_day(moment: dt.datetime) -> dt.date:
    """The day in Denmark."""
    return moment.astimezone(DENMARK).date()


def due_dates(received: dt.date, to: Destination, area: Area | None, profile: Profile) -> Due:
    """The tenth working day where the municipality promises that, and the end of the reconsideration."""
    answer: dt.date | None = None
    # Praise and suggestions are no complaint, and nobody owes them an answer by a day.
    owed = not to.forward and to.route is not Route.feedback
    if REPLY in profile.book.deadlines and owed:
        answer = authority_deadline(
            received, profile.book.limits.reply, profile.days, moves=True
        ).date
    reconsider: dt.date | None = None
    looked_again = area.decision.reconsideration.length if area is not None else None
    if to.route is Route.statutory_appeal and to.send_via == "target_unit" and looked_again:
        reconsider = authority_deadline(received, looked_again, profile.days, moves=True).date
    return Due(answer, reconsider)


def working_days_left(today: dt.date, last: dt.date, profile: Profile) -> int:
    """Working days from tomorrow up to the last day; doubtful days do not count, in the authority's favour."""
    day, count = today, 0
    while day < last:
        day += dt.timedelta(days=1)
        count += is_working_day(day, profile.days, cautious=True)
    return count


def open_steps(
    *, answer: dt.date | None, reconsider: dt.date | None, today: dt.date, profile: Profile,
) -> list[Step]:  # fmt: skip
    """The steps that the authority still owes, the nearest first; the last day itself is still the authority's."""
    dates = [("answer", answer), ("reconsider", reconsider)]
    steps = [
        Step(kind, date, working_days_left(today, date, profile), today > date)
        for kind, date in dates
        if date is not None
    ]
    return sorted(steps, key=lambda step: step.date)
