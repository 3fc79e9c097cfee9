"""Finds the times that a message names: dates, months, 'last week', 'for et halvt år siden', 'siden påske'.

A time that is only a month or a season is a period; which of its days counts depends on the fact it belongs to, so
both ends are given. A month without a year is the latest one that has begun.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import cache

from knowledge.reading.times_near import (
    DAY,
    Read,
    Reader,
    later,
    latest_weekday,
    near_readers,
    relative_day,
    weekday_readers,
    weekdays,
    within_pattern,
    words,
)
from knowledge.rules.loader import load_texts
from knowledge.text.folding import fold

# Letters between a time and a day of the week that is counted from it.
NEAR = 120


@dataclass(frozen=True, slots=True)
class Found:
    """A time in a text: where it stands, the first and the last day it may be, and whether it is exact."""

    start: int
    end: int
    first: dt.date
    last: dt.date
    exact: bool
    # 'ago' (a day or a period), 'after' (counted from the time before it), 'within' (a time to answer, counted so),
    # 'length' (how long something has lasted until now).
    kind: str = "ago"
    # No year was named; it is taken to be the latest.
    yearless: bool = False


@cache
def _months() -> tuple[str, dict[str, int]]:
    numbers: dict[str, int] = {"sept": 9}
    for lang in ("da", "en"):
        for number, name in enumerate(load_texts("phrases")[lang]["months"], start=1):
            numbers[fold(name)] = number
            numbers[fold(name)[:3]] = number
    names = "|".join(sorted(numbers, key=len, reverse=True))
    return rf"(?:{names})(?![a-z])", numbers


def find_times(text: str, today: dt.date) -> list[Found]:
    """The times in a folded text, in its order; none overlaps another."""
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for pattern, read in _readers():
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            time = read(match, today)
            # A telephone number or a case number: nothing inside it is a time either.
            taken.append((start, end))
            if time is not None:
                first, last, exact, kind = time
                found.append(Found(start, end, first, last, exact, kind, _is_yearless(match)))
    found += _relative(text, found, today) + _told_weekdays(text, found, today)
    found += _within(text, found)
    return sorted(found, key=lambda time: time.start)


def _is_yearless(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    named = groups.get("year") or groups.get("y") or "sidste aar" in match[0]
    return not named and any(groups.get(name) is not None for name in ("m", "s", "week"))


def _relative(text: str, found: list[Found], today: dt.date) -> list[Found]:
    """Days that are counted from the time named before them: 'the day after'."""
    counted: list[Found] = []
    pattern = "|".join(row[0] for row in words()["relative"])
    for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text):
        before = [time for time in found if time.end <= match.start() and time.kind == "ago"]
        step = relative_day(match[0])
        if not before or step is None:
            continue
        anchor, (later, off) = max(before, key=lambda time: time.end), step
        first, last = anchor.first + (later - off) * DAY, anchor.last + (later + off) * DAY
        if first <= today:
            exact = anchor.exact and not off
            counted.append(Found(*match.span(), first, min(last, today), exact, "after"))
    return counted


def _told_weekdays(text: str, found: list[Found], today: dt.date) -> list[Found]:
    """Days of the week as a story tells them: 'the letter came on the Thursday', counted from a time just before."""
    told: list[Found] = []
    days = "|".join(weekdays())
    pattern = rf"(?<!\w)(?:(?:om|on the) (?P<w>{days})(?:en)?|(?P<after>{days})en efter)(?!\w)"
    for match in re.finditer(pattern, text):
        before = [t for t in found if t.end <= match.start() and t.kind == "ago"]
        name = match["w"] or match["after"]
        near = [t for t in before if match.start() - t.end < NEAR]
        if near:
            first = max(near, key=lambda time: time.end).first
            day = first + ((weekdays()[name] - first.weekday() - 1) % 7 + 1) * DAY
        elif not before and match["w"]:
            day = latest_weekday(name, today)
        else:
            continue
        if day <= today:
            told.append(Found(*match.span(), day, day, True, "after"))
    return told


def _within(text: str, found: list[Found]) -> list[Found]:
    """'On 2 November they promised an answer within a week': the last day of it."""
    counted = []
    for match in within_pattern().finditer(text):
        before = [t for t in found if t.end <= match.start() and t.exact and t.kind != "length"]
        near = [t for t in before if match.start() - t.end < NEAR]
        day = later(max(near, key=lambda t: t.end).first, match["n"], match["u"]) if near else None
        if day is not None:
            counted.append(Found(*match.span(), day, day, True, "within"))
    return counted


@cache
def _readers() -> list[tuple[re.Pattern[str], Reader]]:
    """Patterns with what reads them; what is longer and surer comes first."""
    months, _ = _months()
    ordinals = "|".join(sorted(words()["ordinals"], key=len, reverse=True))
    parts = "|".join(sorted(words()["parts"], key=len, reverse=True))
    edge, no_more = r"(?<![\d\w/.-])", r"(?![\d/-]|\.\d)"
    year = r"(?:[ ,]+(?P<year>(?:19|20)\d\d|sidste aar|i aar|last year|this year))?"
    # 'Jul' is Christmas and 'may' a verb, unless a word before them makes them months.
    named_by = "|".join(rf"(?<=\b{word} )" for word in ("in", "since", "last", "of", "until"))
    alone = rf"(?!jul\b)(?!may\b)(?:{months})|(?:{named_by})may\b"
    return [
        (re.compile(pattern), read)
        for pattern, read in (
            # What looks like a date and is none is taken first, so that nothing reads it.
            (words()["not_a_time"], lambda match, today: None),
            (rf"{edge}(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d){no_more}", _iso),
            (
                rf"{edge}(?P<d>\d{{1,2}})[./-](?P<m>\d{{1,2}})(?:[./-](?P<y>\d{{4}}|\d\d))?\.?{no_more}",
                _numeric,
            ),
            (
                rf"{edge}(?P<d>\d{{1,2}})(?:st|nd|rd|th|te|de|ste)?\.? ?(?:of )?(?P<m>{months}){year}",
                _named,
            ),
            (rf"(?<!\w)(?P<d>{ordinals}) (?:of )?(?P<m>{months}){year}", _named),
            (rf"(?<!\w)(?P<m>{months}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d){year}", _named),
            (
                r"(?<!\w)(?:den|d\.?|the) (?P<d>\d{1,2})\.? (?:i denne maaned|ds\.?|of this month)(?!\w)",
                _day_of_month,
            ),
            *near_readers(),
            (
                rf"(?<!\w)(?P<part>{parts})? ?(?:sidste aar |last year )?(?:i )?"
                rf"(?P<m>{alone}){year}(?P<later>(?: \w+){{0,1}} (?:sidste aar|last year))?",
                _month,
            ),
            *weekday_readers(),
            (r"(?<!\w)(?:i|fra|siden|in|since|from) (?P<y>20\d\d)(?![\d-])", _year),
            (
                r"(?<!\w)(?:den|d\.?|the) (?P<d>\d{1,2})(?:st|nd|rd|th|\.)?(?![\d:]|\.\d| ?%)",
                _day_of_month,
            ),
        )
    ]


def _exact(day: dt.date | None) -> Read:
    return None if day is None else (day, day, True, "ago")


def _make(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _latest(month: int, day: int, today: dt.date) -> dt.date | None:
    this_year = _make(today.year, month, day)
    if this_year is not None and this_year <= today:
        return this_year
    return _make(today.year - 1, month, day)


def _iso(match: re.Match[str], today: dt.date) -> Read:
    return _exact(_make(int(match["y"]), int(match["m"]), int(match["d"])))


def _numeric(match: re.Match[str], today: dt.date) -> Read:
    day, month = int(match["d"]), int(match["m"])
    if match["y"] is None:
        return _exact(_latest(month, day, today))
    year = int(match["y"])
    return _exact(_make(year + 2000 if year < 100 else year, month, day))


def _named(match: re.Match[str], today: dt.date) -> Read:
    day = int(match["d"]) if match["d"].isdigit() else words()["ordinals"][match["d"]]
    month = _months()[1][match["m"]]
    year = _year_of(match["year"], today)
    return _exact(_latest(month, day, today) if year is None else _make(year, month, day))


def _year_of(written: str | None, today: dt.date) -> int | None:
    if written is None:
        return None
    if written.isdigit():
        return int(written)
    return today.year - 1 if written in ("sidste aar", "last year") else today.year


def _month(match: re.Match[str], today: dt.date) -> Read:
    month = _months()[1][match["m"]]
    last_year = "sidste aar" in match[0] or "last year" in match[0]
    year = _year_of(match["year"], today) or (today.year - 1 if last_year else None)
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    length = calendar.monthrange(year, month)[1]
    first, last = words()["parts"].get(match["part"] or "", (1, 31))
    begin, end = dt.date(year, month, first), dt.date(year, month, min(last, length))
    return begin, end, False, "ago"


def _year(match: re.Match[str], today: dt.date) -> Read:
    year = int(match["y"])
    if year > today.year:
        return None
    last = min(dt.date(year, 12, 31), today)
    return dt.date(year, 1, 1), last, False, "ago"


def _day_of_month(match: re.Match[str], today: dt.date) -> Read:
    """The latest such day: 'den 3.' of this month, or of the one before."""
    number = int(match["d"])
    month = today.replace(day=1)
    for _ in range(3):
        day = _make(month.year, month.month, number)
        if day is not None and day <= today:
            return _exact(day)
        month = (month - DAY).replace(day=1)
    return None
