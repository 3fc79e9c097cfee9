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
| dead | ambiguous | a person has asked for it to be sent again; the other side is asked first all the same |
| delivered, accepted | ambiguous | it is not to be found over there any more, and a person wants it sent again |
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
        State.DELIVERED: frozenset({State.ACCEPTED, State.REJECTED, State.AMBIGUOUS}),
        State.ACCEPTED: frozenset({State.AMBIGUOUS, State.REJECTED}),
        State.REJECTED: frozenset({State.ACCEPTED}),
        State.DEAD: frozenset({State.AMBIGUOUS}),
    }
)

# What a worker still has to do something about.
OPEN = (State.PENDING, State.SENDING, State.RETRY_WAIT, State.AMBIGUOUS)
# What may stand in the way of a later event about the same subject.
UNSETTLED = (*OPEN, State.DEAD)
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
