"""One conversation, one turn at a time: stores what the citizen wrote, asks the bot, stores the answer.

While people have the conversation, or it waits for them, nothing that is written reaches the bot.

What was written is committed before the bot is asked, and no transaction is open while it thinks; so a bot that is
slow, dead or killed in the middle costs the citizen nothing but a retry. The same client id gives the same answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.chat import store
from api.chat.handoff import DROP_WORDS, GIVE_UP, OWN, SAY_ANYWAY, HandoffDesk
from api.chat.held import HoldingRoom
from api.chat.hub import Hub
from api.chat.language import language_after
from api.chat.live import LiveService
from api.chat.model import (
    Answer,
    HandoffAnswer,
    HandoffWish,
    Message,
    NewMessage,
    NewSession,
    Opened,
    Sender,
    State,
)
from api.chat.rasa import BotReply, BotTurn, BotUnavailable, RasaClient
from api.chat.transitions import WITH_PEOPLE, Event, after
from api.chat.turns import (
    OPEN,
    TEXT_LIMIT,
    Pending,
    PlainTurns,
    check_one_of_both,
    language_chosen_in,
    read_text,
    wants_person,
)
from api.clock import Clock
from api.db.engine import Database
from api.db.models import ChatMessage, ChatSession
from api.errors import Conflict, InvalidInput, NotFound, Unauthorized
from api.words import Words

log = structlog.get_logger(__name__)

# What the bot is given when a conversation opens.
GREET = "/greet"
# How long a client may ask to wait for news, in seconds; shorter than what proxies allow.
LONGEST_WAIT = 20.0
# How often a second process looks whether the first has finished the turn, in seconds.
TURN_POLL = 0.1


@dataclass(frozen=True)
class Released:
    """Words that were held back and are now to be processed."""

    text: str


class ChatService:
    """The gateway between citizens' browsers and the bot."""

    def __init__(
        self, *, database: Database, rasa: RasaClient, clock: Clock, words: Words,
        desk: HandoffDesk, session_hours: float, turn_seconds: float, live: LiveService, hub: Hub,
        screen: Callable[[str], bool],
    ) -> None:  # fmt: skip
        self.database = database
        self.rasa = rasa
        self.clock = clock
        self.words = words
        self.desk = desk
        self.live = live
        self.hub = hub
        self.held = HoldingRoom(screen)
        self.lifetime = timedelta(hours=session_hours)
        # A turn is two calls of the bot and two commits; after this a lease is a dead process's.
        self.lease = timedelta(seconds=2 * turn_seconds + 5)
        self.plain = PlainTurns(self.held, lifetime=self.lifetime, lease=self.lease)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self, wanted: NewSession) -> Opened:
        """Starts a conversation and lets the bot greet; a bot that is away does not stop it."""
        chat, token = store.new_session(
            language=wanted.lang or "da", page=without_query(wanted.page), today=wanted.today,
            now=self.clock.now(), lifetime=self.lifetime,
        )  # fmt: skip
        async with self.database.direct() as tx:
            await tx.run(OPEN, chat)
        pending = Pending(seq=0, command=GREET, language=chat["language"], facts={})
        answer = await self._answer(chat["id"], pending)
        return Opened(session=chat["id"], token=token, messages=answer.messages, state=answer.state)

    async def send(self, session_id: str, token: str | None, message: NewMessage) -> Answer:
        """Takes one message of the citizen through its turn.

        Raises:
            Unauthorized, InvalidInput, Conflict: as the errors say; nothing was stored then.
        """
        async with self._one_turn(session_id):
            taken = await self._take(session_id, token, message)
            if isinstance(taken, Released):
                message = NewMessage(text=taken.text, client_id=message.client_id)
                taken = await self._take(session_id, token, message)
            await self.live.announce(session_id)
            if isinstance(taken, Pending):
                taken = await self._answer(session_id, taken)
                await self.live.announce(session_id)
            if not isinstance(taken, Answer):
                raise NotFound()
            return taken

    async def read(self, session_id: str, token: str | None, after: int) -> Answer:
        """The messages after a sequence number."""
        async with self.database.reading() as tx:
            chat = await store.load(tx, session_id, token, self.clock.now())
            return Answer(
                messages=await store.messages(tx, session_id, after=after), state=State(chat.state)
            )

    async def check(self, session_id: str, token: str | None) -> None:
        """Whether somebody may use a conversation, before anything costly is done for them.

        Raises:
            Unauthorized: they may not.
        """
        async with self.database.reading() as tx:
            await store.load(tx, session_id, token, self.clock.now())

    async def wait(
        self, session_id: str, token: str | None, after_seq: int, seconds: float
    ) -> Answer:
        """The messages after a sequence number; when there are none, waits for one."""
        with self.hub.listening(session_id) as listener:
            answer = await self.read(session_id, token, after_seq)
            before, loop = answer.state, asyncio.get_running_loop()
            until = loop.time() + min(seconds, LONGEST_WAIT)
            while not answer.messages and answer.state is before and loop.time() < until:
                await listener.wait(min(until - loop.time(), self.hub.look_every))
                answer = await self.read(session_id, token, after_seq)
        return answer

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

    async def handoff(
        self, session_id: str, token: str | None, wish: HandoffWish | None = None
    ) -> HandoffAnswer:
        """The way to a person, which works without the bot: the queue, or hours and a call back."""
        # Not in the order of turns: whoever wants a person does not wait for a bot that hangs.
        wish = wish or HandoffWish()
        now = self.clock.now()
        async with self.database.transaction() as tx:
            chat = await store.load(tx, session_id, token, now, to_change=True)
            place = None
            if wish.callback is not None:
                reply = await self.live.call_back(tx, chat, wish.callback, now)
            else:
                reply, place = await self.live.request(tx, chat, now, wish.summary)
            row = await self.live.tell_citizen(tx, chat, reply, now)
            chat.expires_at = now + self.lifetime
            closed = State(chat.state) not in WITH_PEOPLE and wish.callback is None
            language = chat.language
            answer = HandoffAnswer(
                messages=[store.as_message(row)], state=State(chat.state),
                queue_position=place.position if place else None,
                waiting_minutes=place.minutes if place else None,
                opening_hours=self.desk.opening_hours(language) if closed else [],
                callback_fields=self.desk.callback_fields(language) if closed else [],
            )  # fmt: skip
        await self.live.announce(session_id)
        return answer

    async def give_up_waiting(self, session_id: str, token: str | None) -> Answer:
        """The citizen goes back to the bot."""
        now = self.clock.now()
        async with self.database.transaction() as tx:
            chat = await store.load(tx, session_id, token, now, to_change=True)
            reply = await self.live.give_up(tx, chat, now)
            rows = [await self.live.tell_citizen(tx, chat, reply, now)] if reply else []
            answer = Answer(
                messages=[store.as_message(row) for row in rows], state=State(chat.state)
            )
        await self.live.announce(session_id)
        return answer

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
    ) -> Pending | Released | Answer:
        """Stores the message and takes the turn; or gives the answer that needs no turn."""
        give_up = self.clock.now() + self.lease
        while True:
            async with self.database.direct() as quick:
                taken = await self.plain.take(quick, session_id, token, message, self.clock.now())
            if taken is not None:
                return taken
            async with self.database.transaction() as tx:
                chat = await store.load(tx, session_id, token, self.clock.now(), to_change=True)
                settled = await self._without_turn(tx, chat, message)
                if settled is not None:
                    return settled
            # Another process has the turn, or people gave the conversation back just now.
            if self.clock.now() >= give_up:
                raise Conflict("turn_in_progress")
            await asyncio.sleep(TURN_POLL)

    async def _without_turn(
        self, tx: AsyncSession, chat: ChatSession, message: NewMessage
    ) -> Pending | Released | Answer | None:
        """What the bot has no part in: our own buttons, words that are held back, words for people, repetitions."""
        sent = await store.find_sent(tx, chat.id, message.client_id)
        if sent is not None:
            return await self._again(tx, chat, sent)
        if message.payload is not None and message.text is None:
            offer = await store.find_offer(tx, chat.id, message.payload)
            if offer is not None and offer.command.startswith(OWN):
                return await self._own_button(tx, chat, offer.command)
        if message.text is not None and message.payload is None:
            held = await self._hold_back(tx, chat, message.text, message.client_id)
            if held is not None:
                return held
        if State(chat.state) in WITH_PEOPLE:
            return await self._to_people(tx, chat, message)
        return None

    async def _again(
        self, tx: AsyncSession, chat: ChatSession, sent: ChatMessage
    ) -> Pending | Answer | None:
        """What a message got that was sent before; its turn, if it got nothing and nobody is at it."""
        now, answered = self.clock.now(), await store.messages(tx, chat.id, reply_to=sent.seq)
        # What was once written to people stays with them, whoever has the conversation by now.
        if answered or sent.command is None or State(chat.state) in WITH_PEOPLE:
            return Answer(messages=answered, state=State(chat.state))
        if not store.take_turn(chat, now=now, until=now + self.lease):
            return None
        chat.state = (after(State(chat.state), Event.RESUMED) or State(chat.state)).value
        chat.expires_at = now + self.lifetime
        return Pending(
            seq=sent.seq, command=sent.command, language=chat.language, facts=dict(chat.facts),
            today=chat.today.isoformat() if chat.today else None,
        )  # fmt: skip

    async def _to_people(self, tx: AsyncSession, chat: ChatSession, message: NewMessage) -> Answer:
        """Stores what is for staff; it has no command, so that it can never become the bot's."""
        now = self.clock.now()
        text = await self._words(tx, chat, message)
        store.add_citizen(tx, chat, text=text, command=None, client_id=message.client_id, now=now)
        chat.expires_at = now + self.lifetime
        return Answer(messages=[], state=State(chat.state))

    async def _hold_back(
        self, tx: AsyncSession, chat: ChatSession, text: str, client_id: str | None
    ) -> Answer | None:
        """Warns, and keeps the words in memory only, when they may reveal who reports wrongdoing."""
        now = self.clock.now()
        if len(text) > TEXT_LIMIT or not self.held.stops(chat.id, text, now):
            return None
        warned = self.held.warned(chat.id, client_id, now)
        if warned is None:
            if not chat.language_chosen:
                # The words are not kept, but who writes English is warned in English.
                chat.language = language_after(text, chat.language, first=False)
            reply = self.desk.warning(chat.language)
            row = await self.live.tell_citizen(tx, chat, reply, now)
            self.held.keep(chat.id, text, client_id, row.seq, now)
            return Answer(messages=[store.as_message(row)], state=State(chat.state))
        before = await store.messages(tx, chat.id, after=warned - 1)
        return Answer(messages=before[:1], state=State(chat.state))

    async def _own_button(
        self, tx: AsyncSession, chat: ChatSession, command: str
    ) -> Released | Answer:
        """Does what one of our own buttons says."""
        now, reply = self.clock.now(), None
        if command == GIVE_UP:
            reply = await self.live.give_up(tx, chat, now)
        elif command == DROP_WORDS:
            self.held.drop(chat.id)
            reply = BotReply(text=self.words(chat.language, "wrongdoing.dropped"))
        elif command == SAY_ANYWAY:
            text = self.held.release(chat.id, now, self.lifetime)
            if text is not None:
                return Released(text)
            reply = BotReply(text=self.words(chat.language, "wrongdoing.gone"))
        rows = [await self.live.tell_citizen(tx, chat, reply, now)] if reply else []
        return Answer(messages=[store.as_message(row) for row in rows], state=State(chat.state))

    async def _words(self, tx: AsyncSession, chat: ChatSession, message: NewMessage) -> str:
        """What people are to read, of a text or of a button.

        Raises:
            InvalidInput: it is neither, or nothing that was offered.
        """
        check_one_of_both(message)
        if message.payload is None:
            return read_text(message.text or "")[0]
        offer = await store.find_offer(tx, chat.id, message.payload)
        if offer is None:
            raise InvalidInput("payload_unknown", field="payload")
        return offer.title

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
        replies = turn.replies if turn else [self._away(pending)]
        async with self.database.direct() as quick:
            answer = await self.plain.answer(
                quick, session_id, pending, turn, replies, self.clock.now()
            )
        return answer or await self._answer_with_people(session_id, pending, turn, replies)

    async def _answer_with_people(
        self, session_id: str, pending: Pending, turn: BotTurn | None, replies: list[BotReply]
    ) -> Answer:
        """Stores what the bot says where people have the conversation, or are asked for."""
        async with self.database.transaction() as tx:
            chat = await tx.get(ChatSession, session_id, with_for_update=True)
            if chat is None:
                # Erased from another window while the bot was thinking.
                raise Unauthorized()
            now = self.clock.now()
            if turn:
                chat.facts = turn.facts
            chat.language, chat.language_chosen = language_chosen_in(
                turn, chat.language, chat.language_chosen
            )
            sender = Sender.BOT if turn else Sender.SYSTEM
            rows = []
            for reply in replies:
                if chat.state == State.STAFF and not reply.card:
                    # The bot was still thinking when a person took over: it is silent, but no receipt is lost.
                    continue
                if wants_person(reply):
                    reply, _ = await self.live.request(tx, chat, now)
                rows.append(
                    store.add_reply(
                        tx, chat, reply, sender=sender, now=now, reply_to=pending.seq,
                        failed=not turn,
                    )
                )  # fmt: skip
            chat.turn_until = None
            return Answer(messages=[store.as_message(row) for row in rows], state=State(chat.state))

    def _away(self, pending: Pending) -> BotReply:
        """The honest message when the bot is away, with a way on: try again, or a person."""
        language = pending.language
        what = "bot_away" if pending.seq else "bot_away_at_start"
        return BotReply(
            text=f"{self.words(language, what)}\n\n{self.desk.lines(language)}",
            buttons=[{"title": self.words(language, "try_again"), "payload": pending.command}],
        )


def without_query(page: str | None) -> str | None:
    """The address of the page the chat was opened on, without what may identify a person."""
    try:
        parts = urlsplit(page or "")
    except ValueError:
        return None
    return urlunsplit((parts.scheme, parts.hostname or "", parts.path, "", ""))[:500] or None
