"""The internal address where Rasa runs the application's actions; nobody else gets in.

Three locks: the caller is on this machine, no proxy stands between, and it shows the secret made at set-up. Our own bot
is let in before anything that guards and logs the requests of strangers; whoever is refused meets all of that.
"""

from __future__ import annotations

import hmac
from typing import Any, Protocol

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import Forbidden
from api.settings import is_loopback

log = structlog.get_logger(__name__)

PATH = "/internal/actions"
SECRET_HEADER = "X-Stafet-Action-Secret"  # noqa: S105 - the header's name, not a secret
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Executor(Protocol):
    """What runs an action; rasa-sdk's executor in the product."""

    async def run(self, action_call: dict[str, Any]) -> Any:
        """Runs the action that Rasa names."""
        ...


class OurBotFirst:
    """Runs the actions of our own bot; every other request goes on to the application."""

    def __init__(self, app: ASGIApp, executor: Executor | ActionExecutor, secret: str) -> None:
        self.app = app
        self.executor = executor
        self.secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST":
            request = Request(scope, receive)
            if is_our_bot(request, self.secret):
                response = await run_action(self.executor, await request.json())
                await response(scope, receive, send)
                return
        await self.app(scope, receive, send)


def build_refusal() -> APIRouter:
    """The same address for everybody who is not our own bot."""
    router = APIRouter(include_in_schema=False)

    @router.post(PATH)
    async def refuse(request: Request) -> None:
        """Says that only the bot on this machine may run actions.

        Raises:
            Forbidden: always.
        """
        log.warning(
            "actions.refused",
            proxied=is_proxied(request),
            with_secret=SECRET_HEADER in request.headers,
        )
        raise Forbidden("actions_local_only")

    return router


async def run_action(executor: Executor | ActionExecutor, call: dict[str, Any]) -> JSONResponse:
    """Runs one action and answers in rasa-sdk's shape."""
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as rejection:
        return JSONResponse(
            {"error": str(rejection), "action_name": rejection.action_name}, status_code=400
        )
    except ActionNotFoundException as missing:
        log.error("action.unknown", action=missing.action_name)
        return JSONResponse(
            {"error": str(missing), "action_name": missing.action_name}, status_code=404
        )
    return JSONResponse(result.model_dump() if hasattr(result, "model_dump") else result or {})


def is_our_bot(request: Request, secret: str) -> bool:
    """Whether a request comes from this machine, through no proxy, with the secret."""
    address = request.client.host if request.client else ""
    given = request.headers.get(SECRET_HEADER, "")
    return (
        is_loopback(address)
        and not is_proxied(request)
        and hmac.compare_digest(given.encode(), secret.encode())
    )


def is_proxied(request: Request) -> bool:
    """Whether a proxy has passed the request on."""
    return any(name in request.headers for name in PROXY_HEADERS)
