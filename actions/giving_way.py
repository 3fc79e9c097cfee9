"""An action that gives way: to danger, to whoever asks for a person, to an answer of the open question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actions.ports import BotAction, Dispatcher, Event, Tracker

# Takes the message, and gives its events; None where the message is not theirs.
Takes = Callable[[Dispatcher, Tracker], Awaitable[list[Event] | None]]


@dataclass(frozen=True, slots=True)
class GivesWay:
    """An action, and who is asked before it, in order."""

    action: BotAction
    first: tuple[Takes, ...]

    @property
    def name(self) -> str:
        """The name in the bot's domain."""
        return self.action.name

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Lets the first take the message whose it is."""
        for takes in self.first:
            taken = await takes(dispatcher, tracker)
            if taken is not None:
                return taken
        return await self.action.run(dispatcher, tracker, domain)
