"""What staff do with conversations: claim, write, give back, hand on, close. Every act is guarded and written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Role, Staff, audit
from api.chat import handoffs, store
from api.chat.live import LiveService
from api.chat.model import Message, State
from api.chat.transitions import Event
from api.chat.turns import TEXT_LIMIT
from api.db.handoff_models import CallbackRequest, ConversationNote, Handoff
from api.db.models import ChatMessage, ChatSession, StaffAccount
from api.errors import Conflict, Forbidden, InvalidInput, NotFound

KIND = "conversation"


class Staffing:
    """The staff side of the live chat."""

    def __init__(self, live: LiveService, *, session_hours: float, units: Sequence[str]) -> None:
        self.live = live
        self.database = live.database
        self.clock = live.clock
        self.lifetime = timedelta(hours=session_hours)
        # The forvaltninger that a conversation can be handed to.
        self.units = tuple(units)

    async def find(self, tx: AsyncSession, session_id: str, staff: Staff) -> Handoff:
        """The newest hand-off of a conversation, for who may see it.

        Raises:
            NotFound: it was never handed to people, or is erased.
            Forbidden: it belongs to a unit that is not theirs.
        """
        row: Handoff | None = await tx.scalar(
            select(Handoff)
            .where(Handoff.session_id == session_id)
            .order_by(Handoff.id.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise NotFound()
        if not may_see(staff, row):
            raise Forbidden()
        return row

    async def claim(self, session_id: str, staff: Staff, version: int | None) -> int:
        """Takes a waiting conversation; of two who try, one wins.

        Raises:
            Conflict: somebody else has it by now.
        """
        async with self.database.transaction() as tx:
            now = self.clock.now()
            row = await self.find(tx, session_id, staff)
            if row.state != State.WAITING:
                raise Conflict("handoff_taken")
            chat = await handoffs.move(
                tx, row, Event.CLAIMED, version=version or row.version, actor=staff.username,
                now=now, staff_id=staff.id, claimed_at=now, front=False,
            )  # fmt: skip
            chat.expires_at = now + self.lifetime
            reply = self.live.desk.told(chat.language, "joined", "staff", name=staff.name)
            await self.live.tell_citizen(tx, chat, reply, now)
            self._audit(tx, staff, "claimed", session_id)
            version = row.version
        await self.live.announce(session_id)
        return version

    async def say(
        self, session_id: str, staff: Staff, text: str, client_id: str | None,
        sources: Sequence[dict[str, Any]],
    ) -> Message:  # fmt: skip
        """Writes to the citizen; the same client id writes once.

        Raises:
            Conflict: somebody else has the conversation, or nobody.
            InvalidInput: nothing is written, or too much.
        """
        wanted = text.replace("\x00", "").strip()
        if not wanted:
            raise InvalidInput("text_empty", field="text")
        if len(wanted) > TEXT_LIMIT:
            raise InvalidInput("text_too_long", field="text", limit=TEXT_LIMIT)
        async with self.database.transaction() as tx:
            now = self.clock.now()
            chat = await tx.get(ChatSession, session_id, with_for_update=True)
            row = await self._own(tx, session_id, staff)
            if chat is None or row is None:
                raise Conflict("handoff_not_yours")
            own_id = f"staff-{staff.id}-{client_id}"[:64] if client_id else None
            written = await store.find_sent(tx, session_id, own_id)
            if written is None:
                written = store.add_staff(
                    tx, chat, text=wanted, author=staff.username, client_id=own_id,
                    sources=sources, now=now,
                )  # fmt: skip
                chat.expires_at = now + self.lifetime
            message = store.as_message(written)
        await self.live.announce(session_id)
        return message

    async def release(self, session_id: str, staff: Staff, *, to_queue: bool) -> None:
        """Gives the conversation back to the bot, or to the front of the queue for a colleague."""
        event = Event.REQUEUED if to_queue else Event.RELEASED
        values: dict[str, Any] = (
            {"staff_id": None, "front": True, "queued_at": self.clock.now()}
            if to_queue
            else {"reason": "released"}
        )
        key = "requeued" if to_queue else "returned"
        await self._end(session_id, staff, event, key, values, "released")

    async def transfer(
        self, session_id: str, staff: Staff, *, colleague: str | None, unit: str | None
    ) -> None:
        """Hands the conversation to a colleague who is on duty, or to a forvaltning's queue.

        Raises:
            InvalidInput: neither, both, a colleague who is not on duty, or an unknown unit.
        """
        if (colleague is None) == (unit is None):
            raise InvalidInput(field="colleague")
        if unit is not None:
            if unit not in self.units:
                raise InvalidInput(field="unit")
            values = {"staff_id": None, "unit": unit, "front": True, "queued_at": self.clock.now()}
            await self._end(
                session_id, staff, Event.REFERRED, "referred", values, "transferred", unit=unit
            )
            return
        async with self.database.reading() as tx:
            ready = await handoffs.on_duty(tx, self.clock.now())
        target = next((one for one in ready if one.username == colleague), None)
        if target is None or target.id == staff.id:
            raise InvalidInput(field="colleague")
        await self._end(
            session_id, staff, Event.TRANSFERRED, "transferred", {"staff_id": target.id},
            "transferred", name=target.name, colleague=target.username,
        )  # fmt: skip

    async def close(self, session_id: str, staff: Staff, reason: str) -> None:
        """Ends the conversation with a reason; the citizen may write on, and then the bot answers."""
        await self._end(session_id, staff, Event.CLOSED, "ended", {"reason": reason}, "closed")

    async def _end(
        self, session_id: str, staff: Staff, event: Event, key: str, values: dict[str, Any],
        act: str, **details: Any,
    ) -> None:  # fmt: skip
        """One of the ways in which a conversation leaves whoever has it."""
        async with self.database.transaction() as tx:
            now = self.clock.now()
            row = await self._own(tx, session_id, staff)
            if row is None:
                raise Conflict("handoff_not_yours")
            chat = await handoffs.move(
                tx, row, event, version=row.version, actor=staff.username, now=now,
                details=details, **values,
            )  # fmt: skip
            chat.expires_at = now + self.lifetime
            reply = self.live.desk.told(chat.language, key, chat.state, **details)
            await self.live.tell_citizen(tx, chat, reply, now)
            self._audit(tx, staff, act, session_id, **details)
        await self.live.announce(session_id)

    async def note(self, session_id: str, staff: Staff, text: str) -> None:
        """Keeps a note among staff; the citizen's page never gets it."""
        wanted = text.replace("\x00", "").strip()
        if not wanted or len(wanted) > TEXT_LIMIT:
            raise InvalidInput("text_empty", field="text")
        async with self.database.transaction() as tx:
            await self.find(tx, session_id, staff)
            now = self.clock.now()
            tx.add(
                ConversationNote(session_id=session_id, author=staff.username, text=wanted, at=now)
            )
            self._audit(tx, staff, "noted", session_id)
        await self.live.hub.tell("staff")

    async def call_done(self, callback_id: int, staff: Staff) -> None:
        """Somebody has called.

        Raises:
            NotFound: no such request.
            Conflict: a colleague has called already.
        """
        async with self.database.transaction() as tx:
            row = await tx.get(CallbackRequest, callback_id, with_for_update=True)
            if row is None:
                raise NotFound()
            if row.done_at is not None:
                raise Conflict("handoff_taken")
            row.done_at, row.done_by = self.clock.now(), staff.username
            self._audit(tx, staff, "called_back", str(callback_id), kind="callback")
        await self.live.hub.tell("staff")

    async def heartbeat(self, staff: Staff, *, on_duty: bool) -> None:
        """A sign of life of somebody's console."""
        ready = on_duty and staff.may(Role.LIVE_STAFF)
        async with self.database.transaction() as tx:
            await handoffs.heartbeat(tx, staff.id, on_duty=ready, now=self.clock.now())

    async def latest_words(self, session_id: str, staff: Staff) -> tuple[str, str]:
        """What the citizen wrote last, and the conversation's language."""
        async with self.database.reading() as tx:
            await self.find(tx, session_id, staff)
            chat = await tx.get_one(ChatSession, session_id)
            text = await tx.scalar(
                select(ChatMessage.text)
                .where(ChatMessage.session_id == session_id, ChatMessage.sender == "citizen")
                .order_by(ChatMessage.seq.desc())
                .limit(1)
            )
        return text or "", chat.language

    async def _own(self, tx: AsyncSession, session_id: str, staff: Staff) -> Handoff | None:
        row = await handoffs.open_one(tx, session_id)
        mine = row is not None and row.state == State.STAFF and row.staff_id == staff.id
        return row if mine else None

    def _audit(
        self, tx: AsyncSession, staff: Staff, act: str, subject: str, *, kind: str = KIND,
        **details: Any,
    ) -> None:  # fmt: skip
        audit(
            tx, actor=staff.username, act=act, kind=kind, subject=subject, now=self.clock.now(),
            **details,
        )  # fmt: skip


def may_see(staff: Staff, row: Handoff) -> bool:
    """Whether a hand-off is for this member of staff: their unit's, nobody's yet, or their own."""
    return (
        row.unit is None or not staff.units or row.unit in staff.units or row.staff_id == staff.id
    )


async def names(tx: AsyncSession, ids: Sequence[int]) -> dict[int, str]:
    """The names of members of staff, by id."""
    rows = await tx.execute(
        select(StaffAccount.id, StaffAccount.name).where(StaffAccount.id.in_(ids))
    )
    return {row.id: row.name for row in rows}
