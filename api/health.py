"""Whether the process lives, and whether everything it needs answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from fastapi import APIRouter
from fastapi.responses import JSONResponse

log = structlog.get_logger(__name__)

Probe = Callable[[], Awaitable[bool]]
# A part that takes longer than this to say that it is well is not well, in seconds.
PROBE_SECONDS = 2.0


def build_router(probes: Mapping[str, Probe]) -> APIRouter:
    """The health routes over named probes."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Answers while the process lives."""
        return {"status": "ok"}

    @router.get("/readyz", responses={503: {"description": "A part does not answer"}})
    async def readyz() -> JSONResponse:
        """Answers 200 only when the bot, the index and the database all do; else says which does not."""
        names = list(probes)
        answers = await asyncio.gather(*(_ask(name, probes[name]) for name in names))
        parts = dict(zip(names, answers, strict=True))
        ready = all(answers)
        return JSONResponse(
            {"status": "ready" if ready else "not ready", "parts": parts},
            status_code=200 if ready else 503,
        )

    return router


async def _ask(name: str, probe: Probe) -> bool:
    try:
        return await asyncio.wait_for(probe(), PROBE_SECONDS)
    except Exception as error:  # whatever is wrong with a part, the answer is that it is not ready
        log.warning("probe.failed", part=name, kind=type(error).__name__)
        return False
