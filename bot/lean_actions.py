"""Sends an action what it reads, not everything there is, over a connection that is kept.

Rasa sends the whole domain, with every reply in both languages, and every event of the conversation to each
action. Ours read the slots and the message of the turn; the application runs them from the same checkout and
needs no domain. Rasa also opens a connection for each action and closes it again.
"""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Optional, Text, Type
from weakref import WeakKeyDictionary

import aiohttp
import rasa
from rasa.core.actions.action import DEFAULT_REQUEST_TIMEOUT, RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import EndpointConfig

# How long a connection nobody uses is kept, in seconds: less than the application does, so that none is used that
# the application is about to close.
IDLE_SECONDS = 2.0


def install() -> None:
    """Puts the lean request in the place of Rasa's own."""

    def lean_request(
        self: RemoteAction, tracker: DialogueStateTracker, domain: Domain
    ) -> Dict[Text, Any]:
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": {**tracker.current_state(EventVerbosity.NONE), "events": []},
            "domain": {},
            "version": rasa.__version__,
        }

    RemoteAction._action_call_format = lean_request
    sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, _Kept] = WeakKeyDictionary()

    def kept_session(self: EndpointConfig) -> _Kept:
        loop = asyncio.get_running_loop()
        if loop not in sessions or sessions[loop].spoilt:
            sessions[loop] = _Kept()
        return sessions[loop]

    EndpointConfig.session = kept_session


class _Kept:
    """A client session that outlives the requests it is lent to, until one of them fails.

    Where an action broke, the application closes its end; the next request must not go the same way.
    """

    def __init__(self) -> None:
        self.spoilt = False
        self._requests = 0
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
        )

    async def __aenter__(self) -> aiohttp.ClientSession:
        self._requests += 1
        return self._session

    async def __aexit__(self, kind: Optional[Type[BaseException]], *rest: Any) -> None:
        """Keeps it for the next; a spoilt one is closed by the last request that has it."""
        self._requests -= 1
        self.spoilt = self.spoilt or kind is not None
        if self.spoilt and not self._requests:
            await self._session.close()
