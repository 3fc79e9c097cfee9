"""Makes a contact of everything that happened, from what is already stored; each is made once."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import ColumnElement, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints.steps import local_day
from api.db.case_models import CaseFile
from api.db.complaint_models import Complaint, ComplaintEvent
from api.db.engine import Database
from api.db.handoff_models import CallbackRequest
from api.db.models import ChatMessage, ChatSession, KnowledgeFeedback
from api.db.oversight_models import ContactSource
from api.oversight import contacts, tally
from api.oversight.contacts import Bucket
from api.oversight.proposal import Entry, of_complaint, of_conversation, of_verdict
from knowledge.guidance import Profile

log = structlog.get_logger(__name__)

CHAT, COMPLAINT, CALLBACK, FEEDBACK, STAFF = "chat", "complaint", "callback", "feedback", "staff"
# How often what is new is registered, in seconds; a conversation that is erased sooner is not counted.
EVERY_SECONDS = 60.0
# Looked at again each time, since a transaction that began earlier may end later.
OVERLAP = dt.timedelta(minutes=10)
FROM_THE_START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# At a time, so that nobody who writes to the bot meanwhile waits for long: some three milliseconds each.
BATCH = 20

# How a complaint came, as its record says it, and as contacts do.
CHANNELS = {"chat": "chat", "web_form": "web", "phone_assisted": "phone", "in_person": "in_person"}

Found = Sequence[tuple[str, Entry]]


class Registration:
    """Registers contacts."""

    def __init__(
        self, database: Database, profile: Profile, now: Callable[[], dt.datetime]
    ) -> None:
        self.database = database
        self.profile = profile
        self.now = now
        # When each conversation of the overlap last changed, as it was registered: most have not changed since.
        self._chats: Mapping[str, dt.datetime] = {}
        # What has changed and is not counted yet. Nobody knows what a process that ended had left uncounted, so the
        # first time all that is looked at is counted.
        self._uncounted: set[Bucket] = set()
        self._begun: set[str] = set()

    @property
    def limit(self) -> int:
        """Within how many working days a complaint is to be answered."""
        return self.profile.book.limits.reply.amount

    async def run(self, *, everything: bool = False) -> dict[str, int]:
        """Registers what is new or has changed, or all there is; gives how many were looked at."""
        looked = {}
        for name, ids_of, entries_of in (
            (CHAT, _chats, self._of_chats), (COMPLAINT, _complaints, self._of_complaints),
            (CALLBACK, _callbacks, self._of_callbacks), (FEEDBACK, _feedback, self._of_feedback),
        ):  # fmt: skip
            looked[name] = await self._source(name, ids_of, entries_of, everything=everything)
        return looked

    async def recount(self, *, mend: bool = True) -> int:
        """Counts all sums again from the contacts; gives how many were not right, and puts them right."""
        wrong = 0
        async with self.database.reading() as tx:
            buckets = sorted(await tally.buckets_in_use(tx))
        for one in buckets:
            async with self.database.transaction() as tx:
                off = await tally.differences(tx, one, self.limit)
                if off and mend:
                    await tally.refresh(tx, [one], self.limit)
            wrong += off
        return wrong

    async def _source(
        self, name: str, ids_of: Callable[[dt.datetime], Any],
        entries_of: Callable[[AsyncSession, Sequence[Any]], Awaitable[Found]], *, everything: bool,
    ) -> int:  # fmt: skip
        began = self.now()
        async with self.database.reading() as tx:
            seen = await tx.get(ContactSource, name)
            since = FROM_THE_START if everything or seen is None else seen.seen_at - OVERLAP
            rows = (await tx.execute(ids_of(since))).all()
        changed = {row[0]: row[1] for row in rows}
        ids = [one for one, when in changed.items() if everything or not self._has(name, one, when)]
        for at in range(0, len(ids), BATCH):
            async with self.database.transaction() as tx:
                found = await entries_of(tx, ids[at : at + BATCH])
                touched = await contacts.put(tx, name, found, began)
            self._uncounted |= touched
            if name not in self._begun:
                self._uncounted |= {contacts.bucket_of(entry) for _, entry in found}
        async with self.database.transaction() as tx:
            await tally.refresh(tx, self._uncounted, self.limit)
            await tx.merge(ContactSource(name=name, seen_at=began))
        self._uncounted.clear()
        self._begun.add(name)
        if name == CHAT:
            self._chats = changed
        return len(ids)

    def _has(self, name: str, origin: Any, changed: dt.datetime | None) -> bool:
        """Whether a conversation was registered as it is now; what else there is changes in many places."""
        return name == CHAT and changed is not None and self._chats.get(origin) == changed

    async def _of_chats(self, tx: AsyncSession, ids: Sequence[str]) -> Found:
        rows = await tx.scalars(select(ChatSession).where(ChatSession.id.in_(ids)))
        return [
            (
                anonymous(row.id),
                of_conversation(
                    _facts(row.facts), channel="chat", language=row.language,
                    received=local_day(row.created_at), profile=self.profile,
                ),
            )
            for row in rows
        ]  # fmt: skip

    async def _of_complaints(self, tx: AsyncSession, ids: Sequence[str]) -> Found:
        rows = list(await tx.scalars(select(Complaint).where(Complaint.id.in_(ids))))
        query = select(CaseFile).where(CaseFile.complaint_id.in_(ids))
        files = {one.complaint_id: one for one in await tx.scalars(query)}
        events = select(ComplaintEvent.complaint_id, ComplaintEvent.at).where(
            ComplaintEvent.complaint_id.in_(ids), ComplaintEvent.kind == "answered"
        )
        told: dict[str, dt.datetime] = {}
        for complaint, at in await tx.execute(events):
            told[complaint] = min(at, told.get(complaint, at))
        found = []
        for row in rows:
            file = files.get(row.id)
            answered = (file.answered_at if file else None) or told.get(row.id)
            entry = of_complaint(
                row.record, is_notice=row.is_notice, route=row.route, forvaltning=row.forvaltning,
                unit=row.unit, channel=_channel(row.channel), language=row.language,
                received=local_day(row.received_at),
                answered=local_day(answered) if answered else None,
                outcome=file.outcome if file else None, profile=self.profile,
            )  # fmt: skip
            found.append((row.id, entry))
        return found

    async def _of_callbacks(self, tx: AsyncSession, ids: Sequence[int]) -> Found:
        rows = await tx.scalars(select(CallbackRequest).where(CallbackRequest.id.in_(ids)))
        return [
            (
                str(row.id),
                of_conversation(
                    {}, channel="phone", language=row.language,
                    received=local_day(row.created_at), profile=self.profile,
                    answered=local_day(row.done_at) if row.done_at else None,
                ),
            )
            for row in rows
        ]  # fmt: skip

    async def _of_feedback(self, tx: AsyncSession, ids: Sequence[int]) -> Found:
        rows = await tx.scalars(select(KnowledgeFeedback).where(KnowledgeFeedback.id.in_(ids)))
        return [
            (
                str(row.id),
                of_verdict(
                    answered=row.answered, audience=row.audience, language=row.language,
                    received=local_day(row.at),
                ),
            )
            for row in rows
        ]  # fmt: skip


def anonymous(session_id: str) -> str:
    """What a conversation is known by among the contacts, which does not lead back to it."""
    return hashlib.sha256(f"contact:{session_id}".encode()).hexdigest()[:40]


async def keep_registering(registration: Registration) -> None:
    """Registers now and then; a failure waits for the next time."""
    while True:
        try:
            await registration.run()
        except Exception as error:  # what is not counted now is counted next time
            log.error("contacts.failed", kind=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


def _chats(since: dt.datetime) -> Any:
    wrote = select(ChatMessage.session_id).where(
        ChatMessage.session_id == ChatSession.id, ChatMessage.sender == "citizen"
    )
    return select(ChatSession.id, ChatSession.last_active_at).where(
        ChatSession.last_active_at >= since, wrote.exists()
    )


def _complaints(since: dt.datetime) -> Any:
    changed = union(
        select(ComplaintEvent.complaint_id).where(ComplaintEvent.at >= since),
        select(CaseFile.complaint_id).where(CaseFile.updated_at >= since),
    ).subquery()
    return select(Complaint.id, Complaint.received_at).where(
        or_(Complaint.received_at >= since, Complaint.id.in_(select(changed.c[0])))
    )


def _callbacks(since: dt.datetime) -> Any:
    new: ColumnElement[bool] = CallbackRequest.created_at >= since
    return select(CallbackRequest.id, CallbackRequest.created_at).where(
        new | (CallbackRequest.done_at >= since)
    )


def _feedback(since: dt.datetime) -> Any:
    return select(KnowledgeFeedback.id, KnowledgeFeedback.at).where(KnowledgeFeedback.at >= since)


def _facts(slots: Mapping[str, Any]) -> Mapping[str, Any]:
    held = slots.get("facts")
    return held if isinstance(held, Mapping) else {}


def _channel(channel: str) -> str:
    return CHANNELS.get(channel, "other")
