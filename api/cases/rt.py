"""Request Tracker 5 by its REST 2.0 interface.

RT answers 201 and drops what it does not like without a word, and it knows no idempotency key. So the names of the
custom fields are checked at the start, a ticket is looked for before it is made, and read back afterwards.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx

from api.cases.documents import CaseFile
from api.cases.mapping import TicketMapping, earliest_deadline, first, heading, render_text
from api.cases.outgoing import call
from api.cases.port import (
    CASE_EVENTS,
    CaseEvent,
    CaseStatus,
    CaseSystemError,
    Change,
    Changes,
    Refused,
    Unclear,
)
from api.clock import DENMARK

# What has changed shortly before the cursor is read again: clocks differ, and a change takes a moment to be seen.
OVERLAP = timedelta(minutes=15)
SUBJECT_LENGTH = 120
PAGE = 100
DANISH = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


class RequestTracker:
    """One queue of one Request Tracker."""

    name = "rt"
    # Longer than the longest request seen on a busy server, in seconds.
    settle_seconds = 90.0
    can_find = True

    def __init__(
        self, client: httpx.AsyncClient, *, queue: str, mapping: TicketMapping,
        now: Callable[[], datetime],
        files: Callable[[CaseEvent], Awaitable[Sequence[CaseFile]]],
    ) -> None:  # fmt: skip
        self.client = client
        self.queue = queue
        self.mapping = mapping
        self.now = now
        self.files = files
        self.source = str(client.base_url).rstrip("/")
        # Tickets whose history has been read up to that time.
        self._read: dict[str, str] = {}

    async def check(self) -> list[str]:
        """Whether the queue can be seen and has every custom field that the mapping fills."""
        try:
            response = await self._call("GET", f"/queue/{self.queue}")
        except CaseSystemError as error:
            return [error.reason_code]
        if response.status_code == 404:
            return ["no_such_queue"]
        there = {field["name"] for field in response.json().get("TicketCustomFields", [])}
        return [f"no_custom_field_{name}" for name in self.mapping.fields if name not in there]

    async def find(self, event: CaseEvent) -> str | None:
        """The ticket's number, if there is a ticket for the complaint and this very event is in it."""
        ticket = await self._ticket_of(event.subject_id)
        return ticket if ticket and await self._holds(ticket, event) else None

    async def send(self, event: CaseEvent) -> str:
        """Makes the ticket, or adds the event to the one there is, and reads it back."""
        ticket = await self._ticket_of(event.subject_id)
        if ticket and await self._holds(ticket, event):
            return ticket
        if ticket is None:
            if event.type not in CASE_EVENTS:
                raise Refused("no_ticket_to_add_to")
            ticket = await self._create(event)
        else:
            await self._add(ticket, event)
        if event.type in CASE_EVENTS:
            await self._read_back(ticket, event)
        return ticket

    async def changes(self, cursor: str | None) -> Changes:
        """Changes of status in the queue since the cursor, which is the newest time of change that was seen."""
        query = f"Queue='{self.queue}' AND 'CF.{{{self.mapping.key}}}' IS NOT NULL"
        if cursor:
            since = datetime.fromisoformat(cursor) - OVERLAP
            query += f" AND LastUpdated > '{since.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
        items: list[Change] = []
        newest = cursor
        for ticket in await self._pages(
            "/tickets", query=query, fields="LastUpdated,CustomFields", orderby="LastUpdated"
        ):
            number, updated = str(ticket["id"]), str(ticket["LastUpdated"])
            newest = max(newest or updated, updated)
            if self._read.get(number) == updated:
                continue
            items += await self._status_history(number, str(self._key_of(ticket)))
            self._read[number] = updated
        return Changes(sorted(items, key=lambda change: change.at), newest)

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.aclose()

    async def _create(self, event: CaseEvent) -> str:
        body = {"Queue": self.queue, "Content": self._text(event), "ContentType": "text/plain",
                "Attachments": await self._attached(event), **self._wanted(event)}  # fmt: skip
        response = await self._call("POST", "/ticket", json=body)
        if response.status_code != 201:
            raise Refused(f"http_{response.status_code}")
        return str(response.json()["id"])

    async def _add(self, ticket: str, event: CaseEvent) -> None:
        """Adds a later event; the fields come first, for the comment is what says that the event has arrived."""
        if event.type in CASE_EVENTS:
            await self._call("PUT", f"/ticket/{ticket}", json=self._wanted(event))
        text = render_text(
            "added.txt.j2", heading=heading(event.type), file_name=_file_name(event),
            text=first(event.payload, ["/text", "/information/text", "/reason", "/note"]),
        )  # fmt: skip
        attached = await self._attached(event)
        body = {"Content": text, "ContentType": "text/plain", "Attachments": attached}
        response = await self._call("POST", f"/ticket/{ticket}/comment", json=body)
        if response.status_code == 404:
            raise Refused("ticket_is_gone")
        if not await self._holds(ticket, event):
            raise Unclear("comment_not_seen")

    async def _read_back(self, ticket: str, event: CaseEvent) -> None:
        """Compares the ticket with what was sent: RT drops what it does not like and says nothing."""
        there = (await self._call("GET", f"/ticket/{ticket}")).json()
        wanted = self._wanted(event)
        fields = {field["name"]: field["values"] for field in there.get("CustomFields", [])}
        for name, value in wanted["CustomFields"].items():
            sent = sorted(value) if isinstance(value, list) else [value]
            if sorted(fields.get(name, [])) != sent:
                raise Refused(f"dropped_{name}"[:60])
        if there.get("Subject") != wanted["Subject"]:
            raise Refused("dropped_subject")
        for name in ("Due", "Starts"):
            if name in wanted and _moment(there.get(name)) != _moment(f"{wanted[name]}Z"):
                raise Refused(f"dropped_{name.lower()}")

    def _wanted(self, event: CaseEvent) -> dict[str, Any]:
        """What the ticket is to hold."""
        record, mapping = event.payload, self.mapping
        fields = {name: first(record, places) for name, places in mapping.fields.items()}
        fields[mapping.key] = event.subject_id
        words = str(first(record, mapping.subject) or "").replace("\n", " ")
        reference = str(record.get("reference") or event.subject_id)
        wanted: dict[str, Any] = {
            "Subject": f"{reference}: {words}"[:SUBJECT_LENGTH].rstrip(" :"),
            "CustomFields": {name: _texts(value) for name, value in fields.items() if value},
        }
        if starts := first(record, mapping.starts):
            wanted["Starts"] = _rt_time(datetime.fromisoformat(str(starts)))
        if due := earliest_deadline(record, mapping.due_whose):
            day = datetime.fromisoformat(due).date()
            wanted["Due"] = _rt_time(datetime.combine(day, time(23, 59), DENMARK))
        return wanted

    def _text(self, event: CaseEvent) -> str:
        record = event.payload
        return render_text(
            "ticket.txt.j2", complaint=record.get("complaint"), matter=record.get("matter"),
            received_at=record.get("received_at", ""), reference=record.get("reference", ""),
            file_name=_file_name(event),
        )  # fmt: skip

    async def _attached(self, event: CaseEvent) -> list[dict[str, str]]:
        """The event as a file, by which it is found again, and the files that came with it."""
        content = json.dumps(event.payload, ensure_ascii=False, indent=2).encode()
        attached = [_file(_file_name(event), "application/json", content)]
        for one in await self.files(event):
            attached.append(_file(_plain(one.name), one.media_type, one.content))
        return attached

    async def _ticket_of(self, subject_id: str) -> str | None:
        """The complaint's ticket; of several, all but the first are merged into it."""
        safe = str(UUID(subject_id))
        query = f"Queue='{self.queue}' AND 'CF.{{{self.mapping.key}}}'='{safe}'"
        found = sorted(int(item["id"]) for item in await self._pages("/tickets", query=query))
        for double in found[1:]:
            await self._call("PUT", f"/ticket/{double}", json={"MergeInto": found[0]})
        return str(found[0]) if found else None

    async def _holds(self, ticket: str, event: CaseEvent) -> bool:
        """Whether the event's own file is attached to the ticket."""
        attached = await self._pages(f"/ticket/{ticket}/attachments", fields="Filename")
        return any(item.get("Filename") == _file_name(event) for item in attached)

    async def _status_history(self, ticket: str, subject_id: str) -> list[Change]:
        entries = await self._pages(
            f"/ticket/{ticket}/history", fields="Type,Field,NewValue,Created"
        )
        return [
            Change(
                source=self.source, event_id=f"rt-txn-{entry['id']}", subject_id=subject_id,
                status=CaseStatus(self.mapping.statuses[entry["NewValue"]]),
                at=datetime.fromisoformat(entry["Created"]),
            )
            for entry in entries
            if entry.get("Type") == "Status" and entry.get("NewValue") in self.mapping.statuses
        ]  # fmt: skip

    def _key_of(self, ticket: dict[str, Any]) -> str:
        fields = {field["name"]: field["values"] for field in ticket.get("CustomFields", [])}
        return str((fields.get(self.mapping.key) or [""])[0])

    async def _pages(self, path: str, **parameters: str) -> list[dict[str, Any]]:
        """All items of a collection, page by page."""
        items: list[dict[str, Any]] = []
        for number in range(1, 1000):
            asked = {**parameters, "per_page": str(PAGE), "page": str(number)}
            response = await self._call("GET", path, params=asked)
            if response.status_code == 404:
                return items
            page = response.json().get("items", [])
            items += page
            if len(page) < PAGE:
                break
        return items

    async def _call(self, method: str, path: str, **options: object) -> httpx.Response:
        return await call(self.client, method, f"/REST/2.0{path}", now=self.now(), **options)


def _file_name(event: CaseEvent) -> str:
    return f"stafet-{event.id}.json"


def _plain(name: str) -> str:
    """A file's name in plain letters: RT takes others in a name that it cannot give back as text."""
    folded = unicodedata.normalize("NFKD", name.translate(DANISH))
    return folded.encode("ascii", "ignore").decode() or "file"


def _file(name: str, media_type: str, content: bytes) -> dict[str, str]:
    text = base64.b64encode(content).decode()
    return {"FileName": name, "FileType": media_type, "FileContent": text}


def _texts(value: Any) -> str | list[str]:
    return [str(item) for item in value] if isinstance(value, list) else str(value)


def _rt_time(moment: datetime) -> str:
    """The one form that RT reads alike when a ticket is made and when it is changed; in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text).replace(microsecond=0) if text else None
