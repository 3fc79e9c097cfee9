"""What staff do with a case; every act changes the history that its citizen sees, or says why it cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Staff
from api.complaints import store, views
from api.complaints.fields import get
from api.complaints.parts import ComplaintParts
from api.db.case_models import CaseFile, CaseNote
from api.db.complaint_models import Complaint, ComplaintCall
from api.errors import NotFound, ProblemError
from api.masking import mask_cpr
from api.staff.register_list import unit_contacts
from api.words import Words

TEXT_LENGTH = 20_000
REASON_LENGTH = 2_000
UNIT_LENGTH = 200
NAME_LENGTH = 300
# Ways on which an answer reaches the citizen; only the first one shows its text on the follow-up page.
WAYS = ("follow_up", "digital_post", "letter", "email", "talk")
OUTCOMES = ("medhold", "delvist", "ikke", "uformelt", "videresendt")
# These say something of the merits, so the citizen must have had an answer.
NEED_ANSWER = frozenset({"medhold", "delvist", "ikke"})


class NotDone(ProblemError):
    """It cannot be done so; `fault` names the sentence that says why, unless `said` is it; nothing was changed."""

    status = 422
    code = "invalid_input"

    def __init__(self, fault: str, *, status: int = 422, said: str = "") -> None:
        super().__init__("conflict" if status == 409 else None, field=fault)
        self.fault = fault
        self.said = said
        self.status = status


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the audit log's word, and the page's."""

    act: str
    said: str


class CaseActs:
    """Changes cases, in the transaction of the caller."""

    def __init__(self, parts: ComplaintParts, words: Words, points: Sequence[str]) -> None:
        self.parts = parts
        self.words = words
        self.points = frozenset(points)

    async def take(self, tx: AsyncSession, row: Complaint, staff: Staff, now: dt.datetime) -> Done:
        """Somebody has the case from now on, and the citizen sees that it is under way."""
        self._require_open(row)
        file = await self._file(tx, row, now)
        file.taken_by = staff.username
        if row.status in ("sent", "handed_on"):
            await self._status(tx, row, "accepted", None, staff, now)
        return Done("took", "taken")

    async def note(
        self, tx: AsyncSession, row: Complaint, staff: Staff, now: dt.datetime, *, text: str
    ) -> Done:
        """A note among staff."""
        written, masked = _clean(text, TEXT_LENGTH)
        if not written:
            raise NotDone("text")
        tx.add(CaseNote(complaint_id=row.id, author=staff.username, text=written, at=now))
        return Done("noted", "masked" if masked else "noted")

    async def save_answer(
        self, tx: AsyncSession, row: Complaint, staff: Staff, now: dt.datetime, *, text: str,
        ticked: Sequence[str], version: int,
    ) -> Done:  # fmt: skip
        """Keeps the answer as it is being written."""
        self._require_open(row)
        written, masked = _clean(text, TEXT_LENGTH)
        file = await self._file(tx, row, now)
        if version != file.version:
            raise NotDone("changed", status=409)
        file.answer, file.ticked = written, sorted(self.points & set(ticked))
        file.version, file.updated_at = file.version + 1, now
        return Done("saved_answer", "masked" if masked else "saved")

    async def send_answer(
        self, tx: AsyncSession, row: Complaint, staff: Staff, now: dt.datetime, *, text: str,
        ticked: Sequence[str], version: int, how: str,
    ) -> Done:  # fmt: skip
        """The answer has gone to the citizen; its text is shown on the follow-up page only when it is sent so."""
        if how not in WAYS:
            raise NotDone("how")
        if is_anonymous(row) and how != "follow_up":
            raise NotDone("anonymous")
        if how == "follow_up" and not text.strip():
            raise NotDone("text")
        await self.save_answer(tx, row, staff, now, text=text, ticked=ticked, version=version)
        file = await self._file(tx, row, now)
        file.answered_how, file.answered_at, file.answered_by = how, now, staff.username
        shown = file.answer if how == "follow_up" else None
        await self._status(tx, row, "answered", shown, staff, now)
        return Done("sent_answer", "sent")

    async def hand_on(
        self, tx: AsyncSession, row: Complaint, staff: Staff, now: dt.datetime, *, to: str,
        unit: str, reason: str,
    ) -> Done:  # fmt: skip
        """'Not ours': another unit has the case now, and the citizen sees why."""
        self._require_open(row)
        organisation = self.parts.setting.profile.organisation
        if to not in unit_contacts(organisation):
            raise NotDone("contact")
        why, masked = _clean(reason, REASON_LENGTH)
        named, _ = _clean(unit, UNIT_LENGTH)
        if not why:
            raise NotDone("reason")
        if to == row.recipient_contact and named in ("", row.unit or ""):
            raise NotDone("same")
        name = organisation.contact(to).name.of(row.language)
        full = f"{named}, {name}" if named else name
        await self.parts.delivery.handed_on(
            tx, row.id, contact_id=to, name=full[:NAME_LENGTH], reason=why, actor=staff.username,
            at=now,
        )  # fmt: skip
        row.forvaltning = to if to in organisation.forvaltninger else None
        row.unit = named or None
        file = await self._file(tx, row, now)
        file.taken_by = None
        return Done("handed_on", "masked" if masked else "handed_on")

    async def forward(
        self, tx: AsyncSession, row: Complaint, staff: Staff, now: dt.datetime
    ) -> Done:
        """The letter has gone to whom it belongs with."""
        if not may_forward(row):
            raise NotDone("state", status=409)
        await self.parts.delivery.forwarded(tx, row.id, actor=staff.username, at=now)
        return Done("forwarded", "forwarded")

    async def close(
        self, tx: AsyncSession, row: Complaint, staff: Staff, now: dt.datetime, *, outcome: str
    ) -> Done:
        """The case has ended; how it ended is told to the citizen."""
        self._require_open(row)
        if outcome not in OUTCOMES:
            raise NotDone("outcome")
        file = await self._file(tx, row, now)
        if outcome in NEED_ANSWER and row.status != "answered" and file.answered_at is None:
            raise NotDone("unanswered")
        file.outcome, file.outcome_at, file.outcome_by = outcome, now, staff.username
        told = self.words(row.language, f"told.{outcome}")
        await self._status(tx, row, "closed", told, staff, now)
        return Done("closed", "closed")

    async def called(self, tx: AsyncSession, call: ComplaintCall, staff: Staff, now: dt.datetime) -> Done:  # fmt: skip
        """Somebody has told the citizen."""
        if call.done_at is not None:
            raise NotDone("state", status=409)
        call.done_at, call.done_by = now, staff.username
        return Done("called_back", "called")

    async def _status(
        self, tx: AsyncSession, row: Complaint, status: str, note: str | None, staff: Staff,
        now: dt.datetime,
    ) -> None:  # fmt: skip
        await self.parts.delivery.status_changed(
            tx, row.id, status=status, note=note, at=now, source_event_id=f"register:{uuid4()}",
            actor=staff.username,
        )  # fmt: skip

    async def _file(self, tx: AsyncSession, row: Complaint, now: dt.datetime) -> CaseFile:
        file = await tx.get(CaseFile, row.id, with_for_update=True)
        if file is None:
            file = CaseFile(complaint_id=row.id, version=0, answer="", ticked=[], updated_at=now)
            tx.add(file)
            await tx.flush()
        return file

    def _require_open(self, row: Complaint) -> None:
        if store.has_ended(row):
            raise NotDone("state", status=409)


