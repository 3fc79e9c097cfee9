"""The only client of Rasa: sends one message, reads back what the bot says and which facts it now holds.

A turn in which nothing is said is an error here. Everything else that can go
wrong (dead, slow, broken answer) is the same error to the caller: the bot is not there just now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import structlog

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 1.0
# How long a connection nobody uses is kept: less than Rasa does, so that none is used that Rasa is about to close.
IDLE_SECONDS = 2.0
# What lives in Rasa's tracker for the turn's own sake; all other slots are facts and are kept in our database.
PASSING_SLOTS = frozenset({"session_started_metadata", "requested_slot", "language"})


class BotUnavailable(Exception):
    """The bot did not answer as it should; `reason` is a word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class BotReply:
    """One message of the bot, as Rasa gives it: buttons still carry Rasa's own commands."""

    text: str = ""
    buttons: list[dict[str, str]] = field(default_factory=list)
    card: dict[str, Any] | None = None
    sources: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class BotTurn:
    """What one turn gave: the replies, and the facts and language as they are after it."""

    replies: list[BotReply]
    facts: dict[str, Any]
    language: str | None


class RasaLine(Protocol):
    """Carries a call to the Rasa process."""

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None, body: object = None,
    ) -> Any:  # fmt: skip
        """The answer to a call, read from JSON.

        Raises:
            BotUnavailable: there is none, or none that can be used.
        """
        ...

    async def aclose(self) -> None:
        """Hangs up."""
        ...


class LoopbackLine:
    """Calls Rasa over HTTP on this machine, on connections that are kept."""

    def __init__(self, base_url: str, *, seconds: float) -> None:
        self._base_url = base_url
        self._patience = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        # Opened by the first call, since it belongs to the loop that runs then.
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None, body: object = None,
    ) -> Any:  # fmt: skip
        """The answer to a call, read from JSON; nothing is asked twice, since a turn counts each time.

        Raises:
            BotUnavailable: there is none in time, or none that can be used.
        """
        if self._session is None:
            # Without a proxy from the environment, which must never see a conversation.
            self._session = aiohttp.ClientSession(
                self._base_url, timeout=self._patience, trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
            )  # fmt: skip
        try:
            async with self._session.request(
                method, path, headers=headers, params=params, json=body
            ) as answer:
                if answer.status >= 400:
                    raise BotUnavailable(f"status-{answer.status}")
                return json.loads(await answer.read())
        except TimeoutError as error:
            raise BotUnavailable("timeout") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise BotUnavailable(type(error).__name__) from error

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


class RasaClient:
    """Talks to the Rasa process."""

    def __init__(self, line: RasaLine, token: str) -> None:
        self._line = line
        self._params = {"token": token}
        self._headers = {"Authorization": f"Bearer {token}"}

    async def turn(
        self, session: str, command: str, *, language: str, facts: dict[str, Any],
        today: str | None = None,
    ) -> BotTurn:  # fmt: skip
        """Sends the citizen's words (or a button's command) and returns the bot's side of the turn.

        The facts go along, so that a Rasa that has lost the conversation takes it up again; `today` where the
        conversation counts from another day than the clock's.

        Raises:
            BotUnavailable: no usable answer in time.
        """
        answer = await self._line.ask(
            "POST",
            "/webhooks/turns/webhook",
            headers=self._headers,
            body={
                "sender": session,
                "message": command,
                "metadata": {"lang": language, "facts": facts, "session": session, "today": today},
            },
        )
        replies, slots = read_turn(answer)
        if not replies:
            raise BotUnavailable("empty")
        return BotTurn(
            replies=replies,
            facts={
                name: value
                for name, value in slots.items()
                if value is not None and name not in PASSING_SLOTS
            },
            language=slots.get("language"),
        )

    async def forget(self, session: str) -> None:
        """Makes Rasa drop a conversation; a Rasa that is away has nothing left to drop."""
        try:
            await self._line.ask(
                "PUT", f"/conversations/{session}/tracker/events", params=self._params, body=[]
            )
        except BotUnavailable as error:
            log.warning("rasa.forget_failed", reason=error.reason)

    async def ready(self) -> bool:
        """Whether Rasa runs and has a model loaded."""
        try:
            status = await self._line.ask("GET", "/status", params=self._params)
        except BotUnavailable:
            return False
        return isinstance(status, dict) and bool(status.get("model_file"))


def read_turn(answer: Any) -> tuple[list[BotReply], dict[str, Any]]:
    """The replies and the slots of a turn, as `bot/channel.py` answers.

    Raises:
        BotUnavailable: the answer has another shape.
    """
    slots = answer.get("slots") if isinstance(answer, dict) else None
    if not isinstance(slots, dict):
        raise BotUnavailable("shape")
    return read_replies(answer.get("replies")), slots


def read_replies(answer: Any) -> list[BotReply]:
    """Turns Rasa's list of fragments into messages: what came as custom data joins the text before it.

    Raises:
        BotUnavailable: the answer is not such a list.
    """
    if not isinstance(answer, list) or not all(isinstance(part, dict) for part in answer):
        raise BotUnavailable("shape")
    replies: list[BotReply] = []
    for part in answer:
        custom = part.get("custom") if isinstance(part.get("custom"), dict) else {}
        reply = BotReply(
            text=str(part.get("text") or custom.get("text") or ""),
            buttons=[*(part.get("buttons") or []), *(custom.get("buttons") or [])],
            card=custom.get("card"),
            sources=list(custom.get("sources") or []),
        )
        if not reply.text and replies and custom:
            before = replies[-1]
            replies[-1] = BotReply(
                text=before.text,
                buttons=before.buttons + reply.buttons,
                card=before.card or reply.card,
                sources=before.sources + reply.sources,
            )
        elif reply.text or reply.card or reply.buttons:
            replies.append(reply)
    return replies
