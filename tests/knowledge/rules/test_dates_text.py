"""Dates as people write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rules.dates_text import parse_date_text

TODAY = dt.date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-05", "2026-11-05"),
        ("5.11.2026", "2026-11-05"),
        ("5/11 2026", "2026-11-05"),
        ("05-11-26", "2026-11-05"),
        ("5/11", "2026-11-05"),
        ("24/12", "2025-12-24"),  # not yet this year, so last year
        ("5. november", "2026-11-05"),
        ("torsdag den 5. november 2026", "2026-11-05"),
        ("5 nov", "2026-11-05"),
        ("den 1. maj", "2026-05-01"),
        ("5 November 2026", "2026-11-05"),
        ("i dag", "2026-11-21"),
        ("I går", "2026-11-20"),
        ("igaar", "2026-11-20"),
        ("i forgårs", "2026-11-19"),
        ("sidste torsdag", "2026-11-19"),
        ("i torsdags", "2026-11-19"),
        ("sidste lørdag", "2026-11-14"),  # today is a Saturday; the last one was a week ago
        ("last Thursday", "2026-11-19"),
        ("yesterday", "2026-11-20"),
        ("for tre uger siden", "2026-10-31"),
        ("2 måneder siden", "2026-09-21"),
        ("for et år siden", "2025-11-21"),
        ("three weeks ago", "2026-10-31"),
        ("a month ago", "2026-10-21"),
    ],
)
def test_is_understood(text: str, expected: str) -> None:
    assert parse_date_text(text, TODAY) == dt.date.fromisoformat(expected)


@pytest.mark.parametrize(
    "text", ["", "31.2.2026", "32. maj", "snart", "0/0", "99/99", "999999999 år siden", "29.2"]
)
def test_is_not_guessed(text: str) -> None:
    assert parse_date_text(text, TODAY) is None


@given(st.text(max_size=40))
def test_nothing_a_person_writes_breaks_it(text: str) -> None:
    found = parse_date_text(text, TODAY)
    assert found is None or isinstance(found, dt.date)
