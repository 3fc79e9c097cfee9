"""A deadline as a calendar file, with a reminder some days before."""

from __future__ import annotations

import datetime as dt
import hashlib

from icalendar import Alarm, Calendar, Event

from knowledge.rules.assessment import Deadline

REMIND_DAYS = 3  # long enough to write a short complaint


def deadline_file(deadline: Deadline, now: dt.datetime) -> bytes:
    """The calendar file of one deadline; a citizen's own deadline stands on the day that is safe."""
    day = deadline.latest_safe_date if deadline.whose == "citizen" else deadline.date
    event = Event()
    event.add("uid", f"{_fingerprint(deadline)}@stafet")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", deadline.what)
    event.add("description", deadline.explanation)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", deadline.what)
    alarm.add("trigger", dt.timedelta(days=-REMIND_DAYS))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Stafet//Vejviser//DA")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _fingerprint(deadline: Deadline) -> str:
    """The same deadline gives the same entry, so that a second download replaces the first."""
    told = f"{deadline.kind}|{deadline.what}|{deadline.date}"
    return hashlib.sha256(told.encode()).hexdigest()[:24]
