"""What can go wrong, told the same way everywhere: RFC 9457 problem details.

The title is Danish and can be read by a person; the detail is in the reader's language. The sentences stand in
`api/problem_texts`, by the problem's code. An expected conflict is a 4xx; what nobody expected is a 500 and is logged.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.words import load_words

TEXTS = Path(__file__).parent / "problem_texts"
log = structlog.get_logger(__name__)


class ProblemError(Exception):
    """Base of all expected errors: a status, a code with texts, and the field at fault if there is one.

    `title` and `detail` override the texts of the code, for problems whose words come from other data.
    """

    status = 400
    code = "bad_request"

    def __init__(
        self,
        code: str | None = None,
        *,
        field: str | None = None,
        title: str | None = None,
        detail: str | None = None,
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
        **values: object,
    ) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.field = field
        self.title = title
        self.detail = detail
        self.headers = headers
        self.extra = extra or {}
        self.values = {"fields": field or ""} | values


class NotFound(ProblemError):
    """What was asked for does not exist, or is not the asker's to see."""

    status = 404
    code = "not_found"


class Unauthorized(ProblemError):
    """No valid token or sign-in came with the request."""

    status = 401
    code = "unauthorized"


class Forbidden(ProblemError):
    """Signed in, but not allowed to do this."""

    status = 403
    code = "forbidden"


class Conflict(ProblemError):
    """Somebody else was first, or the thing is in another state by now."""

    status = 409
    code = "conflict"


class InvalidInput(ProblemError):
    """The input cannot be used; `field` names what to change."""

    status = 422
    code = "invalid_input"


class TooMany(ProblemError):
    """Too many requests in too short a time; says when to try again."""

    status = 429
    code = "too_many"


class Unavailable(ProblemError):
    """A part that is needed does not answer just now."""

    status = 503
    code = "unavailable"


def problem_body(
    status: int, code: str, *, language: str = "da", field: str | None = None,
    title: str | None = None, detail: str | None = None, values: dict[str, object] | None = None,
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The body of a problem: type, title (Danish), status, detail (in the reader's language), field."""
    words = load_words(TEXTS)
    named = dict(values or {})
    body: dict[str, Any] = {
        "type": f"urn:stafet:problem:{code}",
        "title": title or words("da", f"{code}.title", **named),
        "status": status,
        "detail": detail or words(language, f"{code}.detail", **named),
    }
    if field is not None:
        body["field"] = field
    return body | (extra or {})


def reader_language(request: Request) -> str:
    """The reader's language: `lang` in the address if given, else the browser's first choice of the two."""
    asked = request.query_params.get("lang")
    if asked in ("da", "en"):
        return asked
    header = request.headers.get("accept-language", "")
    for part in header.split(","):
        primary = part.split(";")[0].strip().lower()[:2]
        if primary in ("da", "en"):
            return primary
    return "da"


def respond(
    status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> JSONResponse:
    """A problem as an HTTP answer."""
    return JSONResponse(
        body, status_code=status, headers=headers, media_type="application/problem+json"
    )


def install_error_handlers(app: FastAPI) -> None:
    """Makes every error of the application a problem document."""
    app.add_exception_handler(ProblemError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)
    body = problem_body(
        error.status, error.code, language=reader_language(request), field=error.field,
        title=error.title, detail=error.detail, values=error.values, extra=error.extra,
    )  # fmt: skip
    return respond(error.status, body, error.headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Names the fields at fault; the values themselves are never repeated, since they may be personal."""
    assert isinstance(error, RequestValidationError)
    fields = [field_name(item["loc"]) for item in error.errors()]
    body = problem_body(
        422, "invalid_input", language=reader_language(request), field=fields[0],
        values={"fields": ", ".join(dict.fromkeys(fields))},
        extra={"errors": [
            {"field": field, "kind": str(item["type"])}
            for field, item in zip(fields, error.errors(), strict=True)
        ]},
    )  # fmt: skip
    return respond(422, body)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    codes = {401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
             413: "too_large"}  # fmt: skip
    code = codes.get(error.status_code, "bad_request")
    headers = dict(error.headers) if error.headers else None
    return respond(
        error.status_code, problem_body(error.status_code, code, language=reader_language(request)),
        headers,
    )  # fmt: skip


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", kind=type(error).__name__, route=route_template(request))
    return respond(500, problem_body(500, "internal", language=reader_language(request)))


def field_name(location: Sequence[str | int]) -> str:
    """The name of a field as the caller wrote it: `("body", "text")` -> `text`."""
    # A body that is no JSON is located by a number, which says nothing to anybody.
    named = [part for part in location if part not in ("body", "query", "path", "header")]
    parts = [str(part) for part in named] if len(named) != 1 or isinstance(named[0], str) else []
    return ".".join(parts) or "body"


def route_template(request: Request) -> str:
    """The route's pattern rather than its address, so that no id or token reaches a log."""
    route = request.scope.get("route")
    return str(getattr(route, "path", "unmatched"))
