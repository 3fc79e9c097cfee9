"""Any system that takes a webhook: CloudEvents 1.0 as structured JSON, signed by the rules of Standard Webhooks.

`webhook-id` is the event's id and the same at every try; the receiver drops repeats by it, or offers a look-up.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
from standardwebhooks import Webhook

from api.cases.outgoing import call
from api.cases.port import COMPLETED, NOTIFIED, SUBMITTED, CaseEvent, Changes, Refused

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
REF_LENGTH = 200
# What the data of an event is, by the name of its published schema.
SCHEMAS = {SUBMITTED: "complaint", COMPLETED: "complaint", NOTIFIED: "complaint-notice"}
# Standard Webhooks advises small bodies; this is where a receiver may well refuse one, in bytes.
LARGEST = 512_000


class WebhookSystem:
    """Posts signed events to one address."""

    name = "webhook"
    # A receiver that has not answered by then is taken to have ended what it was doing, in seconds.
    settle_seconds = 60.0

    def __init__(
        self, client: httpx.AsyncClient, *, url: str, secret: str, source: str,
        now: Callable[[], datetime], lookup_url: str | None = None,
        access: Callable[[CaseEvent], dict[str, Any] | None] | None = None,
    ) -> None:  # fmt: skip
        self.client = client
        self.url = url
        self.signer = Webhook(secret)
        self.source = source
        self.now = now
        self.lookup_url = lookup_url
        self.access = access
        self.can_find = lookup_url is not None

    async def check(self) -> list[str]:
        """Nothing can be asked of a webhook without sending one; a wrong address shows with the first event."""
        return []

    async def find(self, event: CaseEvent) -> str | None:
        """Asks the receiver's look-up for the event, where there is one."""
        if self.lookup_url is None:
            return None
        url = f"{self.lookup_url.rstrip('/')}/{quote(event.id, safe='')}"
        headers = self._signed(event.id, "")
        response = await call(self.client, "GET", url, now=self.now(), headers=headers)
        return None if response.status_code == 404 else _ref(response, event)

    async def send(self, event: CaseEvent) -> str:
        """Posts the event; gives the case's name if the receiver tells it as `external_ref`, else the event's id."""
        body = json.dumps(self.cloud_event(event), ensure_ascii=False, separators=(",", ":"))
        if len(body.encode()) > LARGEST:
            raise Refused("too_large")
        headers = {"content-type": CONTENT_TYPE} | self._signed(event.id, body)
        response = await call(
            self.client, "POST", self.url, now=self.now(), headers=headers, content=body.encode()
        )
        if response.status_code == 404:
            raise Refused("http_404")
        return _ref(response, event)

    def cloud_event(self, event: CaseEvent) -> dict[str, Any]:
        """The event in its envelope; what is big is named in it, with a key to fetch it for a short time."""
        envelope: dict[str, Any] = {
            "specversion": "1.0", "id": event.id, "source": self.source, "type": event.type,
            "subject": event.subject_id, "time": event.at.isoformat(),
            "datacontenttype": "application/json", "data": event.payload,
        }  # fmt: skip
        schema = SCHEMAS.get(event.type)
        version = event.payload.get("schema_version")
        if schema and version:
            envelope["dataschema"] = f"urn:stafet:schema:{schema}:{version}"
        access = self.access(event) if self.access else None
        return envelope | ({"documentaccess": json.dumps(access)} if access else {})

    async def changes(self, cursor: str | None) -> Changes:
        """Nothing: changes come by the signed call back."""
        return Changes(cursor=cursor)

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.aclose()

    def _signed(self, event_id: str, body: str) -> dict[str, str]:
        now = self.now()
        return {
            "webhook-id": event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self.signer.sign(event_id, now, body),
        }


def _ref(response: httpx.Response, event: CaseEvent) -> str:
    """What the receiver calls the case; a receiver need not say."""
    try:
        told = response.json()
    except ValueError:
        return event.id
    ref = told.get("external_ref") if isinstance(told, dict) else None
    return str(ref)[:REF_LENGTH] if ref else event.id
