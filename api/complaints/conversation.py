"""Complaints out of a conversation: the draft it fills, the early notice, sending, and what became of it.

The conversation's session is who the draft belongs to; who may act for the session is checked before this is called.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import DENMARK
from api.complaints import store, views
from api.complaints.drafts import Drafts
from api.complaints.errors import InvalidComplaint
from api.complaints.fields import get
from api.complaints.following import Following
from api.complaints.notices import Notices
from api.complaints.saving import saving
from api.complaints.schema import Fault
from api.complaints.service import Intake, Received
from api.db.complaint_models import Complaint, ComplaintDraft
from api.db.models import ChatMessage
from api.errors import NotFound, TooMany
from api.masking import mask_cpr

CHANNEL = "chat"
# Complaints that one conversation may send within the window; more is no citizen.
SENT_AT_MOST = 10
SENT_WINDOW = dt.timedelta(hours=1)
WORDS_LENGTH = 18_000
DESCRIPTION = "/complaint/description"
TEXT_LENGTH = 8000


class Gathered(Protocol):
    """What a conversation has found out of a matter."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts, as in `assess`."""

    @property
    def words(self) -> Sequence[str]:
        """The citizen's own messages on the matter, oldest first."""

    @property
    def outcome(self) -> Mapping[str, Any]:
        """The outcome that was chosen, as JSON of the interface."""

    @property
    def wants(self) -> str | None:
        """What the citizen asks for."""


