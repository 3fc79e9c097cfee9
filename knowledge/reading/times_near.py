"""Reads times that are counted from today or from a time before them: 'for to uger siden', 'dagen efter'."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
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
# Weeks ahead within which 'week 52' is the one that comes.
SOON = 20
# First day, last day, whether it is exact, and its kind.
Read = tuple[dt.date, dt.date, bool, str] | None
Reader = Callable[[re.Match[str], dt.date], Read]


@cache
def words() -> Mapping[str, Any]:
    """How people name times."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return loaded


@cache
def weekdays() -> dict[str, int]:
    """The number of each folded name of a day of the week."""
    return {
        fold(name): number
        for lang in ("da", "en")
        for number, name in enumerate(load_texts("phrases")[lang]["weekdays"])
    }


@cache
def near_readers() -> list[tuple[str, Reader]]:
    """Patterns with what reads them; what is longer comes first."""
    known = words()
    days = "|".join(sorted(weekdays(), key=len, reverse=True))
    seasons = "|".join(row[0] for row in known["season_days"])
    edge, ago = r"(?<!\w)", _with_words(known["ago"])
    return [
        *((_with_words(pattern), _lasted) for pattern in known["lasted"]),
        (rf"{edge}(?:i )?(?P<w>{days})s? {ago.removeprefix(edge)}", _weekday_ago),
        (ago, _ago),
        (rf"(?<!\w)(?:{known['days']})(?!\w)", _day),
        (rf"(?<!\w)(?P<s>{seasons})(?: (?P<y>20\d\d|sidste aar|i fjor|last year))?(?!\w)", _season),
        (rf"(?<!\w)(?:{known['this_month']})(?!\w)", _part_of_this_month),
        (rf"(?<!\w)(?P<w>{days})s? (?:i sidste uge|last week)(?!\w)", _weekday_last_week),
        (rf"(?<!\w)(?:i )?(?:forrige) (?P<w>{days})s?(?!\w)", _weekday_before_last),
    ]


def weekday_readers() -> list[tuple[str, Reader]]:
    """Days of the week and whole periods, which give way to a date."""
    days = "|".join(sorted(weekdays(), key=len, reverse=True))
    return [
        (rf"(?<!\w)(?:i|sidste|last|this past|on|senest i) (?P<w>{days})s?(?!\w)", _last_weekday),
        (rf"(?<!\w)(?:paa|inden|senest|by|next|before) (?P<w>{days})(?!\w)", _next_weekday),
        (rf"(?<!\w)(?P<unit>{words()['last_units']})(?!\w)", _last_unit),
        (r"(?<!\w)(?:uge|week) (?P<week>\d{1,2})(?![\d:])", _week),
    ]


def relative_day(text: str) -> tuple[int, int] | None:
    """How many days after the time before it a 'the day after' lies, and how many it may be off."""
    for pattern, later, off in words()["relative"]:
        if re.fullmatch(pattern, text):
            return later, off
    return None


def length_alone(text: str, today: dt.date) -> dt.date | None:
    """The day from which 'eight months' have lasted, said as an answer of its own."""
    alone = r"(?:jeg har ventet |i |for )*{about}(?P<n>{number}) (?P<u>{unit})(?!\w)"
    match = re.match(_with_words(alone), text)
    return _before(today, _number(match["n"]), match["u"]) if match else None


@cache
def within_pattern() -> re.Pattern[str]:
    """A time to answer in: 'inden for en uge'."""
    return re.compile(
        _with_words(r"(?<!\w)(?:inden for|within) {about}(?P<n>{number}) (?P<u>{unit})(?!\w)")
    )


def later(day: dt.date, number: str, unit: str) -> dt.date | None:
    """The day that lies so long after another."""
    return _before(day, -_number(number), unit)


def _with_words(pattern: str) -> str:
    for name in ("number", "unit", "about"):
        pattern = pattern.replace("{" + name + "}", words()[name])
    return pattern


def _number(written: str) -> float:
    return float(written) if written.isdigit() else float(words()["numbers"][written])


def _before(today: dt.date, count: float, unit: str) -> dt.date | None:
    name = next(value for key, value in words()["units"].items() if unit.startswith(key))
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


