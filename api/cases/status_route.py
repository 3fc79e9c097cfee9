"""The way back: a case system tells by a signed event how far a case has come.

A CloudEvent of type `dk.stafet.case.status_changed`, signed by the rules of Standard Webhooks; the same event again
is taken as a success and changes nothing.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from standardwebhooks import Webhook, WebhookVerificationError

from api.cases.port import CaseStatus, Change
from api.deps import RateLimiter, Transaction
from api.errors import InvalidInput, NotFound, Unauthorized


class Take(Protocol):
    """Takes over a change, in the caller's transaction; says whether it was new."""

    async def __call__(self, tx: AsyncSession, change: Change, *, now: datetime) -> bool:
        """Takes over one change."""


Name = Annotated[str, Field(min_length=1, max_length=200)]


class StatusData(BaseModel):
    """What has happened to the case."""

    model_config = ConfigDict(extra="ignore")

    status: CaseStatus
    note: Annotated[str | None, Field(max_length=5000)] = None


class StatusEvent(BaseModel):
    """A CloudEvent that tells of a change; what else it carries is not looked at."""

    model_config = ConfigDict(extra="ignore")

    specversion: Literal["1.0"]
    id: Name
    source: Name
    type: Literal["dk.stafet.case.status_changed"]
    subject: Annotated[str, Field(min_length=1, max_length=64)]
    time: AwareDatetime
    data: StatusData


class Taken(BaseModel):
    """Whether the event has changed anything: a repeat, or one older than what is known, has not."""

    changed: bool


def build_status_route(
    secret: SecretStr | None, take: Take, now: Callable[[], datetime], limiter: RateLimiter
) -> APIRouter:
    """The route for status events; it does not exist where no secret is set."""
    router = APIRouter(prefix="/api/v1/cases", tags=["cases"])
    checker = Webhook(secret.get_secret_value()) if secret else None

    @router.post(
        "/webhook/status", response_model=Taken, dependencies=[Depends(limiter.rule("case_status"))]
    )
    async def status(request: Request, tx: Transaction) -> Taken:
        """Takes a signed status event from the case system."""
        if checker is None:
            raise NotFound
        body = await request.body()
        _verify(checker, body, dict(request.headers))
        try:
            event = StatusEvent.model_validate_json(body)
        except ValidationError as error:
            place = error.errors()[0]["loc"]
            raise InvalidInput(field=".".join(map(str, place)) or "body") from None
        change = Change(
            source=event.source, event_id=event.id, subject_id=event.subject,
            status=event.data.status, at=event.time, note=event.data.note,
        )  # fmt: skip
        return Taken(changed=await take(tx, change, now=now()))

    return router


def _verify(checker: Webhook, body: bytes, headers: dict[str, str]) -> None:
    try:
        checker.verify(body, headers, json_parse=False)
    except (WebhookVerificationError, binascii.Error, ValueError):
        # A signature that cannot even be read is a wrong one.
        raise Unauthorized from None