class ConversationComplaints:
    """What the bot's actions and the card in the chat ask of complaints."""

    def __init__(
        self, intake: Intake, drafts: Drafts, notices: Notices, following: Following
    ) -> None:
        self.intake = intake
        self.drafts = drafts
        self.notices = notices
        self.following = following
        self.setting = intake.setting

    async def draft(self, session: str, lang: str, gathered: Gathered) -> dict[str, Any]:
        """Begins or updates the conversation's draft; gives the card."""
        async with self._saving(lang) as tx:
            draft = await self._filled(tx, session, lang, gathered)
            return await self._card(tx, draft)

    async def notice(self, session: str, lang: str, gathered: Gathered) -> dict[str, Any]:
        """Keeps 'I want to complain' after an explicit yes; gives the receipt. A second time gives the same one."""
        async with self._saving(lang) as tx:
            draft = await self._filled(tx, session, lang, gathered)
            if draft.notice_id is not None:
                row = await self.following.load(tx, draft.notice_id)
                return views.receipt([row], None, self.setting, lang)
            row, code = await self.notices.receive(
                tx, session_id=session, lang=lang, words=gathered.words, facts=draft.facts,
                record=draft.record, now=self._now(), today=self._today(),
            )  # fmt: skip
            draft.notice_id = row.id
            return views.receipt([row], code, self.setting, lang)

    async def send(self, session: str, lang: str) -> dict[str, Any]:
        """Sends the draft after an explicit yes: the receipt, or what is still missing."""
        async with self._saving(lang) as tx:
            draft = await self._draft(tx, session)
            faults = self._faults(draft)
            if faults:
                card = await self._card(tx, draft)
                return {"problems": card["problems"], "card": card}
            received = await self._receive(tx, draft, session, lang)
            return {"receipt": self.receipt(received, lang)}

    async def status(self, session: str, lang: str) -> list[dict[str, Any]]:
        """What was filed from this conversation, who has it, and the days left."""
        async with self.following.database.reading() as tx:
            rows = await store.by_session(tx, session)
        return [self._status(row, lang) for row in rows]

    async def card(self, session: str) -> dict[str, Any]:
        """The draft as it stands.

        Raises:
            NotFound: there is none.
        """
        async with self._saving() as tx:
            return await self._card(tx, await self._draft(tx, session))

    async def change(self, session: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Writes what the citizen changed in the card; what cannot stand there is named."""
        async with self._saving() as tx:
            draft = await self._draft(tx, session)
            wrong = self.drafts.fill(draft, values, now=self._now(), today=self._today())
            return await self._card(tx, draft, wrong)

    async def approve(
        self, tx: AsyncSession, session: str, values: Mapping[str, Any], lang: str
    ) -> Received:
        """Sends what the citizen has seen and said yes to. The caller's transaction commits it.

        Raises:
            NotFound: there is no draft.
            InvalidComplaint: something is missing or cannot be.
        """
        draft = await self._draft(tx, session)
        wrong = self.drafts.fill(draft, values, now=self._now(), today=self._today())
        if faults := [*wrong, *self._faults(draft)]:
            raise InvalidComplaint(faults, self.setting.words, lang)
        return await self._receive(tx, draft, session, lang)

    async def discard(self, session: str) -> None:
        """Deletes the draft; a notice that was given stands."""
        async with self._saving() as tx:
            draft = await store.draft_of(tx, owner(session), self._now())
            if draft is not None:
                for row in await store.attachments(tx, draft_id=draft.id):
                    self.following.files.remove(row.id)
                await store.drop_draft(tx, draft.id)

    async def add_file(self, session: str, name: str, content: bytes) -> dict[str, Any]:
        """Puts a file with the draft."""
        async with self._saving() as tx:
            draft = await self._draft(tx, session)
            await self.following.files.add(
                tx, name=name, content=content, now=self._now(), draft_id=draft.id
            )
            return await self._card(tx, draft)

    async def remove_file(self, session: str, attachment: str) -> dict[str, Any]:
        """Takes a file away from the draft."""
        async with self._saving() as tx:
            draft = await self._draft(tx, session)
            for row in await store.attachments(tx, draft_id=draft.id):
                if row.id == attachment:
                    await tx.delete(row)
                    await tx.flush()
                    self.following.files.remove(row.id)
            return await self._card(tx, draft)

    async def new_code(self, tx: AsyncSession, session: str, reference: str) -> dict[str, Any]:
        """A new code for a complaint from this very conversation, for one that was lost.

        Raises:
            NotFound: nothing of that number was filed from here.
        """
        for row in await store.by_session(tx, session):
            if row.reference == reference:
                code = await self.following.replace_code(tx, row)
                return {"reference": row.reference, "follow_up_code": code}
        raise NotFound("complaint_not_found")

    async def _filled(
        self, tx: AsyncSession, session: str, lang: str, gathered: Gathered
    ) -> ComplaintDraft:
        draft = await self.drafts.open(tx, owner(session), lang, self._now(), gathered.facts)
        words = "\n\n".join(word.strip() for word in gathered.words if word.strip())
        if words:
            self.drafts.put_words(draft, DESCRIPTION, mask_cpr(words)[:WORDS_LENGTH])
        return draft

    async def _receive(
        self, tx: AsyncSession, draft: ComplaintDraft, session: str, lang: str
    ) -> Received:
        now = self._now()
        rows = await store.by_session(tx, session)
        recent = {
            row.group_id or row.id for row in rows if row.submitted_at and row.submitted_at > now - SENT_WINDOW
        }  # fmt: skip
        if len(recent) >= SENT_AT_MOST:
            seconds = int(SENT_WINDOW.total_seconds())
            raise TooMany(seconds=seconds, headers={"Retry-After": str(seconds)})
        transcript: Sequence[Mapping[str, Any]] = ()
        if get(draft.record, "/consent/share_transcript/granted") is True:
            transcript = await _transcript(tx, session)
        given = self.drafts.submission(
            draft, CHANNEL, now, session_id=session, transcript=transcript
        )
        received = await self.intake.receive(tx, given, now=now, today=self._today())
        await self.following.ask_to_confirm(tx, received.parts[0])
        return received

    def receipt(self, received: Received, lang: str) -> dict[str, Any]:
        """The receipt of what was received."""
        return views.receipt(received.parts, received.code, self.setting, lang)

    def receipt_text(self, received: Received, lang: str) -> str:
        """The receipt in one line."""
        return views.receipt_text(received.parts[0], self.setting, lang)

    def _faults(self, draft: ComplaintDraft) -> list[Fault]:
        return self.drafts.faults(draft, CHANNEL, self._now(), self._today())

    async def _card(
        self, tx: AsyncSession, draft: ComplaintDraft, wrong: Sequence[Fault] = ()
    ) -> dict[str, Any]:
        files = await store.attachments(tx, draft_id=draft.id)
        named = {fault.pointer for fault in wrong}
        missing = [fault for fault in self._faults(draft) if fault.pointer not in named]
        return self.drafts.card(draft, files, [*wrong, *missing], CHANNEL)

    async def _draft(self, tx: AsyncSession, session: str) -> ComplaintDraft:
        draft = await store.draft_of(tx, owner(session), self._now(), to_change=True)
        if draft is None:
            raise NotFound("draft_missing")
        return draft

    def _status(self, row: Complaint, lang: str) -> dict[str, Any]:
        return {
            "kind": "notice" if row.is_notice else "complaint",
            "reference": row.reference,
            "status": row.status,
            "status_text": self.setting.words(lang, f"status.{row.status}"),
            "holder": views.holder(row, self.setting, lang),
            "received_at": row.received_at.astimezone(DENMARK).isoformat(timespec="seconds"),
            "received_at_text": views.time_text(row.received_at, lang),
            "answer_due": row.answer_due.isoformat() if row.answer_due else None,
            "steps": views.clock(row, self._today(), self.setting, lang),
        }

    def _saving(self, lang: str = "da") -> Any:
        return saving(self.following.database, self.setting.profile.organisation, lang)

    def _now(self) -> dt.datetime:
        return self.following.now()

    def _today(self) -> dt.date:
        return self.following.today()


def owner(session: str) -> str:
    """Whose draft it is."""
    return f"chat:{session}"


async def _transcript(tx: AsyncSession, session: str) -> list[dict[str, Any]]:
    """The conversation as it was stored, CPR numbers masked then; cards and buttons are left out."""
    query = select(ChatMessage).where(ChatMessage.session_id == session).order_by(ChatMessage.seq)
    rows = [row for row in await tx.scalars(query) if row.text.strip()]
    return [
        {
            "id": str(row.seq), "at": row.at.astimezone(DENMARK).isoformat(timespec="seconds"),
            "role": row.sender, "text": mask_cpr(row.text)[:TEXT_LENGTH],
        }
        for row in rows[-2000:]
    ]  # fmt: skip
