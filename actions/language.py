"""Changes the language of the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk.events import SlotSet

from actions.ports import Dispatcher, Event, Tracker
from actions.turns import LANGUAGE
from knowledge.articles import Lang

NAMES: dict[Lang, str] = {"da": "danish", "en": "english"}


@dataclass(frozen=True, slots=True)
class Speak:
    """Goes over to one language and says so in it."""

    language: Lang

    @property
    def name(self) -> str:
        """The name in the bot's domain."""
        return f"action_speak_{NAMES[self.language]}"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Sets the language; a rule then says the words, which must see the new slot."""
        return [SlotSet(LANGUAGE, self.language)]
