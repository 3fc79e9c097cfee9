"""Structured logs: one line per event, names and numbers only, never what a person wrote."""

from __future__ import annotations

import logging
import sys
import time
import traceback
import uuid

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.types import EventDict, WrappedLogger

from api.masking import mask_cpr

log = structlog.get_logger("api.requests")

# Keys that would carry a person's own words or a secret; they are dropped, whoever passes them.
FORBIDDEN_KEYS = frozenset(
    {"text", "message", "q", "query", "body", "payload", "token", "password", "secret"}
)
# How many places of a traceback are logged, the innermost first.
FRAMES = 6


def without_words(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drops keys that could hold message text or secrets, and masks CPR numbers in what is left."""
    for key in FORBIDDEN_KEYS & event.keys():
        del event[key]
    return {
        key: mask_cpr(value) if isinstance(value, str) else value for key, value in event.items()
    }


def without_traceback(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keeps of an exception its type and where it happened; its message may repeat what a citizen wrote."""
    problem = event.pop("exc_info", None)
    if problem is True:
        problem = sys.exc_info()
    if isinstance(problem, BaseException):
        problem = (type(problem), problem, problem.__traceback__)
    if isinstance(problem, tuple) and problem[0] is not None:
        frames = traceback.extract_tb(problem[2])[-FRAMES:]
        places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
        event["exception"] = f"{problem[0].__name__} at {places}"
    return event


def configure_logging(level: str, *, json: bool) -> None:
    """Sets up structlog, and routes the standard library's loggers through the same lines."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_traceback,
        without_words,
    ]
    render: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("uvicorn.access", "httpx", "httpcore", "sentence_transformers", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True


class RequestLog:
    """Logs one line per request: method, route pattern, status, milliseconds; never address, query or body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex[:16]
        status = 500
        started = time.perf_counter()

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, note_status)
            finally:
                route = getattr(scope.get("route"), "path", "unmatched")
                write = log.debug if route in ("/healthz", "/readyz") else log.info
                write(
                    "request",
                    method=scope["method"],
                    route=route,
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )
