"""The internal address where Rasa runs the application's actions; nobody else gets in.

Three locks: the caller is on this machine, no proxy stands between, and it shows the secret made at set-up.
"""

from __future__ import annotations

import hmac
from typing import Any, Protocol

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from api.errors import Forbidden
from api.settings import is_loopback

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Stafet-Action-Secret"  # noqa: S105 - the header's name, not a secret
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Executor(Protocol):
    """What runs an action; rasa-sdk's executor in the product."""

    async def run(self, action_call: dict[str, Any]) -> Any:
        """Runs the action that Rasa names."""
        ...


def build_router(executor: Executor | ActionExecutor, secret: str) -> APIRouter:
    """The route over one executor."""
    router = APIRouter(include_in_schema=False)

    @router.post("/internal/actions")
    async def run_action(request: Request) -> JSONResponse:
        """Runs one action and answers in rasa-sdk's shape."""
        require_our_bot(request, secret)
        call = await request.json()
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

    return router


def require_our_bot(request: Request, secret: str) -> None:
    """Lets only our own Rasa through.

    Raises:
        Forbidden: from another machine, through a proxy, or without the secret.
    """
    address = request.client.host if request.client else ""
    given = request.headers.get(SECRET_HEADER, "")
    proxied = any(name in request.headers for name in PROXY_HEADERS)
    if (
        not is_loopback(address)
        or proxied
        or not hmac.compare_digest(given.encode(), secret.encode())
    ):
        log.warning("actions.refused", proxied=proxied, with_secret=bool(given))
        raise Forbidden("actions_local_only")
