"""What every case system must be able to do, whichever it is, and how it may fail.

The sender decides by the kind of failure alone what to do next; an adapter's work is to tell the kinds apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

SUBMITTED = "dk.stafet.complaint.submitted"
NOTIFIED = "dk.stafet.complaint.notified"
COMPLETED = "dk.stafet.complaint.completed"
WITHDRAWN = "dk.stafet.complaint.withdrawn"
INFORMATION_ADDED = "dk.stafet.complaint.information_added"
MAIL_REQUESTED = "dk.stafet.mail.requested"
# Events after which the other side has the case; the rest tell something new about it.
CASE_EVENTS = frozenset({SUBMITTED, NOTIFIED, COMPLETED})


class CaseStatus(StrEnum):
    """What a case system can tell about a case; all but the last are shown to the citizen by the same name."""

    ACCEPTED = "accepted"
    HANDED_ON = "handed_on"
    ANSWERED = "answered"
    CLOSED = "closed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class CaseEvent:
    """One event to deliver. `id` is the same at every try, so that the other side can drop a repeat."""

    id: str
    type: str
    subject_id: str
    at: datetime
    payload: dict[str, Any]


@dataclass(frozen=True)
class Change:
    """A change of status at the other side; `source` and `event_id` together are never used twice."""

    source: str
    event_id: str
    subject_id: str
    status: CaseStatus
    at: datetime
    note: str | None = None


@dataclass(frozen=True)
class Changes:
    """What has changed since a cursor, and the cursor to ask from the next time."""

    items: Sequence[Change] = ()
    cursor: str | None = None


class CaseSystemError(Exception):
    """Base of all failures; `reason_code` is a short word that holds nothing personal."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code


class NotNow(CaseSystemError):
    """It surely did not arrive, and may another time; `retry_after` is what the other side asks for, in seconds."""

    def __init__(self, reason_code: str, retry_after: float | None = None) -> None:
        super().__init__(reason_code)
        self.retry_after = retry_after


class Unclear(CaseSystemError):
    """It may have arrived or not: nobody answered after it was sent."""


class Refused(CaseSystemError):
    """It will not be taken as it is, however often it is sent; a person must look."""


class ClosedDoor(CaseSystemError):
    """We are not let in: our key is wrong or has expired, which says nothing about what was sent."""


class WantsNoMore(CaseSystemError):
    """The other side has said that it takes nothing more at all."""


class CaseSystem(Protocol):
    """A case system, or whatever stands in for one."""

    name: str
    # The longest that the other side may go on working on what we no longer wait for, in seconds.
    settle_seconds: float
    # Whether `find` can see what is there. Where it cannot, the other side drops repeats of an event's id by itself.
    can_find: bool

    async def check(self) -> list[str]:
        """What is wrong with the connection or the set-up over there; nothing when all is well."""

    async def find(self, event: CaseEvent) -> str | None:
        """What the case is called over there if this very event has arrived, else nothing."""

    async def send(self, event: CaseEvent) -> str:
        """Delivers the event; gives what the case is called over there.

        Raises:
            CaseSystemError: it was not, or not surely, delivered.
        """

    async def changes(self, cursor: str | None) -> Changes:
        """What has happened to our cases since the cursor, for systems that can be asked."""

    async def close(self) -> None:
        """Lets go of connections."""


class StatusSink(Protocol):
    """Whoever keeps the complaint's own history; called in the transaction of the change that is told."""

    async def delivered(
        self, tx: AsyncSession, subject_id: str, *, system: str, external_ref: str, at: datetime
    ) -> None:
        """The other side has the case."""

    async def status_changed(
        self, tx: AsyncSession, subject_id: str, *, status: str, note: str | None, at: datetime,
        source_event_id: str,
    ) -> None:  # fmt: skip
        """The case has come further over there."""

    async def failed_for_good(
        self, tx: AsyncSession, subject_id: str, *, system: str, reason_code: str, at: datetime
    ) -> None:
        """It could not be delivered, and a person has to help."""

    async def mail_failed(
        self, tx: AsyncSession, subject_id: str, *, about: str, at: datetime
    ) -> None:
        """A mail that was to tell the citizen of something will never arrive."""
