"""What oversight does by itself, now and then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from api.oversight.alerts import Alerts


def chores_of(alerts: Alerts) -> Sequence[Callable[[], Awaitable[None]]]:
    """The chores, in the order in which they build on each other."""

    async def look_for_alerts() -> None:
        await alerts.keep()

    return (look_for_alerts,)
