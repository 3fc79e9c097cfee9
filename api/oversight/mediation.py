"""Mediation: proposed by one side, answered by the other, its course noted by staff; it never stops a clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store, views
from api.complaints.fields import day_text
from api.complaints.following import Following
from api.complaints.steps import local_day
from api.db.complaint_models import Complaint
from api.db.learning_models import Mediation, MediationNote
from api.errors import ProblemError
from api.masking import mask_cpr
from api.oversight.informal import Side, load_informal, may_answer, may_propose
from api.oversight.tries import WORDS, NotPossible
from api.words import load_words

TEXT_LENGTH = 4_000
# A date further ahead is a slip of the pen.
AHEAD = dt.timedelta(days=366)


class Mediations:
    """Keeps the mediations."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self.words = load_words(WORDS)

    def refuse(self, fault: str, lang: str) -> ProblemError:
        """The refusal in words."""
        return NotPossible(detail=self.words(lang, f"faults.{fault}"))

    def may_propose(self, row: Complaint, held: Mediation | None) -> bool:
        """Whether it can be proposed in this deployment."""
        return may_propose(row, held, self.following.setting.profile.municipality)

    async def latest(
        self, tx: AsyncSession, row: Complaint, *, to_change: bool = False
    ) -> Mediation | None:
        """The newest one of a complaint."""
        query = (
            select(Mediation)
            .where(Mediation.complaint_id == row.id)
            .order_by(Mediation.id.desc())
            .limit(1)
        )
        found: Mediation | None = await tx.scalar(query.with_for_update() if to_change else query)
        return found

    async def propose(
        self, tx: AsyncSession, row: Complaint, *, side: Side, actor: str, lang: str
    ) -> None:
        """One side proposes it; the citizen is told of what staff propose.

        Raises:
            NotPossible: it cannot be proposed here, or is already.
        """
        if not self.may_propose(row, await self.latest(tx, row, to_change=True)):
            raise self.refuse("no_mediation", lang)
        now = self.following.now()
        tx.add(Mediation(complaint_id=row.id, proposed_by=side, proposed_at=now, state="proposed"))
        await store.add_event(tx, row.id, f"mediation_by_{side}", at=now, actor=actor)
        if side == "staff":
            await self.following.tell_news(tx, row, "mediation")

    async def answer(
        self, tx: AsyncSession, row: Complaint, *, side: Side, accept: bool, actor: str, lang: str
    ) -> None:
        """The other side says yes or no.

        Raises:
            NotPossible: nothing is proposed to this side.
        """
        held = await self.latest(tx, row, to_change=True)
        if held is None or not may_answer(row, held, side):
            raise self.refuse("no_answer", lang)
        now = self.following.now()
        held.state, held.answered_at = "accepted" if accept else "declined", now
        await store.add_event(tx, row.id, f"mediation_{held.state}", at=now, actor=actor)
        if side == "staff":
            await self.following.tell_news(tx, row, "mediation")

    async def note(
        self, tx: AsyncSession, row: Complaint, *, day: str, text: str, actor: str, lang: str
    ) -> bool:
        """A date in its course; whether a CPR number was taken out.

        Raises:
            NotPossible: none is under way, or the day or the text cannot be used.
        """
        held = await self._accepted(tx, row, lang)
        now = self.following.now()
        written = text.replace("\x00", "").replace("\r\n", "\n").strip()
        try:
            on = dt.date.fromisoformat(day)
        except ValueError:
            raise self.refuse("day", lang) from None
        if not local_day(held.proposed_at) <= on <= self.following.today() + AHEAD:
            raise self.refuse("day", lang)
        if not written or len(written) > TEXT_LENGTH:
            raise self.refuse("text", lang)
        kept = mask_cpr(written)
        tx.add(MediationNote(mediation_id=held.id, day=on, text=kept, author=actor, at=now))
        return kept != written

    async def end(
        self, tx: AsyncSession, row: Complaint, *, result: str, actor: str, lang: str
    ) -> None:
        """How it ended; the complaint goes on as it was.

        Raises:
            NotPossible: none is under way, or this is no result.
        """
        held = await self._accepted(tx, row, lang)
        if result not in load_informal()["mediation"]["results"]:
            raise self.refuse("result", lang)
        now = self.following.now()
        held.state, held.result, held.ended_at = "ended", result, now
        await store.add_event(tx, row.id, "mediation_ended", at=now, actor=actor)

    async def _accepted(self, tx: AsyncSession, row: Complaint, lang: str) -> Mediation:
        held = await self.latest(tx, row, to_change=True)
        if held is None or held.state != "accepted":
            raise self.refuse("not_under_way", lang)
        return held

    async def seen(self, tx: AsyncSession, row: Complaint, side: Side, lang: str) -> dict[str, Any]:
        """The mediation as one side sees it; the notes are for staff alone."""
        held = await self.latest(tx, row)
        notes = []
        if held is not None and side == "staff":
            query = select(MediationNote).where(MediationNote.mediation_id == held.id)
            rows = await tx.scalars(query.order_by(MediationNote.day, MediationNote.id))
            notes = [
                {"day": day_text(one.day, lang), "text": one.text, "author": one.author}
                for one in rows
            ]
        return {
            "state": held.state if held else None, "result": held.result if held else None,
            "proposed_by": held.proposed_by if held else None,
            "proposed": views.time_text(held.proposed_at, lang) if held else "",
            "may_propose": self.may_propose(row, held), "may_answer": may_answer(row, held, side),
            "notes": notes, "results": load_informal()["mediation"]["results"],
        }  # fmt: skip
