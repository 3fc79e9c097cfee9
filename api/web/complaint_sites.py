"""Who writes on the pages of a complaint: a citizen in a browser, or staff for a citizen who calls."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from fastapi import HTTPException, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from api.auth import Role, Staff, audit, require_csrf, require_role
from api.errors import Unauthorized

COOKIE = "stafet_klage"
CODE_COOKIE = "stafet_sag"
HOST_PREFIX = "__Secure-"
# As long as a draft lies there, and as long as a follow-up page stays open.
DRAFT_SECONDS = 3 * 24 * 3600
CODE_SECONDS = 3600
FOLLOW_UP = "/opfoelgning"
IN_PERSON = ("phone_assisted", "in_person")


class Site(Protocol):
    """One place with the pages of the form."""

    prefix: str
    channel: str
    is_staff: bool
    dependencies: Sequence[Any]

    async def owner(self, request: Request) -> str | None:
        """Whose draft it is."""

    def owner_of(self, token: str) -> str:
        """The owner for a new token."""

    def keep(self, response: Response, token: str) -> None:
        """Lets the browser find its draft again."""

    def keep_code(self, response: Response, reference: str, code: str) -> None:
        """Lets the browser open the follow-up page."""

    async def guard(self, request: Request, form: FormData) -> None:
        """Refuses a form that did not come from our own page."""

    async def csrf(self, request: Request) -> str:
        """What such a form carries."""

    async def staff(self, request: Request) -> str | None:
        """Who of the staff writes, if anybody does."""

    def channel_of(self, form: FormData) -> str:
        """On which way the complaint came."""

    def audit(self, tx: AsyncSession, staff: str | None, reference: str, now: dt.datetime) -> None:
        """Writes down who of the staff did it."""


class CookieJar:
    """Sets cookies that scripts cannot read and other sites cannot use."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure
        self.prefix = HOST_PREFIX if secure else ""

    def read(self, request: Request, name: str) -> str | None:
        """A cookie of ours."""
        return request.cookies.get(self.prefix + name)

    def set(self, response: Response, name: str, value: str, *, path: str, seconds: int) -> None:
        """Keeps a value in the browser."""
        response.set_cookie(
            self.prefix + name, value, max_age=seconds, httponly=True, secure=self.secure,
            samesite="lax", path=path,
        )  # fmt: skip

    def drop(self, response: Response, name: str, *, path: str) -> None:
        """Takes it out again."""
        response.delete_cookie(
            self.prefix + name, path=path, secure=self.secure, httponly=True, samesite="lax"
        )


class CitizenSite:
    """A citizen in a browser, who is known by a cookie alone."""

    prefix = "/klage"
    channel = "web_form"
    is_staff = False
    dependencies: Sequence[Any] = ()

    def __init__(self, jar: CookieJar) -> None:
        self.jar = jar

    async def owner(self, request: Request) -> str | None:
        """The draft behind the cookie."""
        token = self.jar.read(request, COOKIE)
        return self.owner_of(token) if token else None

    def owner_of(self, token: str) -> str:
        """What is stored of a cookie."""
        return f"web:{hashlib.sha256(token.encode()).hexdigest()}"

    def keep(self, response: Response, token: str) -> None:
        """Sets the cookie; other sites cannot post with it."""
        self.jar.set(response, COOKIE, token, path=self.prefix, seconds=DRAFT_SECONDS)

    def keep_code(self, response: Response, reference: str, code: str) -> None:
        """Opens the follow-up page for a while."""
        keep_code(self.jar, response, reference, code)

    async def guard(self, request: Request, form: FormData) -> None:
        """The cookie is not sent along from other sites, so nothing more is needed."""

    async def csrf(self, request: Request) -> str:
        """Nothing."""
        return ""

    async def staff(self, request: Request) -> str | None:
        """Nobody."""
        return None

    def channel_of(self, form: FormData) -> str:
        """The web form."""
        return self.channel

    def audit(self, tx: AsyncSession, staff: str | None, reference: str, now: dt.datetime) -> None:
        """Nothing: the complaint's own history tells it."""


class StaffSite:
    """Staff who write for a citizen; what they do is audited."""

    prefix = "/staff/klage"
    channel = "phone_assisted"
    is_staff = True
    dependencies: Sequence[Any] = ()

    def __init__(self, current: Callable[[Request], Awaitable[Staff]]) -> None:
        self._current = current

    async def _allowed(self, request: Request) -> Staff:
        try:
            staff = await self._current(request)
        except Unauthorized:
            if request.method != "GET":
                raise
            login = f"/staff/login?til={self.prefix}"
            raise HTTPException(303, headers={"Location": login}) from None
        require_role(staff, Role.CASEWORKER, Role.LIVE_STAFF)
        return staff

    async def owner(self, request: Request) -> str | None:
        """One draft for each member of staff."""
        return f"staff:{(await self._allowed(request)).id}"

    def owner_of(self, token: str) -> str:
        """Never asked for: who is signed in owns the draft."""
        return f"staff-token:{token}"[:80]

    def keep(self, response: Response, token: str) -> None:
        """Nothing: the sign-in is enough."""

    def keep_code(self, response: Response, reference: str, code: str) -> None:
        """Nothing: the code is the citizen's."""

    async def guard(self, request: Request, form: FormData) -> None:
        """Refuses a form without the token of the session."""
        staff = await self._allowed(request)
        given = form.get("csrf")
        require_csrf(staff, given if isinstance(given, str) else None)

    async def csrf(self, request: Request) -> str:
        """The token of the session."""
        return (await self._allowed(request)).csrf

    async def staff(self, request: Request) -> str | None:
        """The user name."""
        return (await self._allowed(request)).username

    def channel_of(self, form: FormData) -> str:
        """By telephone, or in person."""
        given = form.get("channel")
        return given if isinstance(given, str) and given in IN_PERSON else self.channel

    def audit(self, tx: AsyncSession, staff: str | None, reference: str, now: dt.datetime) -> None:
        """Writes it down."""
        audit(
            tx, actor=staff or "unknown", act="filed", kind="complaint", subject=reference, now=now
        )


def keep_code(jar: CookieJar, response: Response, reference: str, code: str) -> None:
    """Reference and code in a cookie that only the follow-up pages get."""
    jar.set(response, CODE_COOKIE, f"{reference}:{code}", path=FOLLOW_UP, seconds=CODE_SECONDS)


def read_code(jar: CookieJar, request: Request) -> tuple[str, str] | None:
    """Reference and code from the cookie."""
    reference, _, code = (jar.read(request, CODE_COOKIE) or "").partition(":")
    return (reference, code) if reference and code else None
