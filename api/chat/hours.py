"""Whether the live chat is open: the organisation's hours, Danish holidays, and the time that is passed in."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# The setting that leaves it to those on duty.
ALWAYS = "always"


class Span(Protocol):
    """Weekdays that share hours."""

    @property
    def days(self) -> tuple[str, ...]:
        """Days, by their first three letters in English."""
        ...

    @property
    def opens(self) -> dt.time:
        """Local time of opening."""
        ...

    @property
    def closes(self) -> dt.time:
        """Local time of closing."""
        ...


class Hours(Protocol):
    """Opening hours of a contact."""

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        ...

    @property
    def spans(self) -> tuple[Span, ...]:
        """The hours of a week."""
        ...


class Calendar(Protocol):
    """Knows the holidays."""

    def is_public_holiday(self, day: dt.date) -> bool:
        """Whether the day is a public holiday by law."""
        ...


def is_open(hours: Hours | None, local: dt.datetime, calendar: Calendar) -> bool:
    """Whether somebody may be expected at this local time; without known hours, those on duty decide."""
    if hours is None or hours.always:
        return True
    if calendar.is_public_holiday(local.date()):
        return False
    today = WEEKDAYS[local.weekday()]
    return any(
        today in span.days and span.opens <= local.time().replace(tzinfo=None) < span.closes
        for span in hours.spans
    )
