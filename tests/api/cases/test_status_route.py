"""The signed way back: only with the right signature, once per event, and into the complaint's own history."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from standardwebhooks import Webhook

from api.app import Parts, create_app
from api.db.complaint_models import Complaint
from api.db.engine import Database
from api.outbox.store import CASE_SYSTEM
from api.settings import Settings
from knowledge.organisation import load_organisation
from knowledge.search.search import KnowledgeBase
from tests.api.complaints.conftest import RECORD
from tests.api.conftest import World
from tests.api.fakes import FakeRasa, FakeTime

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "/api/v1/cases/webhook/status"
COMPLAINTS = "/api/v1/complaints"


@pytest.fixture
async def signed_world(
    settings: Settings, database: Database, small_knowledge: KnowledgeBase
) -> AsyncIterator[World]:
    settings = settings.model_copy(update={"webhook_status_secret": SecretStr(SECRET)})
    rasa, time = FakeRasa(), FakeTime()
    async with rasa.client() as rasa_http:
        parts = Parts(
            database=database, knowledge=small_knowledge,
            organisation=load_organisation("koebenhavn"), rasa_http=rasa_http, clock=time.clock(),
        )  # fmt: skip
        yield World(create_app(settings, parts), database, rasa, time, settings)


def told(subject: str, status: str = "accepted", event_id: str = "e-1", **more: Any) -> str:
    event = {
        "specversion": "1.0", "id": event_id, "source": "https://sager.example",
        "type": "dk.stafet.case.status_changed", "subject": subject,
        "time": "2026-11-20T10:00:00Z", "data": {"status": status, "note": "Vi ser på det."},
    }  # fmt: skip
    return json.dumps(event | more)


def signed(body: str, secret: str = SECRET) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "webhook-id": "m-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("m-1", now, body),
    }


async def filed(world: World, http: httpx.AsyncClient) -> tuple[str, dict[str, str], str]:
    """A complaint that has been delivered: its address, the header that opens it, its id."""
    answer = await http.post(COMPLAINTS, json=RECORD)
    assert answer.status_code == 201, answer.text
    assert await world.app.state.outbox.worker.step(CASE_SYSTEM) == 1
    body = answer.json()
    async with world.database.reading() as tx:
        complaint = await tx.scalar(select(Complaint.id))
    assert complaint is not None
    address = f"{COMPLAINTS}/{body['reference']}"
    return address, {"X-Follow-Up-Code": body["follow_up_code"]}, complaint


async def test_the_citizen_sees_how_far_the_case_has_come(signed_world: World) -> None:
    async with signed_world.client() as http:
        address, opens, complaint = await filed(signed_world, http)
        assert (await http.get(address, headers=opens)).json()["status"] == "sent"
        body = told(complaint)
        answer = await http.post(URL, content=body, headers=signed(body))
        assert (answer.status_code, answer.json()) == (200, {"changed": True})
        assert (await http.get(address, headers=opens)).json()["status"] == "accepted"
        again = await http.post(URL, content=body, headers=signed(body))
        assert (again.status_code, again.json()) == (200, {"changed": False})


async def test_without_the_right_signature_nothing_happens(
    signed_world: World, problem: Any
) -> None:
    async with signed_world.client() as http:
        address, opens, complaint = await filed(signed_world, http)
        body = told(complaint, "closed")
        other = "whsec_" + "A" * 32
        right = signed(body)
        for headers in (
            {}, signed(body, other), signed(told(complaint)),
            right | {"webhook-timestamp": "1"}, right | {"webhook-timestamp": "soon"},
            right | {"webhook-signature": "v1,not base64"}, right | {"webhook-signature": "junk"},
        ):  # fmt: skip
            problem(await http.post(URL, content=body, headers=headers), 401, "unauthorized")
        assert (await http.get(address, headers=opens)).json()["status"] == "sent"


@pytest.mark.parametrize(
    "more", [{"type": "other"}, {"time": "2026-11-20T10:00:00"}, {"data": {"status": "lost"}},
             {"id": ""}, {"source": ""}]
)  # fmt: skip
async def test_an_event_of_another_shape_is_refused(
    signed_world: World, more: dict[str, Any], problem: Any
) -> None:
    body = told("c-1", **more)
    async with signed_world.client() as http:
        problem(await http.post(URL, content=body, headers=signed(body)), 422, "invalid_input")


async def test_an_unknown_case_is_no_error_and_no_hint(signed_world: World) -> None:
    body = told("nobody")
    async with signed_world.client() as http:
        answer = await http.post(URL, content=body, headers=signed(body))
    assert answer.json() == {"changed": False}


async def test_without_a_secret_there_is_no_way_back(world: World, problem: Any) -> None:
    body = told("c-1")
    async with world.client() as http:
        problem(await http.post(URL, content=body, headers=signed(body)), 404, "not_found")
