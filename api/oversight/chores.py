"""What oversight does by itself, now and then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from api.oversight.alerts import Alerts
from api.oversight.gaps import Gaps


def chores_of(gaps: Gaps, alerts: Alerts) -> Sequence[Callable[[], Awaitable[None]]]:
    """The chores, in the order in which they build on each other."""

    async def group_questions() -> None:
        await gaps.keep()

    async def look_for_alerts() -> None:
        await alerts.keep()

    return (group_questions, look_for_alerts)
