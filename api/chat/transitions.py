"""Who answers in a conversation, as one table: from a state, by an event, to a state.

What is not in the table cannot happen. The guarded writes of `api/chat/handoffs.py` ask here first.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from api.chat.model import State


class Event(StrEnum):
    """What moves a conversation from one who answers to another."""

    REQUESTED = "requested"  # the citizen wants a person, and somebody is on duty
    GIVEN_UP = "given_up"  # the citizen no longer waits
    TIMED_OUT = "timed_out"  # nobody came in time, and the citizen was told
    CLAIMED = "claimed"  # one member of staff took it
    RELEASED = "released"  # staff gave it back to the bot
    REQUEUED = "requeued"  # staff put it back for a colleague
    LOST = "lost"  # staff are gone without a word
    TRANSFERRED = "transferred"  # to a named colleague, who has it at once
    REFERRED = "referred"  # to a forvaltning, where somebody will claim it
    CLOSED = "closed"  # staff ended it, with a reason
    RESUMED = "resumed"  # the citizen writes again after the end


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.BOT, Event.REQUESTED): State.WAITING,
        (State.WAITING, Event.GIVEN_UP): State.BOT,
        (State.WAITING, Event.TIMED_OUT): State.BOT,
        (State.WAITING, Event.CLAIMED): State.STAFF,
        (State.WAITING, Event.CLOSED): State.CLOSED,
        (State.STAFF, Event.GIVEN_UP): State.BOT,
        (State.STAFF, Event.RELEASED): State.BOT,
        (State.STAFF, Event.REQUEUED): State.WAITING,
        (State.STAFF, Event.LOST): State.WAITING,
        (State.STAFF, Event.TRANSFERRED): State.STAFF,
        (State.STAFF, Event.REFERRED): State.WAITING,
        (State.STAFF, Event.CLOSED): State.CLOSED,
        (State.CLOSED, Event.REQUESTED): State.WAITING,
        (State.CLOSED, Event.RESUMED): State.BOT,
    }
)

# While one of these holds, nothing that the citizen writes reaches the bot.
WITH_PEOPLE = frozenset({State.WAITING, State.STAFF})


def after(state: State, event: Event) -> State | None:
    """The state that the event leads to, or nothing when it cannot happen here."""
    return TRANSITIONS.get((state, event))
