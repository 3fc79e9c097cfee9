"""A real Request Tracker keeps the contract; what it drops without a word is seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from api.cases.documents import CaseFile
from api.cases.mapping import load_mapping
from api.cases.outgoing import outgoing_client
from api.cases.port import INFORMATION_ADDED, CaseEvent, CaseStatus, ClosedDoor, Refused
from api.cases.rt import RequestTracker
from api.clock import Clock
from tests.api.cases.contract import Case, CaseSystemContract, event
from tests.conftest import leave_out
from tests.server.lifetime import kept_running
from tests.server.request_tracker.server import RequestTrackerServer, installed

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]

QUEUE = "Klager"


@pytest.fixture(scope="module")
def server() -> Iterator[RequestTrackerServer]:
    if not installed():
        leave_out("Debian's request-tracker5 is not installed")
    with kept_running(RequestTrackerServer, "rt") as made:
        yield made


async def one_file(event: CaseEvent) -> list[CaseFile]:
    """A letter that came with the complaint, where the complaint says so."""
    named = event.payload.get("attachments", [])
    return [CaseFile(one["id"], "afgørelse.pdf", "application/pdf", b"%PDF-1.7") for one in named]


def connected(server: RequestTrackerServer, **changed: Any) -> RequestTracker:
    client = outgoing_client(
        seconds=30, loopback_allowed=True, base_url=server.url,
        headers={"Authorization": f"token {changed.pop('token', server.token)}"},
    )  # fmt: skip
    given = {"queue": QUEUE, "mapping": load_mapping("rt"), "now": Clock().now, "files": one_file}
    given |= changed
    return RequestTracker(client, **given)


class Window:
    """A look at the tickets past the adapter."""

    def __init__(self, server: RequestTrackerServer) -> None:
        self.http = httpx.AsyncClient(
            base_url=f"{server.url}/REST/2.0", timeout=30, trust_env=False,
            headers={"Authorization": f"token {server.token}"},
        )  # fmt: skip

    async def tickets(self, subject_id: str) -> list[str]:
        query = f"Queue='{QUEUE}' AND 'CF.{{complaint_id}}'='{subject_id}'"
        answer = await self.http.get("/tickets", params={"query": query, "per_page": "100"})
        return [str(item["id"]) for item in answer.json()["items"]]

    async def ticket(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.http.get(f"/ticket/{number}")).json()
        return found

    async def files(self, subject_id: str) -> list[str]:
        names: list[str] = []
        for number in await self.tickets(subject_id):
            answer = await self.http.get(
                f"/ticket/{number}/attachments", params={"fields": "Filename", "per_page": "100"}
            )
            names += [item["Filename"] for item in answer.json()["items"] if item["Filename"]]
        return names

    async def make(self, subject_id: str, **fields: Any) -> str:
        """A ticket made by somebody else."""
        body = {"Queue": QUEUE, "Subject": "x", "CustomFields": {"complaint_id": subject_id}}
        answer = await self.http.post("/ticket", json=body | fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def set(self, number: str, **fields: Any) -> None:
        answer = await self.http.put(f"/ticket/{number}", json=fields)
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def window(server: RequestTrackerServer) -> AsyncIterator[Window]:
    look = Window(server)
    yield look
    await look.http.aclose()


@pytest.fixture
async def case(server: RequestTrackerServer, window: Window) -> AsyncIterator[Case]:
    system = connected(server)

    async def count(sent: CaseEvent) -> int:
        return (await window.files(sent.subject_id)).count(f"stafet-{sent.id}.json")

    async def cases(subject_id: str) -> int:
        return len(await window.tickets(subject_id))

    yield Case(system, count, cases)
    await system.close()


class TestRequestTracker(CaseSystemContract):
    """The contract."""


async def test_the_ticket_holds_what_the_mapping_says(case: Case, window: Window) -> None:
    sent = event()
    ticket = await window.ticket(await case.system.send(sent))
    fields = {field["name"]: sorted(field["values"]) for field in ticket["CustomFields"]}
    assert fields["complaint_category"] == ["adfaerd", "formalitet"]
    assert fields["forvaltning"] == ["SOF"]
    assert fields["complaint_ref"] == [sent.payload["reference"]]
    assert sent.payload["complaint"]["subject"] in ticket["Subject"]
    assert ticket["Starts"] == "2026-11-20T09:00:00Z"
    assert ticket["Due"] == "2026-12-04T22:59:00Z"
    assert not ticket["Requestor"], "RT would write to the citizen by itself"


async def test_files_come_along(case: Case, window: Window) -> None:
    sent = event(attachments=[{"id": "1"}])
    await case.system.send(sent)
    assert sorted(await window.files(sent.subject_id)) == [
        "afgoerelse.pdf",
        f"stafet-{sent.id}.json",
    ]


async def test_a_value_that_is_dropped_is_no_success(case: Case) -> None:
    """RT answers 201 to this."""
    with pytest.raises(Refused, match="dropped_prior_complaint"):
        await case.system.send(event(prior_complaint={"status": "maybe"}))


async def test_a_field_that_is_not_there_is_seen_at_the_start(server: RequestTrackerServer) -> None:
    mapping = load_mapping("rt")
    more = replace(mapping, fields=mapping.fields | {"new_field": ["/id"]})
    assert await connected(server, mapping=more).check() == ["no_custom_field_new_field"]
    assert await connected(server, queue="Nowhere").check() != []
    assert await connected(server, token="1-1-wrong").check() == ["http_401"]


async def test_a_wrong_token_is_a_closed_door(server: RequestTrackerServer) -> None:
    with pytest.raises(ClosedDoor):
        await connected(server, token="1-1-wrong").send(event())


async def test_doubles_are_merged(case: Case, window: Window) -> None:
    sent = event()
    for _ in range(2):
        await window.make(sent.subject_id)
    assert len(await window.tickets(sent.subject_id)) == 2
    await case.system.send(sent)
    assert len(await window.tickets(sent.subject_id)) == 1
    assert await case.count(sent) == 1


async def test_nothing_is_added_where_there_is_no_ticket(case: Case) -> None:
    with pytest.raises(Refused):
        await case.system.send(event(INFORMATION_ADDED))


async def test_a_change_of_status_comes_back_once(case: Case, window: Window) -> None:
    start = (await case.system.changes(None)).cursor
    sent = event()
    number = await case.system.send(sent)
    await window.set(number, Status="open")
    first = await case.system.changes(start)
    mine = [one for one in first.items if one.subject_id == sent.subject_id]
    assert [one.status for one in mine] == [CaseStatus.ACCEPTED]
    await asyncio.sleep(1.1)  # RT's times have whole seconds
    await window.set(number, Status="resolved")
    second = await case.system.changes(first.cursor)
    later = [one for one in second.items if one.subject_id == sent.subject_id]
    assert [one.status for one in later][-1] is CaseStatus.ANSWERED
    assert {one.event_id for one in mine} < {one.event_id for one in later}
    assert [one.at for one in later] == sorted(one.at for one in later)
    assert all(isinstance(one.at, datetime) and one.at.tzinfo for one in later)
    assert (await case.system.changes(second.cursor)).items == []
