"""Complaints on a real PostgreSQL: many calls at once end with one complaint and one receipt."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from api.db.complaint_models import Complaint, ComplaintEvent
from api.db.outbox_models import OutboxDelivery
from tests.api.complaints.conftest import RECORD, changed
from tests.api.complaints.test_conversation import MISSING, Told, opened, talking
from tests.api.conftest import World

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]

URL = "/api/v1/complaints"


async def test_the_same_key_at_the_same_moment_makes_one_complaint(world: World) -> None:
    key = {"Idempotency-Key": "once"}
    async with world.client() as client:
        answers = await asyncio.gather(
            *(client.post(URL, json=RECORD, headers=key) for _ in range(12))
        )
        again = await client.post(URL, json=RECORD, headers=key)
    assert again.status_code == 201
    # Who came at the same moment is told to ask again, and then gets the very same receipt.
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all(one.json() == again.json() for one in answers if one.status_code == 201)
    async with world.database.reading() as tx:
        assert await tx.scalar(select(func.count(Complaint.id))) == 1
        assert await tx.scalar(select(func.count(ComplaintEvent.id))) == 1
        case = OutboxDelivery.destination == "case_system"
        assert await tx.scalar(select(func.count(OutboxDelivery.id)).where(case)) == 1


async def test_a_draft_that_is_sent_twice_at_once_is_sent_once(world: World) -> None:
    async with world.client() as client:
        session, token = await opened(world, client)
        await talking(world).draft(session, "da", Told())
        url = f"/api/v1/chat/sessions/{session}/complaint/approval"
        body = {"confirmed": True, "values": MISSING}
        answers = await asyncio.gather(
            *(client.post(url, json=body, headers=token) for _ in range(4))
        )
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404]
    async with world.database.reading() as tx:
        assert await tx.scalar(select(func.count(Complaint.id))) == 1


async def test_a_mixed_complaint_is_written_and_found_again(world: World) -> None:
    places = {
        "complaint__categories": ["decision", "conduct"],
        "complaint__decision": {
            "exists": "yes", "received_date": {"value": "2026-11-05", "precision": "day"},
        },
    }  # fmt: skip
    async with world.client() as client:
        told = (await client.post(URL, json=changed(**places))).json()
        code = {"X-Follow-Up-Code": told["follow_up_code"]}
        for reference in (told["reference"], told["parts"][0]["reference"]):
            assert (await client.get(f"{URL}/{reference}", headers=code)).status_code == 200
