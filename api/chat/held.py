"""Words that may reveal who reports wrongdoing: kept in memory only, until their writer decides.

Nothing of them reaches the database, the bot, a log or a statistic before that. A restart forgets them, which is
what their writer would want; the page still has the text.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

# How long a decision may take, and how many are kept at once.
PATIENCE = timedelta(minutes=15)
MOST = 1000


@dataclass(frozen=True)
class Held:
    """What somebody wrote, and the message that warned them."""

    text: str
    client_id: str | None
    warning_seq: int
    until: datetime


class HoldingRoom:
    """Keeps screened words by conversation, and remembers who chose to go on."""

    def __init__(self, screen: Callable[[str], bool]) -> None:
        self._screen = screen
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._told: OrderedDict[str, datetime] = OrderedDict()

    def stops(self, session_id: str, text: str, now: datetime) -> bool:
        """Whether the words are to be kept back; who was warned and went on is not warned again."""
        told = self._told.get(session_id)
        if told is not None and told > now:
            return False
        return self._screen(text)

    def keep(
        self, session_id: str, text: str, client_id: str | None, warning_seq: int, now: datetime
    ) -> None:
        """Keeps the words of one conversation, the newest only."""
        self._held.pop(session_id, None)
        self._held[session_id] = Held(text, client_id, warning_seq, now + PATIENCE)
        while len(self._held) > MOST:
            self._held.popitem(last=False)

    def warned(self, session_id: str, client_id: str | None, now: datetime) -> int | None:
        """The number of the warning that this very message had before."""
        held = self._current(session_id, now)
        return held.warning_seq if held and client_id and held.client_id == client_id else None

    def release(self, session_id: str, now: datetime, lifetime: timedelta) -> str | None:
        """The words, for who chose to go on; from then on the conversation is not screened."""
        held = self._current(session_id, now)
        if held is None:
            return None
        self._told[session_id] = now + lifetime
        while len(self._told) > MOST:
            self._told.popitem(last=False)
        self.drop(session_id)
        return held.text

    def drop(self, session_id: str) -> None:
        """Forgets the words."""
        self._held.pop(session_id, None)

    def _current(self, session_id: str, now: datetime) -> Held | None:
        for key in [key for key, held in self._held.items() if held.until <= now]:
            del self._held[key]
        return self._held.get(session_id)
