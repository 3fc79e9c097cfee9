"""Keeps to the open question: asks it again after an aside, and takes the answer that looked like one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.overhearing import Overhearing
from actions.ports import BotAction, Dispatcher, Event, Ports, Tracker


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


@dataclass(frozen=True, slots=True)
class AnswerFirst:
    """Another action, which gives way where the message answers the open question or tells a story."""

    ports: Ports
    action: BotAction

    @property
    def name(self) -> str:
        """The name in the bot's domain."""
        return self.action.name

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """'It was yesterday' is no goodbye while the bot asks when it happened."""
        guide = Overhearing(self.ports)
        taken = await guide.if_answered(dispatcher, tracker)
        if taken is None:
            taken = await guide.if_story(dispatcher, tracker)
        return taken if taken is not None else await self.action.run(dispatcher, tracker, domain)
