"""One turn of an action with rasa-sdk's own tracker and dispatcher."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.ports import BotAction


@dataclass(frozen=True)
class Turn:
    """What an action said and what it wants remembered."""

    said: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @property
    def responses(self) -> list[str]:
        """The names of the responses, in order."""
        return [message["response"] for message in self.said]

    @property
    def slots(self) -> dict[str, Any]:
        """The slots that were set."""
        return {e["name"]: e["value"] for e in self.events if e["event"] == "slot"}


def run(
    action: BotAction,
    text: str = "",
    *,
    slots: dict[str, Any] | None = None,
    entities: list[dict[str, Any]] | None = None,
    intent: str = "ask_question",
    sure: float = 1.0,
) -> Turn:
    """Runs the action on a message that is taken for this intent, so surely."""
    taken = {"name": intent, "confidence": sure}
    message = {"text": text, "entities": entities or [], "intent": taken}
    tracker = Tracker("session", slots or {}, message, [], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    events = asyncio.run(action.run(dispatcher, tracker, {}))
    return Turn(dispatcher.messages, events)
