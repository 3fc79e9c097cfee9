"""How long each kind of record is kept: data, which whoever runs the product can change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

PERIODS_FILE = Path(__file__).parent / "periods.yaml"
# A number above this is a slip of the pen: a hundred years.
MOST_DAYS = 36_500

Confidence = Literal["verified", "partly", "unverified"]


class PeriodsError(Exception):
    """A file of periods that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """How long one kind is kept, from when, and why."""

    kind: str
    days: int
    since: str
    reason: str
    confidence: Confidence

    def before(self, now: dt.datetime) -> dt.datetime:
        """What is older than this has had its time."""
        return now - dt.timedelta(days=self.days)


Periods = Mapping[str, Period]


def load_periods(own: Path | None = None) -> Periods:
    """The periods that are built in, with the numbers of a file of one's own.

    Raises:
        PeriodsError: the file cannot be read, names a kind that does not exist, or a number that cannot be.
    """
    built_in: dict[str, dict[str, Any]] = yaml.safe_load(PERIODS_FILE.read_text(encoding="utf-8"))
    changed = _read(own) if own is not None else {}
    unknown = sorted(set(changed) - set(built_in))
    if unknown:
        raise PeriodsError(f"{own}: no such kind: {', '.join(unknown)}")
    return {
        kind: Period(
            kind=kind, days=changed.get(kind, one["days"]), since=one["from"], reason=one["reason"],
            confidence=one["confidence"],
        )
        for kind, one in built_in.items()
    }  # fmt: skip


def _read(file: Path) -> dict[str, int]:
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PeriodsError(f"{file}: cannot be read ({type(error).__name__})") from None
    if not isinstance(raw, dict):
        raise PeriodsError(f"{file}: must hold lines like `feedback: 90`")
    for kind, days in raw.items():
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS:
            raise PeriodsError(f"{file}: {kind} must be a whole number of days, 1 to {MOST_DAYS}")
    return {str(kind): days for kind, days in raw.items()}