def _weekday_ago(match: re.Match[str], today: dt.date) -> Read:
    """'Monday two weeks ago': that day in the week it was."""
    if not match["u"].startswith(("uge", "week")):
        return None
    day = _before(today, _number(match["n"]), match["u"])
    if day is None:
        return None
    exact = day - dt.timedelta(days=day.weekday()) + weekdays()[match["w"]] * DAY
    return exact, exact, True, "ago"


def _lasted(match: re.Match[str], today: dt.date) -> Read:
    day = _before(today, _number(match["n"]), match["u"])
    return None if day is None else (day, day, False, "length")


def _day(match: re.Match[str], today: dt.date) -> Read:
    back = next(n for names, n in words()["day_names"] if match[0] in names)
    day = today - back * DAY
    return day, day, True, "ago"


def _last_weekday(match: re.Match[str], today: dt.date) -> Read:
    day = latest_weekday(match["w"], today)
    return day, day, True, "ago"


def latest_weekday(name: str, today: dt.date) -> dt.date:
    """The last such day before today."""
    return today - dt.timedelta(days=(today.weekday() - weekdays()[name] - 1) % 7 + 1)


def _weekday_last_week(match: re.Match[str], today: dt.date) -> Read:
    monday = today - dt.timedelta(days=today.weekday() + 7)
    day = monday + weekdays()[match["w"]] * DAY
    return day, day, True, "ago"


def _weekday_before_last(match: re.Match[str], today: dt.date) -> Read:
    """'Forrige onsdag' is the last one to some and the one before it to others."""
    day = latest_weekday(match["w"], today)
    return day - 7 * DAY, day, False, "ago"


def _next_weekday(match: re.Match[str], today: dt.date) -> Read:
    number = weekdays()[match["w"]]
    day = today + dt.timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return day, day, True, "ago"


def _last_unit(match: re.Match[str], today: dt.date) -> Read:
    unit = match["unit"]
    monday = today - dt.timedelta(days=today.weekday())
    if re.search("denne uge|this week", unit):
        return monday, monday + 6 * DAY, False, "ago"
    if re.search("uge|week", unit):
        return monday - 7 * DAY, monday - DAY, False, "ago"
    if re.search("maaned|month", unit):
        last = today.replace(day=1) - DAY
        return last.replace(day=1), last, False, "ago"
    return dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 12, 31), False, "ago"


def _week(match: re.Match[str], today: dt.date) -> Read:
    """The latest week of that number that has begun; one that comes soon is meant to come."""
    if 0 < int(match["week"]) - today.isocalendar().week < SOON:
        return None
    for year in (today.year, today.year - 1):
        try:
            monday = dt.date.fromisocalendar(year, int(match["week"]), 1)
        except ValueError:
            continue
        if monday <= today:
            return monday, monday + 6 * DAY, False, "ago"
    return None


def _part_of_this_month(match: re.Match[str], today: dt.date) -> Read:
    first, last = words()["month_parts"].get(match["part"] or "", (1, 31))
    end = add_months(today.replace(day=1), 1) - DAY
    begin = today.replace(day=first)
    return begin, today.replace(day=min(last, end.day)), False, "ago"


def _season(match: re.Match[str], today: dt.date) -> Read:
    row = next(row for row in words()["season_days"] if re.fullmatch(row[0], match["s"]))
    named = match["y"] or ""
    latest = [today.year, today.year - 1]
    years = [int(named)] if named.isdigit() else latest[1:] if named else latest
    for year in years:
        first, last = _season_in(row, year)
        if first <= today:
            return first, last, False, "ago"
    return None


def _season_in(row: list[Any], year: int) -> tuple[dt.date, dt.date]:
    if row[1] == "easter":
        sunday = _easter(year)
        return sunday + row[2] * DAY, sunday + row[3] * DAY
    first, last = (dt.date(year, *map(int, str(day).split("-"))) for day in row[1:])
    return (first.replace(year=year - 1) if last < first else first), last


@cache
def _easter(year: int) -> dt.date:
    days = holidays.country_holidays("DK", years=year, language="da")
    return next(day for day, name in days.items() if name == "Påskedag")
