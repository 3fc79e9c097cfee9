"""Times that people name: what day they mean, as seen from a Saturday."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.reading.clauses import folded
from knowledge.reading.dates_found import find_times
from knowledge.reading.spelling import mended

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("i uge 46", "2026-11-09", "2026-11-15"),
        ("torsdag i sidste uge", "2026-11-12", "2026-11-12"),
        ("mandag for to uger siden", "2026-11-02", "2026-11-02"),
        ("forrige onsdag", "2026-11-11", "2026-11-18"),
        ("i foråret 2025", "2025-03-01", "2025-05-31"),
        ("lige efter påske", "2026-04-06", "2026-04-19"),
        ("for et par uger siden", "2026-11-07", "2026-11-07"),
        ("i starten af måneden", "2026-11-01", "2026-11-10"),
        ("inden månedens udgang", "2026-11-01", "2026-11-30"),
        ("her til morgen", "2026-11-21", "2026-11-21"),
        ("ultimo september", "2026-09-20", "2026-09-30"),
        ("in mid-October", "2026-10-10", "2026-10-20"),
        ("3 mdr siden", "2026-08-21", "2026-08-21"),
        ("om torsdagen", "2026-11-19", "2026-11-19"),
        ("i denne uge", "2026-11-16", "2026-11-22"),
    ],
)
def test_a_time_is_the_days_it_may_mean(text: str, first: str, last: str) -> None:
    (found,) = find_times(mended(folded(text)), TODAY)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize("text", ["Jeg kommer inden jul", "they may answer", "vi bor i hus nr. 8"])
def test_a_word_that_looks_like_a_month_is_none(text: str) -> None:
    assert all(time.first.month not in (5, 7) for time in find_times(mended(folded(text)), TODAY))


def test_a_day_after_is_counted_from_the_time_before_it() -> None:
    _, after = find_times("den 5. oktober fik jeg nej og klagede dagen efter", TODAY)
    assert after.first == date(2026, 10, 6)
    assert find_times("dagen efter", TODAY) == []


def test_a_day_of_the_week_is_counted_from_the_time_just_before_it() -> None:
    _, told = find_times("den 2. november var jeg til moede, og om onsdagen kom brevet", TODAY)
    assert told.first == date(2026, 11, 4)


@pytest.mark.parametrize("text", ["vi holder lukket i uge 52", "larm hele sommeren"])
def test_what_lies_ahead_or_lasts_is_no_day_that_has_been(text: str) -> None:
    assert find_times(mended(folded(text)), TODAY) == []
