"""Quick informal tries: asked for by the citizen, reported by the unit, told when the two days are over.

A try stands beside the complaint. Nothing here touches the complaint's route, its days or its state.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store, views
from api.complaints.fields import day_text
from api.complaints.following import MAIL_REQUESTED, Following
from api.complaints.steps import local_day, working_days_left
from api.db.complaint_models import Complaint
from api.db.learning_models import ContactPerson, QuickTry
from api.errors import ProblemError
from api.outbox.store import enqueue
from api.oversight.informal import (
    NO_ANSWER,
    SAYABLE,
    Place,
    load_informal,
    may_report,
    may_try,
    try_due,
    try_runs,
)
from api.oversight.network import contact_for
from api.words import load_words
from knowledge.rules.assessment import Outcome

log = structlog.get_logger(__name__)

WORDS = Path(__file__).parent / "informal_words"
BATCH = 200


class NotPossible(ProblemError):
    """It cannot be done so; the sentence that says why is our own."""

    status = 422
    code = "invalid_input"


def place_of(row: Complaint) -> Place:
    """Where a complaint lies now."""
    return Place(row.route, row.recipient_contact, row.unit)


class QuickTries:
    """Keeps the tries."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self.setting = following.setting
        self.words = load_words(WORDS)

    def refuse(self, fault: str, lang: str) -> NotPossible:
        """The refusal in words."""
        return NotPossible(detail=self.words(lang, f"faults.{fault}"))

    async def offered(self, tx: AsyncSession, row: Complaint) -> ContactPerson | None:
        """The contact person whom a try would go to, where one can be offered."""
        if not may_try(row, await tx.get(QuickTry, row.id)):
            return None
        return await contact_for(tx, place_of(row))

    async def possible(self, tx: AsyncSession, place: Place) -> bool:
        """Whether a complaint that would go there could have a try; before it is sent."""
        if place.route not in load_informal()["quick_try"]["routes"]:
            return False
        return await contact_for(tx, place) is not None

    async def offer(self, outcomes: Sequence[Outcome], lang: str) -> str:
        """What the bot says of a try with the guidance's result; nothing where nobody can try."""
        places = [
            Place(
                one.route.value,
                one.recipient.forvaltning or one.recipient.contact_id,
                one.recipient.unit,
            )
            for one in outcomes
            if one.recipient is not None
        ]
        try:
            async with self.following.database.reading() as tx:
                for place in places:
                    if await self.possible(tx, place):
                        return self.words(lang, "try.before_sending")
        except SQLAlchemyError as error:
            # The result is said whatever happens to what stands beside it.
            log.warning("quick_try.not_known", kind=type(error).__name__)
        return ""

    async def ask(self, tx: AsyncSession, row: Complaint, *, consent: bool, lang: str) -> None:
        """The citizen says yes to a try; a second time changes nothing.

        Raises:
            NotPossible: without the yes, or where none is offered.
        """
        if await tx.get(QuickTry, row.id) is not None:
            return
        if not consent:
            raise self.refuse("consent", lang)
        person = await self.offered(tx, row)
        if person is None:
            raise self.refuse("no_try", lang)
        now = self.following.now()
        due = try_due(local_day(now), self.setting.profile)
        tx.add(
            QuickTry(
                complaint_id=row.id, contact_id=person.id, consent_at=now, due=due,
                consent_version=load_informal()["quick_try"]["consent_version"],
            )
        )  # fmt: skip
        await store.add_event(tx, row.id, "try_asked", at=now, actor="citizen")
        await self._tell(tx, row, person, due)

    async def report(
        self, tx: AsyncSession, row: Complaint, *, outcome: str, by: str, lang: str
    ) -> None:
        """How the try went, as the unit or the citizen says it.

        Raises:
            NotPossible: there is none, or this is no outcome.
        """
        held = await tx.get(QuickTry, row.id, with_for_update=True)
        if held is None or not may_report(row, held) or outcome not in SAYABLE:
            raise self.refuse("no_outcome", lang)
        if held.outcome == outcome:
            return
        now = self.following.now()
        held.outcome, held.outcome_at, held.outcome_by = outcome, now, by
        await store.add_event(tx, row.id, f"try_{outcome}", at=now, actor=by)

    async def tell_passed(self, tx: AsyncSession) -> int:
        """Tries whose days are over without an answer: the citizen is told, and stands on the call list."""
        today, now = self.following.today(), self.following.now()
        query = (
            select(QuickTry, Complaint)
            .join(Complaint, Complaint.id == QuickTry.complaint_id)
            .where(
                QuickTry.due < today, QuickTry.outcome.is_(None),
                Complaint.status.not_in(views.FINISHED),
            )
            .limit(BATCH)
        )  # fmt: skip
        found = (await tx.execute(query)).all()
        for held, row in found:
            held.outcome, held.outcome_at, held.outcome_by = NO_ANSWER, now, "clock"
            await store.add_event(tx, row.id, "try_passed", at=now, actor="clock")
            await self.following.tell_news(tx, row, "try_passed")
            await store.call_wanted(tx, row.id, "try_passed", now)
        return len(found)

    async def keep(self) -> None:
        """One round of the clock."""
        async with self.following.database.transaction() as tx:
            await self.tell_passed(tx)

    async def seen(self, tx: AsyncSession, row: Complaint, lang: str) -> dict[str, Any] | None:
        """The try as either side sees it."""
        held = await tx.get(QuickTry, row.id)
        if held is None:
            return None
        person = await tx.get(ContactPerson, held.contact_id) if held.contact_id else None
        today = self.following.today()
        left = working_days_left(today, held.due, self.setting.profile)
        return {
            "runs": try_runs(row, held), "outcome": held.outcome, "due": day_text(held.due, lang),
            "days_left": left, "passed": today > held.due, "may_report": may_report(row, held),
            "person": person, "asked": views.time_text(held.consent_at, lang),
        }  # fmt: skip

    async def running(self, tx: AsyncSession, rows: Sequence[Complaint]) -> dict[str, QuickTry]:
        """The tries that run beside complaints, by the complaint's id."""
        by_id = {row.id: row for row in rows}
        query = select(QuickTry).where(QuickTry.complaint_id.in_(by_id), QuickTry.outcome.is_(None))
        held = {one.complaint_id: one for one in await tx.scalars(query)}
        return {key: one for key, one in held.items() if try_runs(by_id[key], one)}

    async def _tell(
        self, tx: AsyncSession, row: Complaint, person: ContactPerson, due: Any
    ) -> None:
        """A mail to the contact person, with nothing of the citizen in it."""
        if not self.following.mail or not person.email:
            return
        lang, link = "da", f"{self.following.public_url}/staff/sager/{row.reference}"
        told = {"reference": row.reference, "date": day_text(due, lang), "link": link}
        await enqueue(
            tx, event_type=MAIL_REQUESTED, subject_id=row.id, due=self.following.now(),
            idempotency_key=f"{row.id}:try:{person.id}"[:200],
            payload={
                # Nothing about the citizen's own mails: one that fails puts nobody on the call list.
                "about": "", "to": person.email,
                "subject": self.words(lang, "mail.subject", **told),
                "text": self.words(lang, "mail.text", **told),
            },
        )  # fmt: skip
