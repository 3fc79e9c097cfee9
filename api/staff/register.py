"""`/staff/sager`: the case register, for caseworkers and managers; every view and every act is written down."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.auth import Staff
from api.complaints import store
from api.complaints.parts import ComplaintParts
from api.complaints.router import letter_answer
from api.deps import Transaction
from api.errors import NotFound
from api.knowledge.ports import KnowledgeReader
from api.pages import Pages
from api.staff.register_case import open_case
from api.staff.register_export import as_csv, whole_case
from api.staff.register_pages import PREFIX, Change, Register, text_of_form
from api.staff.router import current_staff, page_staff

API = "/api/v1/staff/complaints"


def build_router(parts: ComplaintParts, pages: Pages, knowledge: KnowledgeReader) -> APIRouter:
    """The pages, and the same as JSON and sheets."""
    router = APIRouter()
    register = Register(parts, pages, knowledge)
    acts = register.acts
    now = parts.following.now

    @router.get(PREFIX, include_in_schema=False, response_model=None)
    async def cases(request: Request, tx: Transaction) -> Response:
        """The list."""
        return await register.cases(request, tx)

    @router.get(f"{PREFIX}/ringeliste", include_in_schema=False, response_model=None)
    async def calls(request: Request, tx: Transaction) -> Response:
        """Citizens who must be told something."""
        return await register.calls(request, tx)

    @router.post(f"{PREFIX}/ringeliste/{{call}}", include_in_schema=False, response_model=None)
    async def called(request: Request, call: int) -> Response:
        """Takes a citizen off the list."""
        return await register.called(request, call)

    @router.get(f"{PREFIX}/{{reference}}", include_in_schema=False, response_model=None)
    async def one(request: Request, reference: str, tx: Transaction, gjort: str = "") -> Response:
        """One case."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        return await register.page(request, tx, staff, reference, done=gjort)

    @router.get(f"{PREFIX}/{{reference}}/brev.pdf", include_in_schema=False, response_model=None)
    async def letter(request: Request, reference: str) -> Response:
        """The complaint as a letter, for sending it on."""
        staff = await current_staff(request)
        async with register.database.transaction() as tx:
            row = await register.load(tx, staff, reference)
            register.note(tx, staff, "fetched", "complaint", row.reference, what="letter")
        return await letter_answer(parts.following, row.id, row.language)

    @router.get(
        f"{PREFIX}/{{reference}}/fil/{{attachment}}", include_in_schema=False, response_model=None
    )
    async def file(request: Request, reference: str, attachment: str) -> Response:
        """One attachment, to save."""
        staff = await current_staff(request)
        async with register.database.transaction() as tx:
            row = await register.load(tx, staff, reference)
            held = await store.attachments(tx, complaint_id=row.id)
            wanted = next((one for one in held if one.id == attachment), None)
            if wanted is None:
                raise NotFound()
            register.note(tx, staff, "fetched", "attachment", attachment, reference=row.reference)
        return await parts.files.answer(wanted)

    def act(name: str, change: Change) -> None:
        """One form of the case's page."""

        async def take(request: Request, reference: str) -> Response:
            return await register.act(request, reference, change)

        router.add_api_route(
            f"{PREFIX}/{{reference}}/{name}", take, methods=["POST"], include_in_schema=False,
            response_model=None,
        )  # fmt: skip

    act("tag", lambda tx, row, staff, form: acts.take(tx, row, staff, now()))
    act("noter", lambda tx, row, staff, form: acts.note(
        tx, row, staff, now(), text=text_of_form(form, "note")
    ))  # fmt: skip
    act("svar", register.answer)
    act("videre", lambda tx, row, staff, form: acts.hand_on(
        tx, row, staff, now(), to=text_of_form(form, "to"), unit=text_of_form(form, "unit"),
        reason=text_of_form(form, "reason"),
    ))  # fmt: skip
    act("sendt", lambda tx, row, staff, form: acts.forward(tx, row, staff, now()))
    act("udfald", lambda tx, row, staff, form: acts.close(
        tx, row, staff, now(), outcome=text_of_form(form, "outcome")
    ))  # fmt: skip

    @router.get(API, tags=["staff"])
    async def as_json(
        request: Request, tx: Transaction, staff: Annotated[Staff, Depends(current_staff)]
    ) -> dict[str, Any]:
        """The cases that one may see, with the filters of the page."""
        rows, wish = await register.export(request, tx, staff, "json")
        return {"filters": wish, "complaints": rows}

    @router.get(f"{API}.csv", tags=["staff"], response_model=None)
    async def as_sheet(
        request: Request, tx: Transaction, staff: Annotated[Staff, Depends(current_staff)]
    ) -> Response:
        """The same as a sheet."""
        rows, _ = await register.export(request, tx, staff, "csv")
        return Response(
            as_csv(rows), media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="sager.csv"'},
        )  # fmt: skip

    @router.get(f"{API}/{{reference}}", tags=["staff"])
    async def one_as_json(
        reference: str, tx: Transaction, staff: Annotated[Staff, Depends(current_staff)]
    ) -> dict[str, Any]:
        """One case with its record, history, answer and notes."""
        row = await register.load(tx, staff, reference)
        register.note(tx, staff, "exported", "complaint", row.reference)
        case = await open_case(tx, row)
        return whole_case(row, case.events, case.attachments, case.file, case.notes)

    return router
