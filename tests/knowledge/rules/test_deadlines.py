"""Counting: the worked examples, leap days, Easter, Christmas and the turn of the year."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rules.calendar import load_calendar
from knowledge.rules.deadlines import (
    add_months,
    add_working_days,
    authority_deadline,
    citizen_deadline,
    is_unusually_long,
    one_year_later,
)
from knowledge.rules.model import Length

DAYS = load_calendar()
FOUR_WEEKS = Length(amount=4, unit="weeks")
TEN = Length(amount=10, unit="working_days")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("received", "date", "safe"),
    [
        ("2026-11-05", "2026-12-03", "2026-12-03"),  # an ordinary Thursday
        ("2026-11-21", "2026-12-21", "2026-12-19"),  # ends on a Saturday
        ("2026-11-27", "2026-12-28", "2026-12-24"),  # ends on Christmas Day
        ("2026-11-26", "2026-12-24", "2026-12-24"),  # Christmas Eve does not help
        ("2026-05-08", "2026-06-05", "2026-06-05"),  # nor does Constitution Day
        ("2026-11-09", "2026-12-07", "2026-12-07"),  # a letter counts from the date given
        ("2026-04-03", "2026-05-01", "2026-05-01"),  # Great Prayer Day is no holiday any more
        ("2026-12-03", "2026-12-31", "2026-12-31"),  # New Year's Eve does not help the citizen
        (
            "2027-02-25",
            "2027-03-30",
            "2027-03-24",
        ),  # Maundy Thursday: Easter is skipped, safe before
        (
            "2027-04-08",
            "2027-05-07",
            "2027-05-05",
        ),  # Ascension Day: the Friday after is not trusted
        ("2028-02-01", "2028-02-29", "2028-02-29"),  # a leap day is a day like any other
    ],
)
def test_four_weeks_for_the_citizen(received: str, date: str, safe: str) -> None:
    counted = citizen_deadline(day(received), FOUR_WEEKS, DAYS, moves=True)
    assert (counted.date, counted.safe) == (day(date), day(safe))


@pytest.mark.parametrize(
    ("received", "amount", "date"),
    [
        ("2026-11-12", 10, "2026-11-26"),
        ("2026-05-29", 7, "2026-06-10"),  # 5 June does not count against the authority
        ("2026-05-29", 14, "2026-06-19"),
        ("2026-12-15", 10, "2027-01-04"),  # over Christmas and New Year
        ("2026-11-14", 10, "2026-11-27"),  # sent on a Saturday: day one is Monday
        ("2027-05-04", 10, "2027-05-21"),  # Ascension, the Friday after it, and Whit Monday
    ],
)
def test_working_days_for_the_authority(received: str, amount: int, date: str) -> None:
    length = Length(amount=amount, unit="working_days")
    assert authority_deadline(day(received), length, DAYS, moves=True).date == day(date)


def test_the_authority_gets_the_day_after_new_years_eve() -> None:
    assert authority_deadline(day("2026-12-03"), FOUR_WEEKS, DAYS, moves=True).date == (
        day("2027-01-04")
    )


@pytest.mark.parametrize(
    ("happened", "last"),
    [
        ("2025-11-20", "2026-11-20"),
        ("2025-11-21", "2026-11-21"),  # a Saturday, which is not counted on to move
        ("2024-02-29", "2025-02-28"),
        ("2027-02-28", "2028-02-28"),
    ],
)
def test_one_year_runs_to_the_same_date(happened: str, last: str) -> None:
    assert one_year_later(day(happened)) == day(last)
    year = Length(amount=1, unit="years")
    assert citizen_deadline(day(happened), year, DAYS, moves=False).date == day(last)


def test_months_end_where_the_month_does() -> None:
    assert add_months(day("2026-08-31"), 6) == day("2027-02-28")
    assert add_months(day("2026-03-31"), -1) == day("2026-02-28")


@pytest.mark.parametrize(
    ("since", "promised", "today", "expected"),
    [
        ("2026-05-21", None, "2026-11-21", (True, None)),
        ("2026-05-22", None, "2026-11-21", (False, None)),
        ("2026-11-01", "2026-11-08", "2026-11-15", (False, False)),  # exactly twice is not more
        ("2026-11-01", "2026-11-08", "2026-11-16", (False, True)),
        ("2026-11-01", "2026-10-01", "2026-11-16", (False, False)),  # no usable promise
    ],
)
def test_unusually_long(
    since: str, promised: str | None, today: str, expected: tuple[bool, bool | None]
) -> None:
    found = is_unusually_long(
        day(since), day(promised) if promised else None, day(today), months=6, times=2
    )
    assert found == expected


def test_the_public_holidays_are_those_of_the_law() -> None:
    """On weekdays from late 2026 through 2027, as the facts list them."""
    first, last = day("2026-11-21"), day("2027-12-31")
    span = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    closed = [d for d in span if DAYS.is_public_holiday(d) and not DAYS.is_weekend(d)]
    assert closed == [
        day(text)
        for text in ("2026-12-25", "2027-01-01", "2027-03-25", "2027-03-26", "2027-03-29",
                     "2027-05-06", "2027-05-17")
    ]  # fmt: skip
    assert [d for d in span if DAYS.is_doubtful(d)] == [
        day(text)
        for text in ("2026-12-24", "2026-12-31", "2027-05-07", "2027-06-05", "2027-12-24",
                     "2027-12-31")
    ]  # fmt: skip


def test_great_prayer_day_was_a_holiday_until_2023() -> None:
    assert DAYS.is_public_holiday(day("2023-05-05"))
    assert not DAYS.is_public_holiday(day("2024-04-26"))


starts = st.dates(dt.date(2011, 1, 1), dt.date(2090, 1, 1))


@given(starts, st.integers(1, 60))
def test_caution_never_hurts_the_citizen_nor_hastens_the_authority(
    start: dt.date, amount: int
) -> None:
    weeks = Length(amount=amount, unit="weeks")
    mine = citizen_deadline(start, weeks, DAYS, moves=True)
    theirs = authority_deadline(start, weeks, DAYS, moves=True)
    assert mine.safe <= mine.nominal <= mine.date <= theirs.date
    assert not DAYS.is_public_holiday(mine.safe)
    sure = add_working_days(start, amount, DAYS, cautious=False)
    assert sure <= add_working_days(start, amount, DAYS, cautious=True)


@given(starts, st.integers(1, 40))
def test_so_many_working_days_lie_between(start: dt.date, amount: int) -> None:
    end = add_working_days(start, amount, DAYS, cautious=True)
    between = [start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1)]
    open_days = [
        d
        for d in between
        if not (DAYS.is_weekend(d) or DAYS.is_public_holiday(d) or DAYS.is_doubtful(d))
    ]
    assert len(open_days) == amount
    assert open_days[-1] == end
