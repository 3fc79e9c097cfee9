"""The days of a complaint as a calendar file, with a reminder before the citizen's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from icalendar import Alarm, Calendar, Event

REMIND = dt.timedelta(days=-3)


def calendar_file(seen: Mapping[str, Any], now: dt.datetime) -> bytes:
    """The deadlines of the citizen, and the days by which the authority should have moved."""
    calendar = Calendar()
    calendar.add("prodid", "-//Stafet//Klage//DA")
    calendar.add("version", "2.0")
    rows = [
        (one["kind"], one["what"], one.get("latest_safe_date") or one["date"])
        for one in seen["deadlines"]
    ]
    rows += [(one["kind"], one["what"], one["date"]) for one in seen["steps"]]
    for kind, what, day in rows:
        calendar.add_component(_event(seen["reference"], kind, what, dt.date.fromisoformat(day), now))  # fmt: skip
    written: bytes = calendar.to_ical()
    return written


def _event(reference: str, kind: str, what: str, day: dt.date, now: dt.datetime) -> Event:
    event = Event()
    # The same deadline is the same entry, so that a second download replaces the first.
    event.add("uid", f"{reference}-{kind}@stafet")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", f"{what} ({reference})")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", what)
    alarm.add("trigger", REMIND)
    event.add_component(alarm)
    return event
