"""The queue: who is next, what place somebody has, and how long it takes, from what really happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

# Fewer than this tell nothing about the next one.
ENOUGH = 5
# How many of the last ones count.
LAST = 20
# An appeal deadline counts as running while it is this near; later ones can wait their turn.
NEAR = dt.timedelta(days=28)


@dataclass(frozen=True)
class Waiting:
    """One conversation in the queue."""

    id: int
    queued_at: dt.datetime
    deadline: dt.date | None = None
    front: bool = False


def order(waiting: Sequence[Waiting], today: dt.date) -> list[Waiting]:
    """Those who were dropped by us first, then those whose deadline runs out soonest, then the oldest."""
    return sorted(waiting, key=lambda one: _rank(one, today))


def _rank(one: Waiting, today: dt.date) -> tuple[bool, bool, dt.date, dt.datetime, int]:
    running = one.deadline if one.deadline and today <= one.deadline <= today + NEAR else None
    return (not one.front, running is None, running or dt.date.max, one.queued_at, one.id)


def position(waiting: Sequence[Waiting], of: int, today: dt.date) -> int | None:
    """The place in the queue, from 1; nothing for who is not in it."""
    for place, one in enumerate(order(waiting, today), start=1):
        if one.id == of:
            return place
    return None


def usual_minutes(waited: Sequence[dt.timedelta]) -> int | None:
    """The median of the last waits in whole minutes, rounded up; nothing when too few are known."""
    if len(waited) < ENOUGH:
        return None
    seconds = median(wait.total_seconds() for wait in waited[:LAST])
    return max(1, -(-int(seconds) // 60))
