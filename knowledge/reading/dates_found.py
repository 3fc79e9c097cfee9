"""Finds the times that a message names: dates, months, 'last week', 'for et halvt år siden', 'siden påske'.

A time that is only a month or a season is a period; which of its days counts depends on the fact it belongs to, so
both ends are given. A month without a year is the latest one that has begun.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import holidays
import yaml

from knowledge.rules.deadlines import add_months
from knowledge.rules.loader import load_texts
from knowledge.text.folding import fold

WORDS = Path(__file__).parent / "times.yaml"
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """A time in a text: where it stands, the first and the last day it may be, and whether it is exact."""

    start: int
    end: int
    first: dt.date
    last: dt.date
    exact: bool
    # 'ago' (a day or a period), 'length' (how long something has lasted until now).
    kind: str = "ago"
    # No year was named; it is taken to be the latest.
    yearless: bool = False


@cache
def _words() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return loaded


@cache
def _months() -> tuple[str, dict[str, int]]:
    numbers: dict[str, int] = {}
    for lang in ("da", "en"):
        for number, name in enumerate(load_texts("phrases")[lang]["months"], start=1):
            numbers[fold(name)] = number
            numbers[fold(name)[:3]] = number
    names = "|".join(sorted(numbers, key=len, reverse=True))
    return rf"(?:{names})(?![a-z])", numbers


@cache
def _weekdays() -> dict[str, int]:
    return {
        fold(name): number
        for lang in ("da", "en")
        for number, name in enumerate(load_texts("phrases")[lang]["weekdays"])
    }


def find_times(text: str, today: dt.date) -> list[Found]:
    """The times in a folded text, in its order; none overlaps another."""
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for pattern, read in _readers():
        for match in re.finditer(pattern, text):
            start, end = match.span()
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            time = read(match, today)
            if time is None:
                # A telephone number or a case number: nothing inside it is a time either.
                taken.append((start, end))
                continue
            first, last, exact, kind = time
            taken.append((start, end))
            groups = match.groupdict()
            named = groups.get("year") or groups.get("y") or "sidste aar" in match[0]
            yearless = groups.get("m") is not None and not named
            found.append(Found(start, end, first, last, exact, kind, yearless))
    return sorted(found, key=lambda time: time.start)


Read = tuple[dt.date, dt.date, bool, str] | None
Reader = Callable[[re.Match[str], dt.date], Read]


@cache
def _readers() -> list[tuple[str, Reader]]:
    """Patterns with what reads them; what is longer and surer comes first."""
    months, _ = _months()
    days = "|".join(sorted(_weekdays(), key=len, reverse=True))
    words = _words()
    ordinals = "|".join(sorted(words["ordinals"], key=len, reverse=True))
    edge, no_more = r"(?<![\d\w/.-])", r"(?![\d/-]|\.\d)"
    year = r"(?:[ ,]+(?P<year>(?:19|20)\d\d|sidste aar|i aar|last year|this year))?"
    return [
        # What looks like a date and is none is taken first, so that nothing reads it.
        (words["not_a_time"], lambda match, today: None),
        (rf"{edge}(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d){no_more}", _iso),
        (
            rf"{edge}(?P<d>\d{{1,2}})[./-](?P<m>\d{{1,2}})(?:[./-](?P<y>\d{{4}}|\d\d))?\.?{no_more}",
            _numeric,
        ),
        (rf"{edge}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.? ?(?:of )?(?P<m>{months}){year}", _named),
        (rf"(?<!\w)(?P<d>{ordinals}) (?P<m>{months}){year}", _named),
        (rf"(?<!\w)(?P<m>{months}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d){year}", _named),
        (words["lasted"], _lasted),
        (words["ago"], _ago),
        (rf"(?<!\w)(?:{words['days']})(?!\w)", _day),
        (rf"(?<!\w)(?P<s>{'|'.join(words['seasons'])})(?!\w)", _season),
        (
            rf"(?<!\w)(?P<part>{'|'.join(words['parts'])})? ?(?:sidste aar |last year )?(?:i )?"
            rf"(?P<m>{months}){year}(?P<later>(?: \w+){{0,1}} (?:sidste aar|last year))?",
            _month,
        ),
        (rf"(?<!\w)(?:i|sidste|last|this past|on) (?P<w>{days})s?(?!\w)", _last_weekday),
        (rf"(?<!\w)(?:paa|inden|senest|by|next|before) (?P<w>{days})(?!\w)", _next_weekday),
        (rf"(?<!\w)(?P<unit>{words['last_units']})(?!\w)", _last_unit),
        (r"(?<!\w)(?:i|fra|siden|in|since|from) (?P<y>20\d\d)(?![\d-])", _year),
        (
            r"(?<!\w)(?:den|d\.?|the) (?P<d>\d{1,2})(?:st|nd|rd|th|\.)?(?![\d:]|\.\d| ?%)",
            _day_of_month,
        ),
    ]


def length_before(number: str, unit: str, today: dt.date) -> dt.date | None:
    """The day from which so many weeks, months or years have lasted until today."""
    known = number.isdigit() or number in _words()["numbers"]
    return _before(today, _number(number), unit) if known else None


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
    day = int(match["d"]) if match["d"].isdigit() else _words()["ordinals"][match["d"]]
    month = _months()[1][match["m"]]
    year = _year_of(match["year"], today)
    return _exact(_latest(month, day, today) if year is None else _make(year, month, day))


def _year_of(written: str | None, today: dt.date) -> int | None:
    if written is None:
        return None
    if written.isdigit():
        return int(written)
    return today.year - 1 if written in ("sidste aar", "last year") else today.year


def _number(written: str) -> float:
    return float(written) if written.isdigit() else float(_words()["numbers"][written])


def _before(today: dt.date, count: float, unit: str) -> dt.date | None:
    name = next(value for key, value in _words()["units"].items() if unit.startswith(key))
    try:
        if name in ("months", "years"):
            whole = count * (12 if name == "years" else 1)
            moved = add_months(today, -int(whole))
            return moved - dt.timedelta(days=round((whole % 1) * 30))
        return today - dt.timedelta(days=round(count * (7 if name == "weeks" else 1)))
    except (OverflowError, ValueError):
        return None


def _ago(match: re.Match[str], today: dt.date) -> Read:
    day = _before(today, _number(match["n"]), match["u"])
    if day is None:
        return None
    is_day = match["u"].startswith(("dag", "day"))
    return day, day, is_day, "ago"


def _lasted(match: re.Match[str], today: dt.date) -> Read:
    day = _before(today, _number(match["n"]), match["u"])
    return None if day is None else (day, day, False, "length")


def _day(match: re.Match[str], today: dt.date) -> Read:
    back = next(n for words, n in _words()["day_names"] if match[0] in words)
    return _exact(today - back * DAY)


def _last_weekday(match: re.Match[str], today: dt.date) -> Read:
    number = _weekdays()[match["w"]]
    return _exact(today - dt.timedelta(days=(today.weekday() - number - 1) % 7 + 1))


def _next_weekday(match: re.Match[str], today: dt.date) -> Read:
    number = _weekdays()[match["w"]]
    return _exact(today + dt.timedelta(days=(number - today.weekday() - 1) % 7 + 1))


def _last_unit(match: re.Match[str], today: dt.date) -> Read:
    unit = match["unit"]
    if re.search("uge|week", unit):
        monday = today - dt.timedelta(days=today.weekday() + 7)
        return monday, monday + 6 * DAY, False, "ago"
    if re.search("maaned|month", unit):
        last = today.replace(day=1) - DAY
        return last.replace(day=1), last, False, "ago"
    return dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 12, 31), False, "ago"


def _month(match: re.Match[str], today: dt.date) -> Read:
    month = _months()[1][match["m"]]
    last_year = "sidste aar" in match[0] or "last year" in match[0]
    year = _year_of(match["year"], today) or (today.year - 1 if last_year else None)
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    length = calendar.monthrange(year, month)[1]
    first, last = _words()["parts"].get(match["part"] or "", (1, 31))
    begin, end = dt.date(year, month, first), dt.date(year, month, min(last, length))
    return begin, end if end <= today or begin > today else today, False, "ago"


def _season(match: re.Match[str], today: dt.date) -> Read:
    pattern, begin, end = next(
        row for row in _words()["season_days"] if re.fullmatch(row[0], match["s"])
    )
    for year in (today.year, today.year - 1):
        if begin == "easter":
            sunday = _easter(year)
            first, last = sunday - 7 * DAY, sunday + DAY
        else:
            first, last = (dt.date(year, *map(int, day.split("-"))) for day in (begin, end))
            if last < first:
                first = first.replace(year=year - 1)
        if first <= today:
            return first, min(last, today), False, "ago"
    return None


@cache
def _easter(year: int) -> dt.date:
    days = holidays.country_holidays("DK", years=year, language="da")
    return next(day for day, name in days.items() if name == "Påskedag")


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