def is_anonymous(row: Complaint) -> bool:
    """Whether the citizen can be reached on the follow-up page alone."""
    return bool(get(row.record, "/complainant/identification/method") == "anonymous")


def may_forward(row: Complaint) -> bool:
    """Whether somebody must send it by hand: it belongs elsewhere, or could not be delivered."""
    if row.status == "delivery_failed":
        return True
    return row.status == "received" and views.is_forwarded(row)


async def waiting_calls(
    tx: AsyncSession, rows_seen: ColumnElement[bool]
) -> list[tuple[ComplaintCall, Complaint]]:
    """Citizens who must be told something, the oldest first."""
    query = (
        select(ComplaintCall, Complaint)
        .join(Complaint, Complaint.id == ComplaintCall.complaint_id)
        .where(ComplaintCall.done_at.is_(None), rows_seen)
        .order_by(ComplaintCall.created_at, ComplaintCall.id)
    )
    return [(call, row) for call, row in (await tx.execute(query)).all()]


async def one_call(
    tx: AsyncSession, rows_seen: ColumnElement[bool], call_id: int
) -> tuple[ComplaintCall, Complaint]:
    """One line of the call list.

    Raises:
        NotFound: there is none, or it is not this reader's to see.
    """
    query = (
        select(ComplaintCall, Complaint)
        .join(Complaint, Complaint.id == ComplaintCall.complaint_id)
        .where(ComplaintCall.id == call_id, rows_seen)
        .with_for_update()
    )
    found = (await tx.execute(query)).first()
    if found is None:
        raise NotFound()
    return found[0], found[1]


def _clean(text: str, longest: int) -> tuple[str, bool]:
    """The text as it is kept, and whether a CPR number was taken out."""
    plain = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(plain) > longest:
        raise NotDone("too_long")
    kept = mask_cpr(plain)
    return kept, kept != plain
