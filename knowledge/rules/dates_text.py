"""Reads a date as people write it: 21.11.2026, 5. november, i går, sidste torsdag, three weeks ago.

A date without a year is the latest one that is not after today: what people tell of has happened.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from knowledge.rules.deadlines import add_months
from knowledge.rules.loader import load_texts
from knowledge.text.folding import fold

NUMERIC = re.compile(r"(\d{1,2})[.\-/ ]+(\d{1,2})(?:[.\-/ ]+(\d{4}|\d{2}))?")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[. ]*(?:of )?([a-z]{3,})[.,]?(?: (\d{4}))?")
LANGUAGES = ("da", "en")


def parse_date_text(text: str, today: dt.date) -> dt.date | None:
    """The date a text means, as seen from today; None when it means none that exists."""
    written = " ".join(fold(text).split()).strip(" .")
    for lang in LANGUAGES:
        words, phrases = load_texts("dates")[lang], load_texts("phrases")[lang]
        found = (
            _relative(written, words, today)
            or _weekday(written, words, phrases, today)
            or _named(written, phrases, today)
        )
        if found is not None:
            return found
    return _numeric(written, today)


def _relative(written: str, words: Mapping[str, Any], today: dt.date) -> dt.date | None:
    for key, days in (("today", 0), ("yesterday", 1), ("day_before", 2)):
        if written in words[key]:
            return today - dt.timedelta(days=days)
    match = re.fullmatch(words["ago"], written)
    if match is None:
        return None
    count = words["counts"].get(match["count"]) or int(match["count"])
    unit = next(value for key, value in words["units"].items() if match["unit"].startswith(key))
    try:
        if unit in ("months", "years"):
            return add_months(today, -count * (12 if unit == "years" else 1))
        return today - dt.timedelta(days=count * (7 if unit == "weeks" else 1))
    except (OverflowError, ValueError):
        return None


def _weekday(
    written: str, words: Mapping[str, Any], phrases: Mapping[str, Any], today: dt.date
) -> dt.date | None:
    """The latest such weekday before today: 'sidste torsdag' and 'i torsdags' are the same day."""
    for number, name in enumerate(phrases["weekdays"]):
        folded = fold(name)
        if any(written in (f"{last} {folded}", f"{last} {folded}s") for last in words["last"]):
            return today - dt.timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    return None


def _named(written: str, phrases: Mapping[str, Any], today: dt.date) -> dt.date | None:
    words = written
    for name in phrases["weekdays"]:
        words = re.sub(rf"^{fold(name)}(?: den|,| the)? ", "", words)
    match = NAMED.fullmatch(words.removeprefix("den ").removeprefix("the "))
    if match is None:
        return None
    for number, month in enumerate(phrases["months"], start=1):
        if fold(month).startswith(match[2]):
            return _latest(int(match[1]), number, match[3], today)
    return None


def _numeric(written: str, today: dt.date) -> dt.date | None:
    if iso := ISO.fullmatch(written):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    match = NUMERIC.fullmatch(written)
    return _latest(int(match[1]), int(match[2]), match[3], today) if match else None


def _latest(day: int, month: int, year: str | None, today: dt.date) -> dt.date | None:
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = _date(today.year, month, day)
    if this_year is not None and this_year <= today:
        return this_year
    return _date(today.year - 1, month, day)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
