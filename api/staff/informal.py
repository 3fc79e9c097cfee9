"""The acts of a case's page around the quick try and mediation; they change nothing of the complaint itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from api.auth import Staff
from api.complaints.following import Following
from api.db.complaint_models import Complaint
from api.errors import reader_language
from api.oversight.mediation import Mediations
from api.oversight.tries import NotPossible, QuickTries
from api.staff.register_acts import Done, NotDone
from api.staff.register_pages import PREFIX, Register, text_of_form

Acting = Callable[[AsyncSession, Complaint, Staff, FormData, str], Awaitable[Done]]


def build_informal(register: Register, following: Following) -> APIRouter:
    """The forms of the panels beside a case."""
    router = APIRouter(include_in_schema=False)
    tries, mediations = QuickTries(following), Mediations(following)

    async def reported(
        tx: AsyncSession, row: Complaint, staff: Staff, form: FormData, lang: str
    ) -> Done:
        outcome = text_of_form(form, "try_outcome")
        await tries.report(tx, row, outcome=outcome, by=staff.username, lang=lang)
        return Done("reported_try", "tried")

    async def proposed(
        tx: AsyncSession, row: Complaint, staff: Staff, form: FormData, lang: str
    ) -> Done:
        await mediations.propose(tx, row, side="staff", actor=staff.username, lang=lang)
        return Done("proposed_mediation", "mediated")

    async def answered(
        tx: AsyncSession, row: Complaint, staff: Staff, form: FormData, lang: str
    ) -> Done:
        accept = text_of_form(form, "accept") == "yes"
        await mediations.answer(
            tx, row, side="staff", accept=accept, actor=staff.username, lang=lang
        )
        return Done("answered_mediation", "mediated")

    async def noted(
        tx: AsyncSession, row: Complaint, staff: Staff, form: FormData, lang: str
    ) -> Done:
        masked = await mediations.note(
            tx, row, day=text_of_form(form, "mediation_day"),
            text=text_of_form(form, "mediation_note"), actor=staff.username, lang=lang,
        )  # fmt: skip
        return Done("noted_mediation", "masked" if masked else "noted")

    async def ended(
        tx: AsyncSession, row: Complaint, staff: Staff, form: FormData, lang: str
    ) -> Done:
        result = text_of_form(form, "mediation_result")
        await mediations.end(tx, row, result=result, actor=staff.username, lang=lang)
        return Done("ended_mediation", "mediated")

    def act(name: str, do: Acting) -> None:
        async def take(request: Request, reference: str) -> Response:
            lang = reader_language(request)

            async def change(
                tx: AsyncSession, row: Complaint, staff: Staff, form: FormData
            ) -> Done:
                try:
                    return await do(tx, row, staff, form, lang)
                except NotPossible as refused:
                    raise NotDone("informal", said=refused.detail or "") from refused

            return await register.act(request, reference, change)

        router.add_api_route(
            f"{PREFIX}/{{reference}}/{name}", take, methods=["POST"], response_model=None
        )

    act("forsoeg", reported)
    act("maegling", proposed)
    act("maegling/svar", answered)
    act("maegling/forloeb", noted)
    act("maegling/slut", ended)
    return router
