"""Takes over what the application knows, with every message it sends.

The application's database is the truth. Each message brings the language and all facts of its
conversation along; here they become slots before the bot answers. So nothing is lost when Rasa is
restarted, when a conversation was pushed out of its memory, or when an answer came too late.
"""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import DEFAULT_SLOT_NAMES
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channel import TurnOutput

LANGUAGE_SLOT = "language"


def install() -> None:
    """Makes Rasa's processor read the facts right after it has read the message; once is enough."""
    read_message = MessageProcessor._handle_message_with_tracker
    if getattr(read_message, "takes_facts", False):
        return

    async def read_message_and_facts(
        self: MessageProcessor, message: UserMessage, tracker: DialogueStateTracker
    ) -> None:
        if isinstance(message.output_channel, TurnOutput):
            message.output_channel.tracker = tracker
        await read_message(self, message, tracker)
        tracker.update_with_events(slots_to_set(message.metadata or {}, tracker), self.domain)

    read_message_and_facts.takes_facts = True  # type: ignore[attr-defined]
    MessageProcessor._handle_message_with_tracker = read_message_and_facts


def slots_to_set(metadata: Dict[str, Any], tracker: DialogueStateTracker) -> List[SlotSet]:
    """The slots that differ from what the application says; names the domain lacks are left out."""
    wanted: Dict[str, Any] = {}
    facts = metadata.get("facts")
    if isinstance(facts, dict):
        own = [name for name in tracker.slots if name not in (*DEFAULT_SLOT_NAMES, LANGUAGE_SLOT)]
        wanted = {name: facts.get(name) for name in own}
    if metadata.get("lang"):
        wanted[LANGUAGE_SLOT] = metadata["lang"]
    return [
        SlotSet(name, value) for name, value in wanted.items() if tracker.get_slot(name) != value
    ]
