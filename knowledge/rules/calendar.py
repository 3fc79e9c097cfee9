"""The Danish calendar: public holidays from a kept library, doubtful days from data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import holidays
import yaml

CALENDAR_FILE = Path(__file__).parent / "calendar" / "days.yaml"


@dataclass(frozen=True, slots=True)
class DanishCalendar:
    """Knows which days are public holidays, and on which days the sources do not agree."""

    doubtful_dates: frozenset[tuple[int, int]]
    doubtful_after: frozenset[tuple[str, int]]
    working_weekdays: frozenset[int] = field(default=frozenset(range(5)))

    def is_public_holiday(self, day: dt.date) -> bool:
        """Whether the day is a public holiday by law."""
        return day in _public_holidays(day.year)

    def is_doubtful(self, day: dt.date) -> bool:
        """Whether the day is closed for some and not for others (24 and 31 December and the like)."""
        if (day.month, day.day) in self.doubtful_dates:
            return True
        return any(
            _public_holidays(day.year).get(day - dt.timedelta(days=after)) == name
            for name, after in self.doubtful_after
        )

    def is_weekend(self, day: dt.date) -> bool:
        """Whether the day is a Saturday or a Sunday."""
        return day.weekday() not in self.working_weekdays


@lru_cache(maxsize=256)
def _public_holidays(year: int) -> Mapping[dt.date, str]:
    return dict(holidays.country_holidays("DK", years=year, language="en_US"))


def load_calendar(path: Path = CALENDAR_FILE) -> DanishCalendar:
    """Reads which days are in doubt."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return DanishCalendar(
        doubtful_dates=frozenset((row["month"], row["day"]) for row in data["doubtful_dates"]),
        doubtful_after=frozenset((row["holiday"], row["days"]) for row in data["doubtful_after"]),
    )
