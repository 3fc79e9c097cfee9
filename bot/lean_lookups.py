"""Looks up at once what never changes while a model is served.

For every message Rasa builds an empty domain to see that ours is not one, and asks each slot whether the message fills
it, which ours never lets it do; for every action it builds all the actions it comes with, to see that ours is none of
them, and copies events for a log line that is not written.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, FrozenSet, Optional, Text, Tuple

import rasa.core.actions.action as actions
from rasa.core.actions.action import Action, ActionBotResponse, ActionListen, RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import (
    ACTION_VALIDATE_SLOT_MAPPINGS,
    DEFAULT_SLOT_NAMES,
    MAPPING_TYPE,
    SlotMappingType,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.lean_memory import Beside

# How each kind of action is made that keeps nothing from one run to the next.
MADE: Dict[type, Callable[[Text, Optional[EndpointConfig]], Action]] = {
    ActionListen: lambda _name, _endpoint: ActionListen(),
    ActionBotResponse: lambda name, _endpoint: ActionBotResponse(name),
    RemoteAction: RemoteAction,
}
# What a way says of itself that stands in the place of Rasa's.
MARK = "is_lean"


def install() -> None:
    """Puts the look-ups in the place of Rasa's own ways."""
    check, extract = (
        MessageProcessor._check_for_unseen_features,
        MessageProcessor.run_action_extract_slots,
    )
    find_action = actions.action_for_name_or_text
    if getattr(check, MARK, False):
        return
    known: Beside[Tuple[FrozenSet[Text], FrozenSet[Text]]] = Beside(
        lambda domain: (frozenset(domain.intents), frozenset(domain.entities))
    )
    filled_by_messages: Beside[bool] = Beside(messages_fill_slots)
    kinds: Beside[Dict[Text, Any]] = Beside(lambda _domain: {})

    def check_unseen(self: MessageProcessor, parse_data: Dict[Text, Any]) -> None:
        if self.domain:
            intents, entities = known.of(self.domain)
            if parse_data["intent"]["name"] in intents and all(
                found["entity"] in entities for found in parse_data["entities"] or ()
            ):
                return
        check(self, parse_data)

    async def extract_slots(
        self: MessageProcessor, output_channel: Any, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        if not filled_by_messages.of(self.domain):
            return tracker
        filled: DialogueStateTracker = await extract(self, output_channel, tracker)
        return filled

    def action_named(name: Text, domain: Domain, endpoint: Optional[EndpointConfig]) -> Action:
        made = kinds.of(domain)
        make = made.get(name)
        if make is not None:
            action: Action = make(name, endpoint)
            return action
        action = find_action(name, domain, endpoint)
        if type(action) in MADE and action.name() == name:
            made[name] = MADE[type(action)]
        return action

    setattr(check_unseen, MARK, True)
    MessageProcessor._check_for_unseen_features = check_unseen
    MessageProcessor.run_action_extract_slots = extract_slots
    actions.action_for_name_or_text = action_named


def messages_fill_slots(domain: Domain) -> bool:
    """Whether any slot can be filled by a message itself, or by an action that Rasa runs for it."""
    return ACTION_VALIDATE_SLOT_MAPPINGS in domain.user_actions or any(
        mapping.get(MAPPING_TYPE) != str(SlotMappingType.CUSTOM) or mapping.get("action")
        for slot in domain.slots
        if slot.name not in DEFAULT_SLOT_NAMES
        for mapping in slot.mappings
    )
