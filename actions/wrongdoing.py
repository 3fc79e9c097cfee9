"""Warns somebody who may be about to report wrongdoing as an employee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.contacts import contact_lines
from actions.ports import Dispatcher, Event, Ports, Tracker
from actions.turns import language_of

CHANNELS = ("whistleblower", "whistleblower-national")


@dataclass(frozen=True, slots=True)
class WarnWhistleblower:
    """Says that this chat is not the place, and names the places that are."""

    ports: Ports
    name: str = "action_warn_whistleblower"

    async def run(
        self, dispatcher: Dispatcher, tracker: Tracker, domain: Mapping[str, Any]
    ) -> list[Event]:
        """Warns; nothing of what was written is remembered."""
        language = language_of(tracker)
        dispatcher.utter_message(
            response="utter_whistleblower",
            contacts=contact_lines(self.ports.organisation, CHANNELS, language),
        )
        return []
