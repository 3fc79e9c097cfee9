"""The hand-off as the citizen meets it: into the queue, or to a call back; told when it takes too long."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from api.chat import handoffs, queue, store
from api.chat.handoff import CALLBACK_FIELDS, HandoffDesk, Place
from api.chat.hours import Calendar, is_open
from api.chat.hub import STAFF, Hub
from api.chat.model import Sender, State
from api.chat.rasa import BotReply
from api.chat.transitions import Event
from api.clock import DENMARK, Clock
from api.db.engine import Database
from api.db.handoff_models import CallbackRequest, Handoff
from api.db.models import ChatMessage, ChatSession
from api.errors import Conflict, InvalidInput
from api.masking import mask_cpr

log = structlog.get_logger(__name__)

# How long somebody waits for nobody: all who were on duty may have closed their browser by mistake.
GRACE = dt.timedelta(minutes=2)
SUMMARY_LIMIT = 2000
QUOTED = 300
PHONE = re.compile(r"^\+?[0-9 ()-]{6,40}$")


class Brief(Protocol):
    """What guidance makes of the gathered facts."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is known of the matter."""
        ...

    @property
    def assessment(self) -> dict[str, Any] | None:
        """What guidance says, as the interface writes it."""
        ...

    @property
    def deadline(self) -> dt.date | None:
        """The nearest last safe day of the citizen's."""
        ...

    @property
    def lines(self) -> tuple[str, ...]:
        """What it comes to, in sentences."""
        ...


# Facts of a conversation (its slots), the day and the language in; what guidance says of them out.
Briefing = Callable[[Mapping[str, Any], dt.date, str], Brief]


