"""What the holder of a reference and its code can do: look, add, withdraw, say where news shall be sent."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import baton, store, views
from api.complaints.attachments import Attachments
from api.complaints.codes import code_fits, hash_code, new_code, read_reference
from api.complaints.errors import InvalidComplaint, TooLate, UnknownComplaint
from api.complaints.record import Setting, stamp
from api.complaints.schema import Fault
from api.db.complaint_models import Complaint, ComplaintAttachment
from api.db.engine import Database
from api.masking import holds_cpr
from api.outbox.store import enqueue

WITHDRAWN = "dk.stafet.complaint.withdrawn"
ADDED = "dk.stafet.complaint.information_added"
MAIL_REQUESTED = "dk.stafet.mail.requested"
TEXT_LIMIT = 20_000
EMAIL_LIMIT = 254
# What a mail is about that only asks whether the address is right.
CONFIRM = "confirm"
TOKEN_BYTES = 24
# Only what a confirmation can then be sent to matters; the mail server knows the rest.
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A complaint with all that its holder may see."""

    complaint: Complaint
    view: dict[str, Any]


class Following:
    """Opens complaints to whoever holds the code, and keeps count of wrong ones."""

    def __init__(
        self, setting: Setting, database: Database, files: Attachments,
        now: Callable[[], dt.datetime], today: Callable[[], dt.date], public_url: str,
        mail: bool,
    ) -> None:  # fmt: skip
        self.setting = setting
        self.database = database
        self.files = files
        self.now = now
        self.today = today
        self.public_url = public_url.rstrip("/")
        # Whether there is a mail server; without one nobody is promised a mail.
        self.mail = mail

    async def open(self, reference: str, code: str, address: str) -> str:
        """The id of the complaint, for the right code.

        Raises:
            TooMany: too many wrong codes.
            UnknownComplaint: no such reference or not this code; both take the same work.
        """
        wanted, now = read_reference(reference), self.now()
        # The failure is written even though the call fails, so it has a transaction of its own.
        async with self.database.reading() as tx:
            await store.refuse_guessing(tx, wanted, address, now)
            row = await store.by_reference(tx, wanted)
        if code_fits(row.code_hash if row is not None else None, code) and row is not None:
            return row.id
        async with self.database.transaction() as tx:
            store.note_failure(tx, wanted, address, now)
        raise UnknownComplaint()

    async def load(
        self, tx: AsyncSession, complaint_id: str, *, to_change: bool = False
    ) -> Complaint:
        """The complaint behind an id that `open` gave."""
        row = await tx.get(Complaint, complaint_id, with_for_update=to_change)
        if row is None:
            raise UnknownComplaint()
        return row

    async def view(self, tx: AsyncSession, row: Complaint, lang: str) -> dict[str, Any]:
        """Everything that the holder may see."""
        events = await store.events(tx, row.id)
        seen = views.follow_up(
            row, events,
            await store.attachments(tx, complaint_id=row.id), await store.group_of(tx, row),
            self.today(), self.setting, lang,
        )  # fmt: skip
        since = baton.told_since(row, events, lang)
        return seen | since | {"mail_possible": self.mail, "reachable": views.is_reachable(row)}

    async def withdraw(self, tx: AsyncSession, row: Complaint) -> None:
        """Takes the complaint back; a second time changes nothing.

        Raises:
            TooLate: it is closed.
        """
        if row.status == "withdrawn":
            return
        if store.has_ended(row):
            raise TooLate()
        now = self.now()
        row.status, row.closed_at = "withdrawn", now
        await store.add_event(tx, row.id, "withdrawn", at=now, actor="citizen")
        if not views.is_forwarded(row):
            await self._tell(tx, row, WITHDRAWN, {"withdrawn_at": stamp(now)}, "withdrawn")

    async def add_information(self, tx: AsyncSession, row: Complaint, text: str) -> None:
        """Adds to what was sent.

        Raises:
            InvalidComplaint: nothing is written, too much, or a CPR number.
            TooLate: it was withdrawn or closed.
        """
        written = text.replace("\x00", "").strip()
        fault = "missing" if not written else "too_long" if len(written) > TEXT_LIMIT else None
        fault = fault or ("cpr" if holds_cpr(written) else None)
        if fault is not None:
            raise InvalidComplaint([Fault("/text", fault)], self.setting.words, row.language)
        if store.has_ended(row):
            raise TooLate()
        now = self.now()
        await store.add_event(
            tx, row.id, "information_added", at=now, actor="citizen", note=written
        )
        key = f"information:{hashlib.sha256(written.encode()).hexdigest()[:16]}:{stamp(now)}"
        await self._tell(tx, row, ADDED, {"text": written, "added_at": stamp(now)}, key)

    async def add_file(
        self, tx: AsyncSession, row: Complaint, name: str, content: bytes
    ) -> ComplaintAttachment:
        """Adds a file to what was sent.

        Raises:
            InvalidInput: of a kind or size that is not taken.
            TooLate: it was withdrawn or closed.
        """
        if store.has_ended(row):
            raise TooLate()
        now = self.now()
        added = await self.files.add(tx, name=name, content=content, now=now, complaint_id=row.id)
        await store.add_event(
            tx, row.id, "attachment_added", at=now, actor="citizen", name=added.filename
        )
        told = {"attachments": store.as_metadata([added]), "added_at": stamp(now)}
        await self._tell(tx, row, ADDED, told, f"attachment:{added.id}")
        return added

    async def replace_email(self, tx: AsyncSession, row: Complaint, email: str) -> None:
        """Another address for news; it gets nothing before it is confirmed.

        Raises:
            InvalidComplaint: it cannot be an address.
        """
        address = email.strip()
        if not EMAIL.fullmatch(address) or len(address) > EMAIL_LIMIT or holds_cpr(address):
            raise InvalidComplaint([Fault("/email", "wrong")], self.setting.words, row.language)
        row.email, row.email_confirmed_at = address, None
        await store.add_event(tx, row.id, "email_changed", at=self.now(), actor="citizen")
        await self.ask_to_confirm(tx, row)

    async def ask_to_confirm(self, tx: AsyncSession, row: Complaint) -> None:
        """Sends a link that confirms the address; nothing of the complaint is in it."""
        if not self.mail or row.email is None or row.email_confirmed_at is not None:
            return
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self.now()
        row.email_token_hash = _hash(token)
        link = f"{self.public_url}/opfoelgning/mail?til={row.reference}&bevis={token}"
        await self._mail(tx, row, CONFIRM, CONFIRM, link, now)

    async def confirm_email(self, tx: AsyncSession, reference: str, token: str) -> bool:
        """Whether the link was the right one; then the address gets news from now on."""
        row = await store.by_reference(tx, read_reference(reference), to_change=True)
        stored = row.email_token_hash if row is not None else None
        fits = hmac.compare_digest(stored or _hash(""), _hash(token))
        if row is None or stored is None or not fits:
            return False
        now = self.now()
        row.email_confirmed_at, row.email_token_hash = now, None
        await store.add_event(tx, row.id, "email_confirmed", at=now, actor="citizen")
        return True

    async def tell_news(self, tx: AsyncSession, row: Complaint, what: str) -> None:
        """Tells the citizen that there is news: by a link to a confirmed address, else somebody shall call."""
        now = self.now()
        if self.mail and row.email is not None and row.email_confirmed_at is not None:
            link = f"{self.public_url}/opfoelgning"
            kind = baton.mail_about(row, what, self.today(), self.setting)
            await self._mail(tx, row, kind, what, link, now)
        else:
            await store.call_wanted(tx, row.id, what, now)

    async def replace_code(self, tx: AsyncSession, row: Complaint) -> str:
        """A new code for a lost one, for whoever has shown in another way that the complaint is theirs."""
        code = new_code()
        for part in await store.group_of(tx, row):
            part.code_hash = hash_code(code)
        await store.add_event(tx, row.id, "code_replaced", at=self.now(), actor="citizen")
        return code

    async def _tell(
        self, tx: AsyncSession, row: Complaint, event_type: str, more: dict[str, Any], key: str
    ) -> None:
        payload = {"id": row.id, "reference": row.reference, "received_at": stamp(row.received_at)}
        await enqueue(
            tx, event_type=event_type, subject_id=row.id, payload=payload | more, due=self.now(),
            idempotency_key=f"{row.id}:{key}"[:200],
        )  # fmt: skip

    async def _mail(
        self, tx: AsyncSession, row: Complaint, kind: str, about: str, link: str, now: dt.datetime
    ) -> None:
        say, told = self.setting.words, {"reference": row.reference, "link": link}
        reach = self.setting.profile.organisation.reach(views.ADVISER, row.language)
        await enqueue(
            tx, event_type=MAIL_REQUESTED, subject_id=row.id, due=now,
            # The same thing can happen twice, and is then told twice.
            idempotency_key=f"{row.id}:{about}:{now.isoformat()}"[:200],
            payload={
                "about": about,
                "to": row.email,
                "subject": say(row.language, f"mail.{kind}_subject", reference=row.reference),
                "text": say(row.language, f"mail.{kind}_text", reach=reach, **told),
            },
        )  # fmt: skip


def _hash(token: str) -> str:
    return hashlib.sha256(f"email:{token}".encode()).hexdigest()
