"""`/staff/varsler`: what somebody should see to, and a button that says that somebody does."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Role, Staff, audit, require_csrf, require_role
from api.complaints.views import time_text
from api.db.alert_models import Alert
from api.db.complaint_models import Complaint
from api.deps import Transaction
from api.errors import NotFound, reader_language
from api.oversight.alert_findings import KINDS, LATE, UNANSWERED
from api.oversight.alert_words import sentence
from api.oversight.alerts import PAGE, Alerts
from api.pages import Pages
from api.staff.register_list import visible
from api.staff.router import current_staff, page_staff
from knowledge.organisation import Organisation

ROLES = (Role.CASEWORKER, Role.MANAGER, Role.EDITOR)
SHOWN = 100


def build_router(alerts: Alerts, pages: Pages) -> APIRouter:
    """The page."""
    router = APIRouter(include_in_schema=False)
    setting, now = alerts.following.setting, alerts.following.now

    @router.get(PAGE, response_model=None)
    async def page(request: Request, tx: Transaction, gjort: str = "") -> Response:
        """What is open: what nobody has seen to first."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, *ROLES)
        lang = reader_language(request)
        seen = of_reader(staff, setting.profile.organisation)
        fresh = await listed(tx, seen, acknowledged=False)
        known = await listed(tx, seen, acknowledged=True)
        audit(tx, actor=staff.username, act="viewed", kind="alert_list", subject="page", now=now())
        limits = alerts.limits
        return pages.render(
            request, "alerts.html", staff=staff, done=gjort == "kvitteret",
            fresh=[_line(one, lang) for one in fresh[:SHOWN]], more=len(fresh) > SHOWN,
            seen=[_line(one, lang) for one in known[:SHOWN]],
            may_see_cases=staff.may(Role.CASEWORKER, Role.MANAGER),
            may_see_gaps=staff.may(Role.EDITOR, Role.MANAGER),
            how=pages.words(
                lang, "how_text", recent=limits.rising.recent_weeks, past=limits.rising.past_weeks,
                rate=round(limits.rising.false_discovery_rate * 100),
                near=limits.answer.near_working_days,
            ),
            query="?lang=en" if lang == "en" else "",
        )  # fmt: skip

    @router.post(f"{PAGE}/{{alert}}", response_model=None)
    async def acknowledge(
        request: Request, alert: int, tx: Transaction, csrf: Annotated[str, Form()] = ""
    ) -> Response:
        """Somebody sees to it; who is kept, and a second one changes nothing."""
        staff = await current_staff(request)
        require_role(staff, *ROLES)
        require_csrf(staff, csrf)
        query = (
            select(Alert)
            .outerjoin(Complaint, Complaint.id == Alert.complaint_id)
            .where(Alert.id == alert, of_reader(staff, setting.profile.organisation))
            .with_for_update(of=Alert)
        )
        row = await tx.scalar(query)
        if row is None:
            raise NotFound()
        if row.acknowledged_at is None:
            row.acknowledged_at, row.acknowledged_by = now(), staff.username
            audit(
                tx, actor=staff.username, act="acknowledged", kind="alert", subject=str(alert), now=now()
            )  # fmt: skip
        suffix = "&lang=en" if reader_language(request) == "en" else ""
        return RedirectResponse(f"{PAGE}?gjort=kvitteret{suffix}", status_code=303)

    def _line(row: Alert, lang: str) -> dict[str, Any]:
        return {
            "id": row.id, "text": sentence(row, setting, lang), "href": _href(row),
            "kind": pages.words(lang, f"kinds.{row.kind}"), "late": row.kind == LATE,
            "since": time_text(row.opened_at, lang), "sent": _time(row.sent_at, lang),
            "acknowledged": pages.words(
                lang, "by", name=row.acknowledged_by, time=_time(row.acknowledged_at, lang)
            ),
        }  # fmt: skip

    return router


def of_reader(staff: Staff, organisation: Organisation) -> ColumnElement[bool]:
    """What somebody may see: sums like everybody, single cases where they may see the case."""
    return or_(Alert.complaint_id.is_(None), visible(staff, organisation))


async def listed(tx: AsyncSession, seen: ColumnElement[bool], *, acknowledged: bool) -> list[Alert]:
    """The open alerts, the most pressing kind first, and of that the oldest."""
    order = case({kind: at for at, kind in enumerate(KINDS)}, value=Alert.kind, else_=len(KINDS))
    query = (
        select(Alert)
        .outerjoin(Complaint, Complaint.id == Alert.complaint_id)
        .where(
            Alert.closed_at.is_(None), seen,
            Alert.acknowledged_at.is_not(None) if acknowledged else Alert.acknowledged_at.is_(None),
        )
        .order_by(order, Alert.opened_at, Alert.id)
        .limit(SHOWN + 1)
    )  # fmt: skip
    return list(await tx.scalars(query))


def _href(row: Alert) -> str:
    if "reference" in row.details:
        return f"/staff/sager/{row.details['reference']}"
    return f"/staff/videnshuller/{row.details['gap']}" if row.kind == UNANSWERED else ""


def _time(moment: dt.datetime | None, lang: str) -> str:
    return time_text(moment, lang) if moment else ""
