"""Files that came with a complaint: read for adapters that carry them, or fetched with a key that lasts a day.

The key stands in the signed event. It opens the files of one complaint, and every fetch is written into the audit log.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Response
from sqlalchemy import select

from api.auth import audit
from api.cases.port import CaseEvent, Refused
from api.db.complaint_models import ComplaintAttachment
from api.db.engine import Database
from api.deps import RateLimiter, Transaction
from api.errors import NotFound, Unauthorized
from api.settings import Settings

# How long a key opens the files of a complaint.
LIFETIME = timedelta(hours=24)


@dataclass(frozen=True)
class CaseFile:
    """One file, with its content."""

    id: str
    name: str
    media_type: str
    content: bytes


class CaseFiles:
    """Reads the files that an event names."""

    def __init__(
        self, database: Database, read: Callable[[ComplaintAttachment], Awaitable[bytes]]
    ) -> None:
        self.database = database
        self.read = read

    async def of(self, event: CaseEvent) -> list[CaseFile]:
        """The files that came with an event.

        Raises:
            Refused: one of them is gone; what an event names must not be left out in silence.
        """
        wanted = file_ids(event)
        if not wanted:
            return []
        query = select(ComplaintAttachment).where(
            ComplaintAttachment.id.in_(wanted), ComplaintAttachment.complaint_id == event.subject_id
        )
        async with self.database.reading() as tx:
            rows = {row.id: row for row in await tx.scalars(query)}
        if set(wanted) - rows.keys():
            raise Refused("file_gone")
        try:
            return [
                CaseFile(row.id, row.filename, row.media_type, await self.read(row))
                for row in (rows[name] for name in wanted)
            ]
        except NotFound:
            raise Refused("file_gone") from None


def file_ids(event: CaseEvent) -> list[str]:
    """The ids of the files that an event names."""
    named = event.payload.get("attachments")
    return [str(one["id"]) for one in named or [] if isinstance(one, dict) and "id" in one]


class DocumentKeys:
    """Makes and checks the keys."""

    def __init__(self, secret: str, address: str, now: Callable[[], datetime]) -> None:
        self._key = hashlib.sha256(b"documents:" + secret.encode()).digest()
        self.address = address.rstrip("/")
        self.now = now

    def access(self, event: CaseEvent) -> dict[str, Any] | None:
        """Where and with which key the event's files are fetched; nothing, if it has none."""
        if not file_ids(event):
            return None
        until = int((self.now() + LIFETIME).timestamp())
        return {
            "url": f"{self.address}/api/v1/cases/documents/{event.subject_id}/{{id}}",
            "token": f"{until}.{self._sign(event.subject_id, until)}",
            "expires_at": datetime.fromtimestamp(until, UTC).isoformat(),
        }

    def require(self, complaint: str, token: str) -> None:
        """Refuses a key that is wrong, too old, or another complaint's.

        Raises:
            Unauthorized: it is.
        """
        until, _, signature = token.partition(".")
        if not (until.isascii() and until.isdigit()) or len(until) > 12:
            raise Unauthorized
        right = self._sign(complaint, int(until))
        if not hmac.compare_digest(right.encode(), signature.encode()):
            raise Unauthorized
        if int(until) < self.now().timestamp():
            raise Unauthorized

    def _sign(self, complaint: str, until: int) -> str:
        digest = hmac.new(self._key, f"{complaint}:{until}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def document_keys(settings: Settings, now: Callable[[], datetime]) -> DocumentKeys | None:
    """The keys, where there is a webhook whose receiver could use them."""
    if settings.webhook_secret is None:
        return None
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    return DocumentKeys(settings.webhook_secret.get_secret_value(), address, now)


def build_documents_route(
    keys: DocumentKeys, answer: Callable[[ComplaintAttachment], Awaitable[Response]],
    limiter: RateLimiter,
) -> APIRouter:  # fmt: skip
    """The address where the receiver of an event fetches its files."""
    router = APIRouter(prefix="/api/v1/cases", tags=["cases"])

    @router.get(
        "/documents/{complaint}/{document}", response_model=None,
        dependencies=[Depends(limiter.rule("case_status"))],
    )  # fmt: skip
    async def document(
        complaint: str, document: str, tx: Transaction, authorization: Annotated[str, Header()] = ""
    ) -> Response:
        """One file of a complaint, with the key from the event."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized
        keys.require(complaint, token.strip())
        row = await tx.get(ComplaintAttachment, document)
        if row is None or row.complaint_id != complaint:
            raise NotFound
        response = await answer(row)
        audit(
            tx, actor="case_system", act="fetched", kind="attachment", subject=document,
            now=keys.now(),
        )  # fmt: skip
        return response

    return router
