"""Chooses between several wordings of a reply: they take turns, and never by chance."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig


class TakingTurns(TemplatedNaturalLanguageGenerator):
    """Rasa's templates, where the wordings of one reply follow each other.

    A citizen does not read the same sentence twice in a row, and a conversation can be
    repeated exactly, in a test as in a complaint about the bot.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        """Called by Rasa with the domain's responses."""
        super().__init__(domain.responses)

    async def generate(
        self,
        utter_action: Text,
        tracker: DialogueStateTracker,
        output_channel: Text,
        **kwargs: Any,
    ) -> Optional[Dict[Text, Any]]:
        """The filled response, or None when the domain has no such response."""
        slots = tracker.current_slot_values()
        wordings = self._wordings(utter_action, output_channel, slots)
        if not wordings:
            return None
        chosen = wordings[_times_said(tracker, utter_action) % len(wordings)]
        filled: Dict[Text, Any] = self._fill_response(_own_copy(chosen), slots, **kwargs)
        _put_last(filled, kwargs.get("buttons"))
        return filled

    def _wordings(
        self, utter_action: Text, output_channel: Text, slots: Dict[Text, Any]
    ) -> List[Dict[Text, Any]]:
        if utter_action not in self.responses:
            return []
        fitting: List[Dict[Text, Any]] = ResponseVariationFilter(
            self.responses
        ).responses_for_utter_action(utter_action, output_channel, slots)
        return fitting


def _times_said(tracker: DialogueStateTracker, utter_action: Text) -> int:
    return sum(
        isinstance(event, BotUttered) and event.metadata.get("utter_action") == utter_action
        for event in tracker.events
    )


def _put_last(filled: Dict[Text, Any], added: Optional[List[Dict[Text, Any]]]) -> None:
    """The answers that an action offers come before the ways out that every reply has.

    Rasa appends this very list to the response's own buttons, so these move into it.
    """
    if added:
        added.extend(filled.pop("buttons", None) or [])


def _own_copy(response: Dict[Text, Any]) -> Dict[Text, Any]:
    # Actions add buttons to what they get; the domain's own list must stay as it is.
    buttons = [dict(button) for button in response.get("buttons") or []]
    return {**response, "buttons": buttons} if buttons else dict(response)
