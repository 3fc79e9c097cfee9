"""The states of a delivery, as one table: from each state, to which it may go and what that means.

| from | to | when |
|---|---|---|
| pending | sending | a worker has claimed it |
| sending | delivered | the other side has it |
| sending | retry_wait | it surely did not arrive; it is tried again later |
| sending | ambiguous | it may have arrived: the other side is asked before anything is sent |
| sending | dead | it will never be taken as it is, or it has been tried for long enough; a person is told |
| retry_wait, ambiguous | sending | its time has come |
| delivered | accepted, rejected | the case system's own answer about the case |
| dead | pending | a person has asked for it to be sent again |
| delivered, accepted | pending | reconciliation did not find it at the other side |
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a delivery is."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY_WAIT = "retry_wait"
    AMBIGUOUS = "ambiguous"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEAD = "dead"


MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.PENDING: frozenset({State.SENDING}),
        State.SENDING: frozenset(
            {State.SENDING, State.DELIVERED, State.RETRY_WAIT, State.AMBIGUOUS, State.DEAD}
        ),
        State.RETRY_WAIT: frozenset({State.SENDING}),
        State.AMBIGUOUS: frozenset({State.SENDING}),
        State.DELIVERED: frozenset({State.ACCEPTED, State.REJECTED, State.PENDING}),
        State.ACCEPTED: frozenset({State.PENDING, State.REJECTED}),
        State.REJECTED: frozenset({State.ACCEPTED}),
        State.DEAD: frozenset({State.PENDING}),
    }
)

# What a worker still has to do something about.
OPEN = (State.PENDING, State.SENDING, State.RETRY_WAIT, State.AMBIGUOUS)
# What the other side has.
ARRIVED = (State.DELIVERED, State.ACCEPTED, State.REJECTED)


class ForbiddenMove(Exception):
    """A delivery was to go where the table does not let it: a fault in the program."""


def move(old: str, new: State) -> State:
    """The new state, if the table allows the step.

    Raises:
        ForbiddenMove: it does not.
    """
    if new not in MOVES[State(old)]:
        raise ForbiddenMove(f"{old} -> {new}")
    return new
