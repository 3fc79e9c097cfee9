"""What stands beside a complaint on its follow-up page: the quick try and mediation, with their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints.fields import get
from api.complaints.following import Following
from api.complaints.routing import Destination
from api.db.complaint_models import Complaint
from api.errors import reader_language
from api.oversight.informal import Place
from api.oversight.mediation import Mediations
from api.oversight.tries import QuickTries

if TYPE_CHECKING:
    from api.web.complaint_follow import FollowPages


class Beside:
    """Reads and changes both, for the citizen."""

    def __init__(self, following: Following) -> None:
        self.tries = QuickTries(following)
        self.mediations = Mediations(following)

    async def of(self, tx: AsyncSession, row: Complaint, lang: str) -> dict[str, Any]:
        """All that the templates need."""
        words = self.tries.words
        return {
            "say": lambda key, **values: words(lang, key, **values),
            "offered": await self.tries.offered(tx, row) is not None,
            "try": await self.tries.seen(tx, row, lang),
            "mediation": await self.mediations.seen(tx, row, "citizen", lang),
        }

    async def for_receipt(self, tx: AsyncSession, row: Complaint, lang: str) -> dict[str, str]:
        """A line and a button for the receipt; empty where no try can be offered."""
        try:
            person = await self.tries.offered(tx, row)
        except SQLAlchemyError:
            # The receipt holds the code, and is shown whatever happens to what stands beside it.
            return {}
        if person is None:
            return {}
        words = self.tries.words
        return {
            "text": words(lang, "try.after_receipt"),
            "button": words(lang, "try.to_offer"),
        }

    async def for_review(
        self, tx: AsyncSession, record: Mapping[str, Any], to: Sequence[Destination], lang: str
    ) -> str:
        """A line for whoever is about to send; empty where no try can be offered."""
        if get(record, "/complainant/identification/method") == "anonymous":
            return ""
        for one in to:
            if await self.tries.possible(tx, Place(one.route.value, one.contact_id, one.unit)):
                return self.tries.words(lang, "try.before_sending")
        return ""


def add_beside(router: APIRouter, follow: FollowPages, beside: Beside) -> None:
    """The forms of the follow-up page."""
    tries, mediations = beside.tries, beside.mediations

    def done(request: Request, key: str) -> str:
        return tries.words(reader_language(request), key)

    @router.post("/forsoeg", response_model=None)
    async def ask(request: Request) -> Response:
        """Says yes to a quick try."""
        async with request.form() as form:
            consent = form.get("consent") == "yes"
        lang = reader_language(request)
        return await follow.act(
            request, lambda tx, row: tries.ask(tx, row, consent=consent, lang=lang),
            said=done(request, "try.done_asked"),
        )  # fmt: skip

    @router.post("/forsoeg/udfald", response_model=None)
    async def report(request: Request) -> Response:
        """Says how it went."""
        async with request.form() as form:
            outcome = str(form.get("outcome", ""))
        lang = reader_language(request)
        return await follow.act(
            request,
            lambda tx, row: tries.report(tx, row, outcome=outcome, by="citizen", lang=lang),
            said=done(request, "try.done_reported"),
        )

    @router.post("/maegling", response_model=None)
    async def propose(request: Request) -> Response:
        """Proposes mediation."""
        lang = reader_language(request)
        return await follow.act(
            request,
            lambda tx, row: mediations.propose(tx, row, side="citizen", actor="citizen", lang=lang),
            said=done(request, "mediation.done_proposed"),
        )

    @router.post("/maegling/svar", response_model=None)
    async def answer(request: Request) -> Response:
        """Answers what staff have proposed."""
        async with request.form() as form:
            accept = form.get("answer") == "yes"
        lang = reader_language(request)
        return await follow.act(
            request,
            lambda tx, row: mediations.answer(
                tx, row, side="citizen", accept=accept, actor="citizen", lang=lang
            ),
            said=done(request, "mediation.done_answered"),
        )
