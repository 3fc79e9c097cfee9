"""What the case system tells about a complaint, written into its history for the citizen to see.

Called by the outbox in the transaction of the change; a status that is older than what is known changes nothing.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store
from api.complaints.following import CONFIRM, Following
from api.db.complaint_models import Complaint

# How far a complaint has come; it never goes back by itself.
ORDER = {"received": 0, "delivery_failed": 0, "sent": 1, "accepted": 2, "handed_on": 2, "answered": 3,
         "closed": 4, "withdrawn": 4}  # fmt: skip
# What the citizen must be told of at once, not only on the follow-up page.
NEWS = frozenset({"handed_on", "answered", "closed", "delivery_failed"})


class Delivery:
    """The outbox's way back to the complaint."""

    def __init__(self, following: Following) -> None:
        self.following = following

    async def delivered(
        self, tx: AsyncSession, subject_id: str, *, system: str, external_ref: str, at: dt.datetime
    ) -> None:
        """The other side has the case."""
        row = await self._row(tx, subject_id)
        if row is None:
            return
        row.external_system, row.external_ref = system, external_ref
        if row.status in ("received", "delivery_failed"):
            row.status = "sent"
            await store.add_event(tx, row.id, "sent", at=at, actor=system)

    async def status_changed(
        self, tx: AsyncSession, subject_id: str, *, status: str, note: str | None, at: dt.datetime,
        source_event_id: str, actor: str | None = None,
    ) -> None:  # fmt: skip
        """The case has come further over there; a hand-on names the new recipient in its note."""
        if status not in ORDER or await store.event_known(tx, source_event_id):
            return
        row = await self._row(tx, subject_id)
        if row is None:
            return
        await store.add_event(
            tx, row.id, status, at=at, actor=actor or row.external_system or "case_system", note=note,
            source_event_id=source_event_id,
        )  # fmt: skip
        if ORDER[status] < ORDER[row.status] or row.status == "withdrawn":
            return
        row.status = status
        if status == "closed":
            row.closed_at = at
        if status in NEWS:
            await self.following.tell_news(tx, row, status)

    async def failed_for_good(
        self, tx: AsyncSession, subject_id: str, *, system: str, reason_code: str, at: dt.datetime
    ) -> None:
        """It could not be delivered: a person delivers it, and the citizen is told."""
        row = await self._row(tx, subject_id)
        if row is None or ORDER[row.status] > ORDER["delivery_failed"]:
            return
        row.status = "delivery_failed"
        await store.add_event(
            tx, row.id, "delivery_failed", at=at, actor=system, reason=reason_code
        )
        await self.following.tell_news(tx, row, "delivery_failed")

    async def mail_failed(
        self, tx: AsyncSession, subject_id: str, *, about: str, at: dt.datetime
    ) -> None:
        """The mail with news did not arrive, so somebody shall call; a link that confirms an address is no news."""
        row = await self._row(tx, subject_id)
        if row is not None and about and about != CONFIRM:
            await store.call_wanted(tx, row.id, about, at)

    async def handed_on(
        self, tx: AsyncSession, subject_id: str, *, contact_id: str | None, name: str,
        reason: str, actor: str, at: dt.datetime,
    ) -> None:  # fmt: skip
        """A unit has said 'not ours' and passed it on; the chain stays, with the reason."""
        row = await self._row(tx, subject_id)
        if row is None or store.has_ended(row):
            return
        row.recipient_contact, row.recipient_name = contact_id, name
        row.status = "handed_on"
        await store.add_event(
            tx, row.id, "handed_on", at=at, actor=actor, note=reason, recipient=name
        )
        await self.following.tell_news(tx, row, "handed_on")

    async def forwarded(
        self, tx: AsyncSession, subject_id: str, *, actor: str, at: dt.datetime
    ) -> None:
        """A member of staff has sent it to the right authority (forvaltningsloven § 7, stk. 2)."""
        row = await self._row(tx, subject_id)
        if row is None or row.status not in ("received", "delivery_failed"):
            return
        row.status = "sent"
        await store.add_event(
            tx, row.id, "forwarded", at=at, actor=actor, recipient=row.recipient_name
        )
        await self.following.tell_news(tx, row, "forwarded")

    async def _row(self, tx: AsyncSession, subject_id: str) -> Complaint | None:
        return await tx.get(Complaint, subject_id, with_for_update=True)
