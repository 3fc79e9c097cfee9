"""Counts deadlines: weeks, months, years and working days, with caution on the citizen's side.

The citizen is never told a day too late, and the authority is never said to be late too early. What cannot be
sure (24 December and the like) therefore never helps against the citizen: it does not move the citizen's last
day, and it does not count among the authority's working days. Holidays come in through `Days`.
"""

from __future__ import annotations

import calendar as month_lengths
import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

from knowledge.rules.model import Length

DAY = dt.timedelta(days=1)
Shift = Literal["none", "weekend", "holiday"]


class Days(Protocol):
    """What counting needs to know of a day."""

    def is_public_holiday(self, day: dt.date) -> bool:
        """Whether the day is a public holiday by law."""

    def is_doubtful(self, day: dt.date) -> bool:
        """Whether sources disagree on the day."""

    def is_weekend(self, day: dt.date) -> bool:
        """Whether the day is a Saturday or a Sunday."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A counted deadline: the bare end of the count, the last day by law, the day that is safe, and why they differ."""

    nominal: dt.date
    date: dt.date
    safe: dt.date
    shift: Shift
    doubtful: bool


def add_length(start: dt.date, length: Length, days: Days, *, cautious: bool = False) -> dt.date:
    """The day a length after `start`; the day itself is not counted.

    Months and years are counted by name, not as days: a date the month does not have becomes the month's last.
    Working days are Monday to Friday outside public holidays, and `cautious` leaves out the doubtful ones too.
    """
    if length.unit == "days":
        return start + length.amount * DAY
    if length.unit == "weeks":
        return start + 7 * length.amount * DAY
    if length.unit == "months":
        return add_months(start, length.amount)
    if length.unit == "years":
        return add_months(start, 12 * length.amount)
    return add_working_days(start, length.amount, days, cautious=cautious)


def add_months(start: dt.date, months: int) -> dt.date:
    """The same date so many months later, or the last day of that month.

    Raises:
        OverflowError: there is no such year in the calendar.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError(f"no year {year}")
    last = month_lengths.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(start.day, last))


def add_working_days(start: dt.date, amount: int, days: Days, *, cautious: bool) -> dt.date:
    """The last of so many working days, where day one is the first working day after `start`."""
    day = start
    while amount > 0:
        day += DAY
        if is_working_day(day, days, cautious=cautious):
            amount -= 1
    return day


def is_working_day(day: dt.date, days: Days, *, cautious: bool) -> bool:
    """Monday to Friday, no public holiday; with caution no doubtful day either."""
    closed = days.is_weekend(day) or days.is_public_holiday(day)
    return not closed and not (cautious and days.is_doubtful(day))


def citizen_deadline(start: dt.date, length: Length, days: Days, *, moves: bool) -> Counted:
    """The last day for the citizen: moved off a closed day where the law says so, safe before it."""
    nominal = add_length(start, length, days)
    shift: Shift = "none"
    if moves and days.is_public_holiday(nominal):
        shift = "holiday"
    elif moves and days.is_weekend(nominal):
        shift = "weekend"
    date, safe = nominal, nominal
    if shift != "none":
        while not is_working_day(date, days, cautious=False):
            date += DAY
    if shift == "holiday":
        while days.is_public_holiday(safe):
            safe -= DAY
    return Counted(nominal, date, safe, shift, days.is_doubtful(nominal))


def authority_deadline(start: dt.date, length: Length, days: Days, *, moves: bool) -> Counted:
    """The day until which the authority has its chance: every doubtful day counts in its favour."""
    nominal = add_length(start, length, days)
    date = add_length(start, length, days, cautious=True)
    shift: Shift = "none"
    if moves and not is_working_day(date, days, cautious=True):
        shift = "weekend" if days.is_weekend(date) else "holiday"
        while not is_working_day(date, days, cautious=True):
            date += DAY
    return Counted(nominal, date, date, shift, date != nominal and shift == "none")


def one_year_later(day: dt.date) -> dt.date:
    """The last day on which something is no more than a year old; 29 February counts to 28 February."""
    return add_months(day, 12)


def is_unusually_long(
    since: dt.date, promised: dt.date | None, today: dt.date, *, months: int, times: int
) -> tuple[bool, bool | None]:
    """Whether a wait is long in itself, and whether it is more than so many times the promised time.

    The second is None while no usable promise is known: a promise dated on or before the day
    the wait began measures nothing.
    """
    long = add_months(since, months) <= today
    if promised is None:
        return long, None
    promised_days = (promised - since).days
    if promised_days <= 0:
        return long, False
    return long, (today - since).days > times * promised_days
