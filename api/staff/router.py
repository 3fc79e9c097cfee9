"""Sign-in and the staff front page: the frame that later staff pages stand in."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from api.auth import Role, Staff, StaffDoor, audit, require_csrf, require_role
from api.clock import DENMARK, Clock
from api.db.models import AuditEvent
from api.deps import RateLimiter, Transaction
from api.errors import Forbidden, ProblemError, Unauthorized, problem_body, reader_language
from api.pages import Pages

COOKIE = "stafet_staff"
FORM_COOKIE = "stafet_form"
# How many lines of the audit log are shown at once.
AUDIT_PAGE = 100
# Cookies of a deployment over TLS get the prefix that browsers bind to this host and to TLS.
HOST_PREFIX = "__Host-"

CurrentStaff = Callable[[Request], Awaitable[Staff]]


def staff_cookie(request: Request) -> str | None:
    """The cookie of a signed-in member of staff, under either of its names."""
    return request.cookies.get(HOST_PREFIX + COOKIE) or request.cookies.get(COOKIE)


async def current_staff(request: Request) -> Staff:
    """Who is signed in; for the staff interface.

    Raises:
        Unauthorized: nobody is.
    """
    door: StaffDoor = request.app.state.door
    clock: Clock = request.app.state.clock
    return await door.who(staff_cookie(request), clock.now())


async def is_signed_in(request: Request) -> bool:
    """Whether a member of staff is looking."""
    try:
        await current_staff(request)
    except Unauthorized:
        return False
    return True


SignedInStaff = Annotated[Staff, Depends(current_staff)]


def build_router(
    door: StaffDoor, pages: Pages, limiter: RateLimiter, *, secure_cookies: bool
) -> APIRouter:
    """The staff pages."""
    router = APIRouter(prefix="/staff", include_in_schema=False)
    prefix = HOST_PREFIX if secure_cookies else ""

    def keep(response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            prefix + name, value, max_age=seconds, httponly=True, secure=secure_cookies,
            samesite="strict" if name == FORM_COOKIE else "lax", path="/",
        )  # fmt: skip

    def sign_in_page(
        request: Request, *, problem: ProblemError | None = None, username: str = "", to: str = ""
    ) -> HTMLResponse:
        form = request.cookies.get(prefix + FORM_COOKIE) or secrets.token_urlsafe(24)
        response = pages.render(
            request, "sign_in.html", form=form, username=username, to=to,
            problem=problem_words(problem, request), status=problem.status if problem else 200,
            headers=problem.headers if problem else None,
        )  # fmt: skip
        keep(response, FORM_COOKIE, form, 3600)
        return response

    @router.get("/login", response_class=HTMLResponse)
    async def show_sign_in(request: Request, til: str = "") -> HTMLResponse:
        """The sign-in form."""
        return sign_in_page(request, to=til)

    @router.post("/login", dependencies=[Depends(limiter.rule("sign_in"))], response_model=None)
    async def sign_in(
        request: Request, username: Annotated[str, Form(max_length=100)],
        password: Annotated[str, Form(max_length=500)],
        form: Annotated[str, Form(max_length=100)] = "", til: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:  # fmt: skip
        """Checks name and password; on success goes to the page that was asked for."""
        expected = request.cookies.get(prefix + FORM_COOKIE, "")
        address = request.client.host if request.client else "unknown"
        clock: Clock = request.app.state.clock
        try:
            if not expected or not secrets.compare_digest(expected.encode(), form.encode()):
                raise Forbidden("csrf")
            session = await door.sign_in(username, password, address, clock.now())
        except ProblemError as problem:
            return sign_in_page(request, problem=problem, username=username, to=til)
        response = RedirectResponse(own_page(til), status_code=303)
        keep(response, COOKIE, session.token, int(session.lifetime.total_seconds()))
        return response

    @router.post("/logout", response_model=None)
    async def sign_out(request: Request, csrf: Annotated[str, Form()] = "") -> Response:
        """Ends the session."""
        staff = await current_staff(request)
        require_csrf(staff, csrf)
        await door.sign_out(staff_cookie(request) or "", staff, request.app.state.clock.now())
        response = RedirectResponse("/staff/login", status_code=303)
        response.delete_cookie(prefix + COOKIE, path="/", secure=secure_cookies, httponly=True)
        return response

    @router.get("", response_class=HTMLResponse, response_model=None)
    async def front(request: Request) -> Response:
        """Who one is and where one can go from here."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        return pages.render(
            request, "front.html", staff=staff, manager=staff.may(Role.MANAGER),
            conversations=staff.may(Role.LIVE_STAFF, Role.MANAGER),
            cases=staff.may(Role.CASEWORKER, Role.MANAGER),
            may_see_alerts=staff.may(Role.CASEWORKER, Role.MANAGER, Role.EDITOR),
            may_see_gaps=staff.may(Role.MANAGER, Role.EDITOR),
            may_file=staff.may(Role.CASEWORKER, Role.LIVE_STAFF),
        )  # fmt: skip

    @router.get("/adgangskode", response_class=HTMLResponse, response_model=None)
    async def show_password(request: Request) -> Response:
        """The form for changing one's own password."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        return pages.render(request, "password.html", staff=staff, problem=None)

    @router.post(
        "/adgangskode", dependencies=[Depends(limiter.rule("sign_in"))], response_model=None
    )
    async def change_password(
        request: Request, current: Annotated[str, Form(max_length=500)],
        wanted: Annotated[str, Form(max_length=500)], csrf: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """Changes one's own password; everybody signed in under it must sign in again."""
        staff = await current_staff(request)
        require_csrf(staff, csrf)
        try:
            await door.change_password(staff, current, wanted, request.app.state.clock.now())
        except ProblemError as problem:
            return pages.render(
                request, "password.html", staff=staff, problem=problem_words(problem, request),
                status=problem.status,
            )  # fmt: skip
        return RedirectResponse("/staff/login", status_code=303)

    @router.get("/log", response_class=HTMLResponse, response_model=None)
    async def audit_log(request: Request, tx: Transaction, before: int | None = None) -> Response:
        """Who saw and did what; for managers, and looking at it is written down as well."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, Role.MANAGER)
        query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(AUDIT_PAGE)
        if before is not None:
            query = query.where(AuditEvent.id < before)
        events = list(await tx.scalars(query))
        audit(
            tx, actor=staff.username, act="viewed", kind="audit_log", subject=str(before or "newest"),
            now=request.app.state.clock.now(),
        )  # fmt: skip
        rows = [
            (event, event.at.astimezone(DENMARK).strftime("%d.%m.%Y %H:%M:%S")) for event in events
        ]
        older = events[-1].id if len(events) == AUDIT_PAGE else None
        lang = reader_language(request)
        # What has no word is shown as it was written: one act that nobody has named must not hide all others.
        acts, kinds = (pages.words.section(lang, name) for name in ("acts", "kinds"))
        return pages.render(
            request, "audit.html", staff=staff, rows=rows, older=older, acts=acts, kinds=kinds,
        )  # fmt: skip

    def problem_words(problem: ProblemError | None, request: Request) -> dict[str, str] | None:
        if problem is None:
            return None
        body = problem_body(
            problem.status, problem.code, language=reader_language(request), values=problem.values
        )
        return {"title": body["title"], "detail": body["detail"]}

    return router


async def page_staff(request: Request) -> Staff | RedirectResponse:
    """Who is signed in, or the way to the sign-in page and back."""
    try:
        return await current_staff(request)
    except Unauthorized:
        return RedirectResponse(f"/staff/login?til={quote(request.url.path)}", status_code=303)


def own_page(to: str) -> str:
    """The page to go to after signing in, only if it is one of our own staff pages."""
    parts = urlsplit(to)
    safe = (
        not parts.scheme and not parts.netloc and parts.path.startswith("/staff") and "\\" not in to
    )
    return parts.path if safe else "/staff"
