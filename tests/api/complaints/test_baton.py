"""Who has a complaint since when; the day after the last one the citizen is told where to turn, all filled in."""

from __future__ import annotations

from typing import Any

import httpx
from sqlalchemy import select

from api.complaints.baton import to_say
from api.complaints.delivery import Delivery
from api.complaints.overdue import keep_complaints
from api.db.complaint_models import Complaint, ComplaintCall
from api.db.outbox_models import OutboxDelivery
from tests.api.complaints.conftest import changed
from tests.api.conftest import World


async def sent(client: httpx.AsyncClient, record: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post("/api/v1/complaints", json=record)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def confirmed(world: World, reference: str) -> None:
    async with world.database.transaction() as tx:
        row = await tx.scalar(select(Complaint).where(Complaint.reference == reference))
        assert row is not None
        row.email, row.email_confirmed_at = "anna@example.org", world.time()


async def mails(world: World) -> list[dict[str, Any]]:
    async with world.database.reading() as tx:
        query = select(OutboxDelivery.payload).where(OutboxDelivery.destination == "mail")
        return list(await tx.scalars(query.order_by(OutboxDelivery.id)))


async def test_the_day_after_a_mail_names_borgerraadgiveren_and_the_page_with_all_filled_in(
    world: World, client: httpx.AsyncClient
) -> None:
    told = await sent(client, changed())
    await confirmed(world, told["reference"])
    # Friday the 20th; the tenth working day is Friday the 4th of December, which is still the municipality's.
    world.time.move(days=14)
    await keep_complaints(world.app.state.following)
    assert not [one for one in await mails(world) if one["about"] == "answer_passed"]
    world.time.move(days=1)
    await keep_complaints(world.app.state.following)
    await keep_complaints(world.app.state.following)
    news = [one for one in await mails(world) if one["about"] == "answer_passed"]
    assert len(news) == 1
    reach = world.app.state.following.setting.profile.organisation.reach("borgerraadgiveren", "da")
    assert reach in news[0]["text"]
    assert "/opfoelgning" in news[0]["text"]
    assert "Anna" not in news[0]["text"]
    assert told["reference"] in news[0]["subject"]


async def test_without_a_mail_somebody_calls_and_knows_what_to_say(
    world: World, client: httpx.AsyncClient
) -> None:
    await sent(client, changed())
    world.time.move(days=15)
    await keep_complaints(world.app.state.following)
    async with world.database.reading() as tx:
        call = await tx.scalar(select(ComplaintCall))
        row = await tx.scalar(select(Complaint))
    assert call is not None
    assert row is not None
    said = to_say(row, call.reason, world.app.state.following.setting, "da")
    assert "Borgerrådgiveren" in said
    assert to_say(row, "closed", world.app.state.following.setting, "da") == ""


async def test_since_when_somebody_has_it_follows_the_hand_on(
    world: World, client: httpx.AsyncClient
) -> None:
    told = await sent(client, changed())
    code = {"X-Follow-Up-Code": told["follow_up_code"]}
    address = f"/api/v1/complaints/{told['reference']}"
    seen = (await client.get(address, headers=code)).json()
    assert seen["holder_since"] == "2026-11-20"
    world.time.move(days=3)
    async with world.database.transaction() as tx:
        row = await tx.scalar(select(Complaint))
        assert row is not None
        await Delivery(world.app.state.following).handed_on(
            tx, row.id, contact_id="sof", name="Socialforvaltningen", reason="Ikke vores.",
            actor="bo", at=world.time(),
        )  # fmt: skip
    world.time.move(days=1)
    seen = (await client.get(address, headers=code)).json()
    assert seen["holder_since"] == "2026-11-23"
    assert "Socialforvaltningen" in seen["holder"]