class LiveService:
    """Brings conversations to people, and back."""

    def __init__(
        self, *, database: Database, clock: Clock, desk: HandoffDesk, hub: Hub,
        calendar: Calendar, wait_minutes: float, briefing: Briefing,
    ) -> None:  # fmt: skip
        self.database = database
        self.clock = clock
        self.desk = desk
        self.hub = hub
        self.calendar = calendar
        self.longest = dt.timedelta(minutes=wait_minutes)
        self.briefing = briefing

    def day(self, chat: ChatSession) -> dt.date:
        """Today, as this conversation sees it."""
        return chat.today or self.clock.today()

    def brief(self, chat: ChatSession, lang: str | None = None) -> Brief:
        """What guidance makes of the conversation."""
        return self.briefing(chat.facts, self.day(chat), lang or chat.language)

    async def open_for_business(self, tx: AsyncSession, now: dt.datetime) -> bool:
        """Whether somebody on duty can be waited for."""
        local = now.astimezone(DENMARK)
        if not is_open(self.desk.chat_hours(), local, self.calendar):
            return False
        return bool(await handoffs.on_duty(tx, now))

    async def place(self, tx: AsyncSession, handoff_id: int, now: dt.datetime) -> Place:
        """Where a waiting conversation stands."""
        line = await handoffs.waiting(tx)
        return Place(
            position=queue.position(line, handoff_id, self.clock.today()),
            minutes=queue.usual_minutes(await handoffs.last_waits(tx, now)),
        )

    async def request(
        self, tx: AsyncSession, chat: ChatSession, now: dt.datetime, summary: str | None = None
    ) -> tuple[BotReply, Place]:
        """Puts the (locked) conversation in the queue, or says how else a person is reached."""
        row = await handoffs.open_one(tx, chat.id)
        if row is not None and row.state == State.STAFF:
            return self.desk.told(chat.language, "with_staff", "staff"), Place()
        if row is None:
            if not await self.open_for_business(tx, now):
                return self.desk.closed_reply(chat.language), Place()
            brief = self.brief(chat, "da")
            row = await handoffs.start(
                tx, chat, summary=await self._summary(tx, chat, brief, summary),
                deadline=brief.deadline, now=now,
            )  # fmt: skip
            await tx.flush()
        place = await self.place(tx, row.id, now)
        return self.desk.waiting_reply(chat.language, place), place

    async def _summary(
        self, tx: AsyncSession, chat: ChatSession, brief: Brief, own: str | None
    ) -> str:
        """In a few lines what staff need to know first, in their language."""
        words = self.desk.words
        said = [m.text for m in await store.messages(tx, chat.id) if m.sender is Sender.CITIZEN]
        lines = [words("da", "summary.own", text=_short(mask_cpr(own)))] if own else []
        if said:
            lines.append(words("da", "summary.first", text=_short(said[0])))
        if len(said) > 1:
            lines.append(words("da", "summary.last", text=_short(said[-1])))
        lines += [words("da", "summary.guidance", text=_short(line)) for line in brief.lines]
        if brief.deadline:
            day = brief.deadline.strftime("%d.%m.%Y")
            lines.append(words("da", "summary.deadline", date=day))
        return "\n".join(lines)[:SUMMARY_LIMIT]

    async def give_up(
        self, tx: AsyncSession, chat: ChatSession, now: dt.datetime
    ) -> BotReply | None:
        """The citizen goes back to the bot; nothing when they were not with people."""
        row = await handoffs.open_one(tx, chat.id)
        if row is None:
            return None
        await handoffs.move(
            tx, row, Event.GIVEN_UP, version=row.version, actor=handoffs.CITIZEN, now=now
        )
        return self.desk.told(chat.language, "given_up", "bot")

    async def call_back(
        self, tx: AsyncSession, chat: ChatSession, wish: Mapping[str, Any], now: dt.datetime
    ) -> BotReply:
        """Stores that somebody wants to be called.

        Raises:
            InvalidInput: a field is missing, too long or not a number that can be called.
        """
        given = read_callback(wish)
        brief = self.brief(chat, "da")
        tx.add(
            CallbackRequest(
                session_id=chat.id, name=given["name"], phone=given["phone"], wished=given["when"],
                language=chat.language, summary=await self._summary(tx, chat, brief, None),
                deadline=brief.deadline, created_at=now,
            )
        )  # fmt: skip
        row = await handoffs.open_one(tx, chat.id)
        if row is not None and row.state == State.WAITING:
            await self.give_up(tx, chat, now)
        return self.desk.told(chat.language, "callback_received", "callback_received")

    async def tell_citizen(
        self, tx: AsyncSession, chat: ChatSession, reply: BotReply, now: dt.datetime
    ) -> ChatMessage:
        """Adds a message of the system to a locked conversation."""
        return store.add_reply(tx, chat, reply, sender=Sender.SYSTEM, now=now, reply_to=None)

    async def announce(self, session_id: str) -> None:
        """Wakes the citizen's pages and the console."""
        await self.hub.tell(session_id)
        await self.hub.tell(STAFF)

    async def sweep(self) -> int:
        """Takes back what staff who are gone had, and tells those who waited too long; returns how many."""
        now = self.clock.now()
        async with self.database.reading() as tx:
            alive = await handoffs.seen(tx, now)
            ready = bool(await handoffs.on_duty(tx, now))
            lost = [
                row for row in await handoffs.in_state(tx, State.STAFF) if row.staff_id not in alive
            ]
            late = [
                row
                for row in await handoffs.in_state(tx, State.WAITING)
                if now - row.queued_at > self.longest or (not ready and now - row.queued_at > GRACE)
            ]
        for row in lost:
            await self._change(row, Event.LOST, now)
        for row in late:
            await self._change(row, Event.TIMED_OUT, now)
        return len(lost) + len(late)

    async def _change(self, seen: Handoff, event: Event, now: dt.datetime) -> None:
        values: dict[str, Any] = (
            {"front": True, "staff_id": None, "queued_at": now}
            if event is Event.LOST
            else {"reason": "timed_out"}
        )
        try:
            async with self.database.transaction() as tx:
                row = await tx.get(Handoff, seen.id)
                if row is None:
                    return  # erased meanwhile
                chat = await handoffs.move(
                    tx, row, event, version=seen.version, actor=handoffs.SYSTEM, now=now, **values
                )
                if event is Event.LOST:
                    place = await self.place(tx, seen.id, now)
                    reply = self.desk.waiting_reply(chat.language, place, "handoff.lost")
                else:
                    reply = self.desk.closed_reply(chat.language, "handoff.timed_out")
                await self.tell_citizen(tx, chat, reply, now)
        except Conflict:
            return  # somebody changed it meanwhile, which settles it
        await self.announce(seen.session_id)


def read_callback(wish: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a call-back request, checked.

    Raises:
        InvalidInput: what is missing or cannot be used.
    """
    given: dict[str, str] = {}
    for name, required, longest in CALLBACK_FIELDS:
        value = mask_cpr(str(wish.get(name) or "")).replace("\x00", "").strip()
        if (required and not value) or len(value) > longest:
            raise InvalidInput("callback_field", field=name)
        given[name] = value
    if not PHONE.match(given["phone"]):
        raise InvalidInput("callback_phone", field="phone")
    return given


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= QUOTED else flat[: QUOTED - 1] + "…"
