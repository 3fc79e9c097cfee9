"""Conversations kept in memory, bounded in number of bytes and in time, and forgotten on demand.

The application's database is the truth; what Rasa remembers can be lost at any moment and is
rebuilt from the facts that each message brings along (see `action_session_start`).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any, Callable, Iterator, List, MutableMapping, Optional, Sequence, Text, Tuple

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME as LISTEN
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

# Events. About sixteen turns are kept in full; the rules look back one turn, a memorised story three.
MOST_EVENTS = 200
KEPT_EVENTS = 120


Kept = Tuple[Event, ...]
# What an event weighs beside its words, in bytes: measured on conversations of the walk.
EVENT_BYTES = 1500


class BoundedMemory(MutableMapping[Text, Any]):
    """Things by name; the longest unused go first when there are too many or they are too old."""

    def __init__(
        self,
        max_bytes: int,
        max_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        weigh: Callable[[Any], int] = len,
    ) -> None:
        """An empty memory with its two limits; `weigh` gives a thing's bytes."""
        self._weigh = weigh
        self._max_bytes, self._max_seconds, self._clock = max_bytes, max_seconds, clock
        self._kept: OrderedDict[Text, Tuple[float, int, Any]] = OrderedDict()
        self._bytes = 0

    def __getitem__(self, name: Text) -> Any:
        self._forget_old()
        return self._kept[name][2]

    def __setitem__(self, name: Text, thing: Any) -> None:
        self.pop(name, None)
        weight = self._weigh(thing)
        self._kept[name] = (self._clock(), weight, thing)
        self._bytes += weight
        self._forget_old()
        while self._bytes > self._max_bytes and len(self._kept) > 1:
            del self[next(iter(self._kept))]

    def __delitem__(self, name: Text) -> None:
        self._bytes -= self._kept.pop(name)[1]

    def __iter__(self) -> Iterator[Text]:
        return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def _forget_old(self) -> None:
        # Every write moves a conversation to the end, so the oldest always stands first.
        oldest_allowed = self._clock() - self._max_seconds
        while self._kept:
            name = next(iter(self._kept))
            if self._kept[name][0] >= oldest_allowed:
                return
            del self[name]


def weigh(events: Kept) -> int:
    """About how many bytes these events take."""
    return sum(EVENT_BYTES + len(getattr(event, "text", None) or "") for event in events)


class BoundedTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store with limits; saving a conversation without events erases it.

    Events never change once they are made, so they are kept as they are: writing them out as JSON and reading them
    back was a sixth of all work. A conversation is still built anew each time, so a turn that fails leaves no trace.
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: Optional[EventBroker] = None,
        max_megabytes: float = 128,
        max_hours: float = 24,
        **kwargs: Any,
    ) -> None:
        """Called by Rasa with what bot/endpoints.yml says."""
        super().__init__(domain, event_broker)
        self.store: MutableMapping[Text, Any] = BoundedMemory(
            int(float(max_megabytes) * 1_000_000), float(max_hours) * 3600, weigh=weigh
        )

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the conversation, or erases it when the application has emptied it."""
        if tracker.events:
            await self.stream_events(tracker)
            self.store[tracker.sender_id] = tuple(shortened(tracker, self.domain).events)
        else:
            self.store.pop(tracker.sender_id, None)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """The last session of the conversation; Rasa goes through all of them, and then through the last again."""
        kept: Optional[Kept] = self.store.get(sender_id)
        if kept is None:
            return None
        return self.deserialise_tracker(sender_id, kept[last_session(kept) :])

    def deserialise_tracker(  # type: ignore[override]
        self, sender_id: Text, serialised_tracker: Kept
    ) -> DialogueStateTracker:
        """The conversation as it was saved; Rasa calls this with what `save` has put into the store."""
        tracker = self.init_tracker(sender_id)
        for event in serialised_tracker:
            tracker.update(event)
        return tracker


def last_session(events: Sequence[Event]) -> int:
    """Where the last session begins."""
    for place in range(len(events) - 1, 0, -1):
        event = events[place]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME:
            return place
    return 0


def shortened(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """The conversation without its oldest turns when it has grown long; where it stands is kept.

    Every action is sent all events: after a hundred turns one took ten times as long as at first.
    """
    events = list(tracker.events)
    if len(events) <= MOST_EVENTS:
        return tracker
    cut = _begin_of_turn(events, len(events) - KEPT_EVENTS)
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], slots=domain.slots)
    head: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    head += [SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.has_been_set]
    if before.active_loop_name:
        head.append(ActiveLoop(before.active_loop_name))
    if before.is_paused():
        head.append(ConversationPaused())
    short = DialogueStateTracker.from_events(
        tracker.sender_id, head + events[cut:], slots=domain.slots
    )
    short.model_id, short.assistant_id = tracker.model_id, tracker.assistant_id
    return short


def _begin_of_turn(events: List[Event], wanted: int) -> int:
    """Where the turn begins that holds the wanted place: the listening before a message."""
    for place in range(wanted, 0, -1):
        if isinstance(events[place], UserUttered):
            listening = events[place - 1]
            waits = isinstance(listening, ActionExecuted) and listening.action_name == LISTEN
            return place - 1 if waits else place
    return wanted
