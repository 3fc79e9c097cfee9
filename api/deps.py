"""What routes share: a transaction per request, and limits on how often one address may call."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

import structlog
from fastapi import Depends, HTTPException, Request
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.db.engine import Database
from api.errors import TooMany, problem_body, reader_language, respond

log = structlog.get_logger(__name__)

# How often one address may do what. Reaching a person has no limit and so no entry. A library or a housing block can
# share one address, so these stop floods, not people.
LIMITS: dict[str, str] = {
    "chat_open": "60/minute",
    "chat_message": "120/minute",
    "chat_letter": "20/minute",
    "chat_socket": "120/minute",
    "chat_frame": "600/minute",
    "search": "240/minute",
    "guidance": "240/minute",
    "feedback": "60/minute",
    "sign_in": "20/minute",
    "complaint": "30/minute",
    "complaint_form": "240/minute",
    "follow_up": "120/minute",
    "case_status": "600/minute",
}


class RateLimiter:
    """Counts calls per address and rule, in this process or in Redis for several; does nothing when off."""

    def __init__(self, *, on: bool, redis_url: str | None = None) -> None:
        self.on = on
        self._here = MovingWindowRateLimiter(MemoryStorage())
        self._shared = shared_by(redis_url) if redis_url else None
        self._items: dict[str, RateLimitItem] = {name: parse(rule) for name, rule in LIMITS.items()}

    def rule(self, name: str) -> Callable[[Request], Awaitable[None]]:
        """A dependency that raises TooMany beyond the rule's limit.

        Raises:
            KeyError: there is no such rule.
        """
        if name not in self._items:
            raise KeyError(name)

        async def check(request: Request) -> None:
            await self.check(name, request)

        return check

    async def check(self, name: str, connection: HTTPConnection) -> None:
        """Counts one call of an address.

        Raises:
            TooMany: the rule allows no more for now.
        """
        if not self.on:
            return
        address = connection.client.host if connection.client else "unknown"
        try:
            await self._count(self._shared or self._here, name, address)
        except (StorageError, OSError) as error:
            # A Redis that is away takes no limit away: each process counts for itself meanwhile.
            log.warning("limits.redis_away", kind=type(error).__name__)
            await self._count(self._here, name, address)

    async def _count(self, window: MovingWindowRateLimiter, name: str, address: str) -> None:
        item = self._items[name]
        if not await window.hit(item, name, address):
            stats = await window.get_window_stats(item, name, address)
            seconds = max(1, round(stats.reset_time - time.time()))
            raise TooMany(seconds=seconds, headers={"Retry-After": str(seconds)})


def shared_by(redis_url: str) -> MovingWindowRateLimiter:
    """Counts in Redis, for several processes; its client is loaded only where there is one."""
    from limits.aio.storage import RedisStorage

    return MovingWindowRateLimiter(
        RedisStorage(f"async+{redis_url}", wrap_exceptions=True, implementation="redispy")
    )


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction for the request."""
    database: Database = request.app.state.database
    async with database.transaction() as session:
        yield session


# `scope="function"` commits before the answer is sent: nobody is told that something was saved which was not.
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]


def security_headers(origins: tuple[str, ...]) -> dict[str, str]:
    """The headers of every answer: nothing from elsewhere, framed only where the settings allow it."""
    policy = {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(("'self'", *origins)),
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


class SecurityHeaders:
    """Puts the security headers on every answer, and keeps what is personal out of caches."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self.app = app
        self.headers = security_headers(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        personal = scope["path"].startswith(("/api/", "/staff", "/internal/"))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if personal:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class BodyLimit:
    """Refuses a body beyond a size before it is read into memory, whether it is announced or streamed."""

    def __init__(
        self, app: ASGIApp, limit: int, *, files_at: tuple[str, ...] = (),
        files_below: tuple[str, ...] = (), files_limit: int = 0,
    ) -> None:  # fmt: skip
        self.app = app
        self.limit = limit
        # Addresses that end so take files, and with them more; those that begin so take much at once.
        self.files_at = files_at
        self.files_below = files_below
        self.files_limit = max(limit, files_limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        large = path.endswith(self.files_at) or path.startswith(self.files_below)
        limit = self.files_limit if large else self.limit
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit:
            await self._refuse(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                # The framework turns this kind of error, and no other, into our 413 on its way out.
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = reader_language(Request(scope))
        await respond(413, problem_body(413, "too_large", language=language))(scope, receive, send)
