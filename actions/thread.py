"""Keeps to the open question: asks it again after an aside, and takes the answer that looked like one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.overhearing import Overhearing
from actions.ports import Dispatcher, Event, Ports, Tracker


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Asks the open question again, where there is one."""

    ports: Ports
    name: str = "action_take_up"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Asks it in the language that is spoken now."""
        Overhearing(self.ports).take_up(dispatcher, tracker)
        return []


async def take_answer(ports: Ports, dispatcher: Dispatcher, tracker: Tracker) -> list[Event] | None:
    """Takes what answers the open question or tells a story: 'it was yesterday' is no goodbye while that is asked."""
    guide = Overhearing(ports)
    taken = await guide.if_answered(dispatcher, tracker)
    return taken if taken is not None else await guide.if_story(dispatcher, tracker)
