"""One conversation, one turn at a time: stores what the citizen wrote, asks the bot, stores the answer.

What was written is committed before the bot is asked, and no transaction is open while it thinks; so a bot that is
slow, dead or killed in the middle costs the citizen nothing but a retry. The same client id gives the same answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.chat import store
from api.chat.handoff import HandoffDesk
from api.chat.language import guess_language
from api.chat.model import (
    Answer,
    HandoffAnswer,
    Message,
    NewMessage,
    NewSession,
    Opened,
    Sender,
    State,
)
from api.chat.rasa import BotReply, BotTurn, BotUnavailable, RasaClient
from api.clock import Clock
from api.db.engine import Database
from api.db.models import ChatMessage, ChatSession
from api.errors import Conflict, InvalidInput, Unauthorized
from api.masking import mask_cpr
from api.words import Words

log = structlog.get_logger(__name__)

# Longer texts block Rasa's only thread for seconds (200,000 characters: 3.3 s); the contract of the page is the same.
TEXT_LIMIT = 2000
# What the bot is given when a conversation opens.
GREET = "/greet"
RECEIPT = "receipt"
# How often a second process looks whether the first has finished the turn, in seconds.
TURN_POLL = 0.1


@dataclass(frozen=True)
class Pending:
    """A stored message of the citizen that is to be answered."""

    seq: int
    command: str
    language: str
    facts: dict[str, object]
    today: str | None = None


class ChatService:
    """The gateway between citizens' browsers and the bot."""

    def __init__(
        self, *, database: Database, rasa: RasaClient, clock: Clock, words: Words,
        desk: HandoffDesk, session_hours: float, turn_seconds: float,
    ) -> None:  # fmt: skip
        self.database = database
        self.rasa = rasa
        self.clock = clock
        self.words = words
        self.desk = desk
        self.lifetime = timedelta(hours=session_hours)
        # A turn is two calls of the bot and two commits; after this a lease is a dead process's.
        self.lease = timedelta(seconds=2 * turn_seconds + 5)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self, wanted: NewSession) -> Opened:
        """Starts a conversation and lets the bot greet; a bot that is away does not stop it."""
        async with self.database.transaction() as tx:
            chat, token = await store.create(
                tx, language=wanted.lang or "da", page=without_query(wanted.page),
                today=wanted.today, now=self.clock.now(), lifetime=self.lifetime,
            )  # fmt: skip
        pending = Pending(seq=0, command=GREET, language=chat.language, facts={})
        answer = await self._answer(chat.id, pending)
        return Opened(session=chat.id, token=token, messages=answer.messages, state=answer.state)

    async def send(self, session_id: str, token: str | None, message: NewMessage) -> Answer:
        """Takes one message of the citizen through its turn.

        Raises:
            Unauthorized, InvalidInput, Conflict: as the errors say; nothing was stored then.
        """
        async with self._one_turn(session_id):
            taken = await self._take(session_id, token, message)
            if isinstance(taken, Answer):
                return taken
            return await self._answer(session_id, taken)

    async def read(self, session_id: str, token: str | None, after: int) -> Answer:
        """The messages after a sequence number."""
        async with self.database.reading() as tx:
            chat = await store.load(tx, session_id, token, self.clock.now())
            return Answer(
                messages=await store.messages(tx, session_id, after=after), state=State(chat.state)
            )

    async def transcript(self, session_id: str, token: str | None) -> tuple[list[Message], str]:
        """All messages, and the language to present them in."""
        async with self.database.reading() as tx:
            chat = await store.load(tx, session_id, token, self.clock.now())
            return await store.messages(tx, session_id), chat.language

    async def erase(self, session_id: str, token: str | None) -> None:
        """Erases a conversation here and in the bot."""
        async with self._one_turn(session_id):
            async with self.database.transaction() as tx:
                await store.load(tx, session_id, token, self.clock.now(), to_change=True)
                await store.erase(tx, session_id)
            await self.rasa.forget(session_id)

    async def handoff(self, session_id: str, token: str | None) -> HandoffAnswer:
        """The way to a person, which works without the bot."""
        # Not in the order of turns: whoever wants a person does not wait for a bot that hangs.
        async with self.database.transaction() as tx:
            chat = await store.load(tx, session_id, token, self.clock.now(), to_change=True)
            reply = self.desk.closed_reply(chat.language)
            row = await store.add_reply(
                tx, chat, reply, sender=Sender.SYSTEM, now=self.clock.now(), reply_to=None
            )
            return HandoffAnswer(
                messages=[store.as_message(row)], state=State(chat.state),
                opening_hours=self.desk.opening_hours(chat.language),
            )  # fmt: skip

    async def purge(self) -> int:
        """Erases conversations whose time is up; returns how many."""
        async with self.database.transaction() as tx:
            gone = await store.expired(tx, self.clock.now())
            for session_id in gone:
                await store.erase(tx, session_id)
        for session_id in gone:
            await self.rasa.forget(session_id)
        return len(gone)

    @asynccontextmanager
    async def _one_turn(self, session_id: str) -> AsyncIterator[None]:
        """Keeps turns of one conversation in order; Rasa's own lock would poll once a second."""
        lock = self._locks.setdefault(session_id, asyncio.Lock())
        async with lock:
            yield

    async def _take(
        self, session_id: str, token: str | None, message: NewMessage
    ) -> Pending | Answer:
        """Stores the message and takes the turn; or gives the answer that this client id had before."""
        give_up = self.clock.now() + self.lease
        while True:
            async with self.database.transaction() as tx:
                now = self.clock.now()
                chat = await store.load(tx, session_id, token, now, to_change=True)
                if chat.state == State.CLOSED:
                    raise Conflict("session_closed")
                if await store.take_turn(tx, session_id, now=now, until=now + self.lease):
                    await tx.refresh(chat)
                    return await self._store_message(tx, chat, message)
            if self.clock.now() >= give_up:
                raise Conflict("turn_in_progress")
            await asyncio.sleep(TURN_POLL)

    async def _store_message(
        self, tx: AsyncSession, chat: ChatSession, message: NewMessage
    ) -> Pending | Answer:
        now = self.clock.now()
        row: ChatMessage | None = await store.find_sent(tx, chat.id, message.client_id)
        if row is not None:
            answered = await store.messages(tx, chat.id, reply_to=row.seq)
            if answered:
                chat.turn_until = None
                return Answer(messages=answered, state=State(chat.state))
        else:
            text, command = await self._read(tx, chat, message)
            row = await store.add_citizen(
                tx, chat, text=text, command=command, client_id=message.client_id, now=now
            )
            if message.payload is None and not chat.language_chosen:
                chat.language = guess_language(text) or chat.language
        chat.expires_at = now + self.lifetime
        return Pending(
            seq=row.seq, command=row.command or "", language=chat.language, facts=dict(chat.facts),
            today=chat.today.isoformat() if chat.today else None,
        )  # fmt: skip

    async def _read(
        self, tx: AsyncSession, chat: ChatSession, message: NewMessage
    ) -> tuple[str, str]:
        """What to store and what to give the bot, for a text or for a button."""
        if (message.text is None) == (message.payload is None):
            raise InvalidInput("text_or_payload", field="text")
        if message.payload is not None:
            offer = await store.find_offer(tx, chat.id, message.payload)
            if offer is None:
                raise InvalidInput("payload_unknown", field="payload")
            return offer.title, offer.command
        return read_text(message.text or "")

    async def _answer(self, session_id: str, pending: Pending) -> Answer:
        """Asks the bot and stores what it says; tells the truth when it does not answer."""
        turn: BotTurn | None = None
        try:
            turn = await self.rasa.turn(
                session_id, pending.command, language=pending.language, facts=pending.facts,
                today=pending.today,
            )  # fmt: skip
        except BotUnavailable as error:
            log.error("bot.no_answer", reason=error.reason)
        async with self.database.transaction() as tx:
            chat = await tx.get(ChatSession, session_id, with_for_update=True)
            if chat is None:
                # Erased from another window while the bot was thinking.
                raise Unauthorized()
            now = self.clock.now()
            replies = turn.replies if turn else [self._away(pending)]
            sender = Sender.BOT if turn else Sender.SYSTEM
            rows = [
                await store.add_reply(
                    tx, chat, without_code(reply), sender=sender, now=now, reply_to=pending.seq,
                    failed=not turn,
                )
                for reply in replies
            ]  # fmt: skip
            if turn:
                chat.facts = turn.facts
                if turn.language in ("da", "en") and turn.language != chat.language:
                    chat.language, chat.language_chosen = turn.language, True
            chat.turn_until = None
            # The code of a receipt is shown in this one answer and stands nowhere else.
            shown = [
                store.as_message(row).model_copy(update={"card": reply.card})
                if reply.card is not None and reply.card.get("type") == RECEIPT
                else store.as_message(row)
                for row, reply in zip(rows, replies, strict=True)
            ]
            return Answer(messages=shown, state=State(chat.state))

    def _away(self, pending: Pending) -> BotReply:
        """The honest message when the bot is away, with a way on: try again, or a person."""
        language = pending.language
        what = "bot_away" if pending.seq else "bot_away_at_start"
        return BotReply(
            text=f"{self.words(language, what)}\n\n{self.desk.lines(language)}",
            buttons=[{"title": self.words(language, "try_again"), "payload": pending.command}],
        )


def without_code(reply: BotReply) -> BotReply:
    """The reply as it may be stored: a receipt's code is shown once and kept nowhere."""
    if reply.card is None or reply.card.get("type") != RECEIPT:
        return reply
    data = {name: value for name, value in reply.card["data"].items() if name != "follow_up_code"}
    return replace(reply, card={**reply.card, "data": data})


def read_text(text: str) -> tuple[str, str]:
    """A citizen's own words as they are stored, and as the bot is given them.

    CPR numbers are masked in both. A leading slash would be a command to Rasa, so the bot never gets one.

    Raises:
        InvalidInput: nothing is written, or too much.
    """
    if len(text) > TEXT_LIMIT:
        raise InvalidInput("text_too_long", field="text", limit=TEXT_LIMIT)
    stored = mask_cpr(text).replace("\x00", "").strip()
    if not stored:
        raise InvalidInput("text_empty", field="text")
    return stored, stored.lstrip("/ \t\r\n") or "?"


def without_query(page: str | None) -> str | None:
    """The address of the page the chat was opened on, without what may identify a person."""
    try:
        parts = urlsplit(page or "")
    except ValueError:
        return None
    return urlunsplit((parts.scheme, parts.hostname or "", parts.path, "", ""))[:500] or None
