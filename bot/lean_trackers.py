"""Copies a conversation as it stands, and sees whether its session has expired, without going through it again.

Rasa makes a copy for every action by replaying all events from the first, and looks twice through all of them for the
last message. Where the last events are of the plain kinds, both can be read off the end.
"""

from __future__ import annotations

import time
from typing import Any, Dict, Optional

from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

# Events that say or note something, and take nothing back.
PLAIN = frozenset({BotUttered, DefinePrevUserUtteredFeaturization, SlotSet, UserUttered})


def install() -> None:
    """Puts the short ways in the place of Rasa's own."""
    replay = DialogueStateTracker.copy
    if getattr(replay, "is_lean", False):
        return
    update_session = MessageProcessor._update_tracker_session

    def copy(self: DialogueStateTracker) -> DialogueStateTracker:
        return as_it_stands(self) if is_settled(self) else replay(self)

    async def update_session_if_expired(
        self: MessageProcessor,
        tracker: DialogueStateTracker,
        output_channel: Any,
        metadata: Optional[Dict[Any, Any]] = None,
    ) -> None:
        heard = last_message(tracker)
        session = self.domain.session_config
        if heard is not None:
            minutes = (time.time() - heard.timestamp) / 60
            if not session.are_sessions_enabled() or minutes <= session.session_expiration_time:
                return
        await update_session(self, tracker, output_channel, metadata)

    copy.is_lean = True  # type: ignore[attr-defined]
    DialogueStateTracker.copy = copy
    MessageProcessor._update_tracker_session = update_session_if_expired
    Slot.__copy__ = copy_of_slot


def copy_of_slot(slot: Slot) -> Slot:
    """What Python's own copy makes of it, without its detours."""
    new: Slot = object.__new__(type(slot))
    new.__dict__.update(slot.__dict__)
    return new


def is_settled(tracker: DialogueStateTracker) -> bool:
    """Whether a replay gives the conversation as it stands: no action to follow was named since the last one."""
    if type(tracker) is not DialogueStateTracker or tracker.followup_action or tracker.active_loop:
        return False
    for event in reversed(tracker.events):
        if type(event) is ActionExecuted:
            return True
        if type(event) not in PLAIN:
            return False
    return False


def as_it_stands(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A conversation with the same events and the same state, of which either can go on by itself."""
    new: DialogueStateTracker = object.__new__(DialogueStateTracker)
    new.__dict__.update(tracker.__dict__)
    new.events = tracker.events.copy()
    new.slots = {name: copy_of_slot(slot) for name, slot in tracker.slots.items()}
    # What a replay begins without.
    new.sender_source = new.model_id = new.assistant_id = None
    return new


def last_message(tracker: DialogueStateTracker) -> Optional[UserUttered]:
    """The last message of the session, if nothing that came after could have taken it back."""
    # A loop takes back what was said in it.
    if any(type(event) is ActiveLoop for event in tracker.events):
        return None
    for event in reversed(tracker.events):
        if type(event) is UserUttered:
            return event if event is tracker.latest_message else None
        if type(event) is not ActionExecuted and type(event) not in PLAIN:
            return None
    return None
