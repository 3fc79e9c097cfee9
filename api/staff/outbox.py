"""What is on its way to the case system, for staff: numbers, what needs a person, and sending it again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import Role, Staff, audit, require_csrf, require_role
from api.clock import DENMARK, Clock
from api.deps import Transaction
from api.outbox.watching import metrics, needing_help, replay
from api.pages import Pages
from api.staff.router import current_staff, page_staff

ROLES = (Role.CASEWORKER, Role.MANAGER)


def build_router(pages: Pages, late: float) -> APIRouter:
    """The page and its numbers as JSON; `late` is after how many seconds something has waited too long."""
    router = APIRouter()

    @router.get("/api/v1/staff/outbox", tags=["staff"])
    async def numbers(
        request: Request, tx: Transaction, staff: Annotated[Staff, Depends(current_staff)]
    ) -> dict[str, Any]:
        """Counts by destination and state, the age of the oldest, and what needs a person."""
        require_role(staff, *ROLES)
        clock: Clock = request.app.state.clock
        found = await metrics(tx, now=clock.now(), late=late)
        lines = await needing_help(tx, now=clock.now(), late=late)
        return found | {"needing_help": [asdict(line) for line in lines]}

    @router.get("/staff/afsendelse", include_in_schema=False, response_model=None)
    async def page(request: Request, tx: Transaction) -> Response:
        """What waits, what was given up, and a button for each."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *ROLES)
        clock: Clock = request.app.state.clock
        now = clock.now()
        lines = await needing_help(tx, now=now, late=late)
        rows = [
            (line, line.created_at.astimezone(DENMARK).strftime("%d.%m.%Y %H:%M")) for line in lines
        ]
        found = await metrics(tx, now=now, late=late)
        return pages.render(request, "outbox.html", staff=staff, rows=rows, numbers=found)

    @router.post("/staff/afsendelse/{delivery}", include_in_schema=False, response_model=None)
    async def again(
        request: Request, delivery: int, tx: Transaction, csrf: Annotated[str, Form()] = ""
    ) -> Response:
        """Sends one again; who did it is written down."""
        staff = await current_staff(request)
        require_role(staff, *ROLES)
        require_csrf(staff, csrf)
        clock: Clock = request.app.state.clock
        await replay(tx, delivery, now=clock.now())
        audit(
            tx, actor=staff.username, act="sent_again", kind="outbox_delivery",
            subject=str(delivery), now=clock.now(),
        )  # fmt: skip
        return RedirectResponse("/staff/afsendelse", status_code=303)

    return router
