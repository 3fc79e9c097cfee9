"""What is asked of a live desk outside the product, and the two ways in which it can fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from api.chat.model import Sender


class DeskAway(Exception):
    """The desk cannot be reached or asks for patience; everything is kept and tried again."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        # How long it asks us to wait, in seconds.
        self.wait = wait


class DeskRefused(Exception):
    """The desk does not take this one thing; the others go on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Line:
    """One message of a conversation; its number is the conversation's own and makes it arrive once."""

    number: int
    sender: Sender
    text: str


class LiveDesk(Protocol):
    """Where people sit who answer citizens, outside the product.

    A conversation has a key there, which says nothing about the citizen. Every call may be made again after it failed
    and then does what it did not do the first time, and no more. All may raise DeskAway or DeskRefused.
    """

    async def reachable(self) -> bool:
        """Whether the desk answers and lets us in; raises nothing."""
        ...

    async def open(self, key: str, title: str) -> str:
        """Makes the conversation's place there and calls staff to it; gives what the place is called."""
        ...

    async def say(self, place: str, key: str, line: Line) -> None:
        """Adds a message of the conversation."""
        ...

    async def tell(self, place: str, key: str, name: str, text: str) -> None:
        """Tells staff something about the conversation, once for each name."""
        ...

    async def name_of(self, person: str) -> str:
        """What somebody there is called; raises nothing."""
        ...

    async def erase(self, place: str | None, key: str) -> None:
        """Empties the place and shows everybody out; without a name, the one that may have been made for the key."""
        ...

    async def close(self) -> None:
        """Lets go of connections."""
        ...
