"""The one place that reads the clock: aware times, and the day as it is in Denmark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Tells the time; `fixed_day` makes today another day, while times of receipt stay real."""

    fixed_day: date | None = None
    read: Callable[[], datetime] = _utc_now

    def now(self) -> datetime:
        """The real time, aware, in UTC."""
        return self.read()

    def today(self) -> date:
        """Today in Denmark, or the day that was fixed."""
        return self.fixed_day or self.now().astimezone(DENMARK).date()
