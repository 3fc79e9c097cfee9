"""A complaint out of a conversation: drafted, announced early, shown as a card, approved, sent once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from sqlalchemy import select

from api.auth import Role, create_account
from api.complaints.conversation import ConversationComplaints
from api.complaints.schema import digest
from api.db.complaint_models import Complaint, ComplaintDraft
from api.db.models import AuditEvent, ChatMessage
from api.db.outbox_models import OutboxDelivery
from tests.api.complaints.test_following import parts_of
from tests.api.conftest import World

STORY = "De har stoppet min kontanthjælp, og jeg forstår ikke hvorfor."


@dataclass
class Told:
    """What a conversation has gathered."""

    facts: dict[str, Any] = field(default_factory=lambda: {
        "municipality": "koebenhavn", "complainant": "citizen", "acute": False,
        "concerns": ["decision"], "subject": "bif_kontanthjaelp", "decision_received": "2026-11-05",
        "complained_to_forvaltning": False,
    })  # fmt: skip
    words: tuple[str, ...] = (STORY, "Mit nummer er 010190-1234")
    outcome: dict[str, Any] = field(default_factory=dict)
    wants: str | None = None


MISSING = {
    "/complainant/name": "Anna Jensen",
    "/complainant/contact/phone": "20 30 40 50",
}


async def opened(world: World, client: httpx.AsyncClient) -> tuple[str, dict[str, str]]:
    """A conversation, and the header that opens it."""
    told = (await client.post("/api/v1/chat/sessions", json={"lang": "da"})).json()
    return told["session"], {"Authorization": f"Bearer {told['token']}"}


def talking(world: World) -> ConversationComplaints:
    return parts_of(world).conversation


async def rows(world: World) -> list[Complaint]:
    async with world.database.reading() as tx:
        return list(await tx.scalars(select(Complaint)))


async def test_the_draft_is_filled_from_what_was_said(
    world: World, client: httpx.AsyncClient
) -> None:
    session, _ = await opened(world, client)
    card = await talking(world).draft(session, "da", Told())
    fields = {one["pointer"]: one for section in card["sections"] for one in section["fields"]}
    assert STORY in fields["/complaint/description"]["value"]
    assert "1234" not in str(card)
    assert fields["/complaint/decision/received_date"]["value"] == "2026-11-05"
    assert fields["/complaint/description"]["inferred"]
    assert not card["ready"]
    assert {one["pointer"] for one in card["problems"]} == {
        "/complainant/name", "/complainant/contact/email",
    }  # fmt: skip
    assert set(card["editable"]) == set(fields)
    [transcript] = [one for one in fields.values() if one["pointer"] == "/consent/share_transcript"]
    assert transcript["value"] is None


async def test_what_the_citizen_wrote_in_the_card_is_not_overwritten_by_more_talk(
    world: World, client: httpx.AsyncClient
) -> None:
    session, token = await opened(world, client)
    url = f"/api/v1/chat/sessions/{session}/complaint"
    assert (await client.get(url, headers=token)).status_code == 404
    await talking(world).draft(session, "da", Told())
    mine = {
        "values": {"/complaint/description": "Mine egne ord", "/complaint/occurred/from": "i går"}
    }
    changed = (await client.patch(url, json=mine, headers=token)).json()["card"]
    assert changed["record"]["complaint"]["occurred"]["from"]["value"] == "2026-11-19"
    card = await talking(world).draft(session, "da", Told(words=("Noget helt andet",)))
    assert card["record"]["complaint"]["description"] == "Mine egne ord"
    wrong = {"values": {"/complaint/occurred/from": "i overmorgen", "/route/id": "feedback"}}
    problems = (await client.patch(url, json=wrong, headers=token)).json()["card"]["problems"]
    assert {one["pointer"] for one in problems} >= {"/complaint/occurred/from", "/route/id"}


async def test_an_approval_sends_once_and_the_code_is_stored_nowhere(
    world: World, client: httpx.AsyncClient, problem: Any
) -> None:
    session, token = await opened(world, client)
    url = f"/api/v1/chat/sessions/{session}/complaint"
    await talking(world).draft(session, "da", Told())
    unready = {"confirmed": True}
    problem(
        await client.post(f"{url}/approval", json=unready, headers=token), 422, "complaint_invalid"
    )
    unsure = {"values": MISSING, "confirmed": False}
    problem(await client.post(f"{url}/approval", json=unsure, headers=token), 422, "invalid_input")
    answer = await client.post(
        f"{url}/approval", headers=token, json={
            "confirmed": True, "values": MISSING | {"/consent/share_transcript": True},
        },
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    [message] = answer.json()["messages"]
    receipt = message["card"]["data"]
    assert message["card"]["type"] == "receipt"
    assert receipt["follow_up_code"]
    async with world.database.reading() as tx:
        stored = [row.card for row in await tx.scalars(select(ChatMessage)) if row.card]
        drafts = list(await tx.scalars(select(ComplaintDraft)))
    assert receipt["follow_up_code"] not in str(stored)
    assert drafts == []
    [row] = await rows(world)
    assert row.session_id == session
    assert row.record["transcript"]["included"] is True
    assert row.record["provenance"]["confirmed_by_complainant"] is True
    assert "/complaint/categories" in row.record["provenance"]["inferred_fields"]
    assert "/complainant/name" not in row.record["provenance"]["inferred_fields"]
    assert row.record["assessment"]["outcome"]["route"] == "statutory_appeal"
    again = await client.post(f"{url}/approval", json={"confirmed": True}, headers=token)
    problem(again, 404, "draft_missing")
    code = (
        await client.post(f"{url}/code", json={"reference": row.reference}, headers=token)
    ).json()
    opener = {"X-Follow-Up-Code": code["follow_up_code"]}
    assert (
        await client.get(f"/api/v1/complaints/{row.reference}", headers=opener)
    ).status_code == 200
    old = {"X-Follow-Up-Code": receipt["follow_up_code"]}
    assert (await client.get(f"/api/v1/complaints/{row.reference}", headers=old)).status_code == 404


async def test_without_its_own_yes_no_word_of_the_conversation_goes_along(
    world: World, client: httpx.AsyncClient
) -> None:
    session, token = await opened(world, client)
    await talking(world).draft(session, "da", Told())
    url = f"/api/v1/chat/sessions/{session}/complaint/approval"
    sent = await client.post(url, headers=token, json={"confirmed": True, "values": MISSING})
    assert sent.status_code == 201
    [row] = await rows(world)
    assert "transcript" not in row.record


async def test_another_conversation_cannot_touch_the_draft(
    world: World, client: httpx.AsyncClient, problem: Any
) -> None:
    session, _ = await opened(world, client)
    _, other = await opened(world, client)
    await talking(world).draft(session, "da", Told())
    url = f"/api/v1/chat/sessions/{session}/complaint"
    for call in (
        client.get(url, headers=other),
        client.post(f"{url}/approval", json={"confirmed": True}, headers=other),
        client.post(
            "/api/v1/complaints", json={"session": session, "confirmed": True}, headers=other
        ),
    ):
        problem(await call, 401, "unauthorized")


async def test_the_contract_takes_a_complaint_from_a_session_and_gives_it_again_for_its_key(
    world: World, client: httpx.AsyncClient
) -> None:
    session, token = await opened(world, client)
    await talking(world).draft(session, "da", Told())
    body = {"session": session, "confirmed": True, "values": MISSING}
    headers = token | {"Idempotency-Key": "k"}
    first = await client.post("/api/v1/complaints", json=body, headers=headers)
    assert first.status_code == 201, first.text
    assert (
        await client.post("/api/v1/complaints", json=body, headers=headers)
    ).json() == first.json()
    assert len(await rows(world)) == 1


async def test_an_early_notice_keeps_the_day_and_is_completed_under_its_number(
    world: World, client: httpx.AsyncClient
) -> None:
    session, token = await opened(world, client)
    complaints = talking(world)
    told = await complaints.notice(session, "da", Told())
    assert told["kind"] == "notice"
    schema = (await client.get("/api/v1/schemas/complaint-notice")).json()
    [row] = await rows(world)
    assert list(Draft202012Validator(schema).iter_errors(row.record)) == []
    notice = dict(row.record)
    assert notice.pop("sha256") == digest(notice) == row.record_hash
    assert notice["deadline"]["date"] == "2026-12-03"
    assert "1234" not in str(notice)
    again = await complaints.notice(session, "da", Told())
    assert (again["reference"], again["follow_up_code"]) == (told["reference"], None)
    # The form is finished eighteen days later, after the deadline; the notice's day counts.
    world.time.move(hours=20)
    await client.patch(
        f"/api/v1/chat/sessions/{session}/complaint", json={"values": MISSING}, headers=token
    )
    sent = await complaints.send(session, "da")
    receipt = sent["receipt"]
    assert receipt["reference"] == told["reference"]
    assert receipt["received_at"] == told["received_at"]
    [row] = await rows(world)
    assert not row.is_notice
    assert row.record["notice_sha256"] == notice_hash(notice)
    assert row.record["received_at"] < row.record["submitted_at"]
    async with world.database.reading() as tx:
        query = select(OutboxDelivery.event_type).where(OutboxDelivery.destination == "case_system")
        events = list(await tx.scalars(query.order_by(OutboxDelivery.id)))
    assert [event.rsplit(".", 1)[1] for event in events] == ["notified", "completed"]


async def test_a_notice_of_what_another_authority_decides_sends_the_citizen_there(
    world: World, client: httpx.AsyncClient
) -> None:
    session, _ = await opened(world, client)
    straight = Told()
    straight.facts["subject"] = "sof_anbringelse"
    told = await talking(world).notice(session, "da", straight)
    assert any("fremme hos Ankestyrelsen" in step for step in told["next_steps"])


def notice_hash(notice: dict[str, Any]) -> str:
    return digest(notice)


async def test_sending_too_early_says_what_is_missing(
    world: World, client: httpx.AsyncClient
) -> None:
    session, _ = await opened(world, client)
    await talking(world).draft(session, "da", Told())
    answer = await talking(world).send(session, "da")
    assert answer["problems"]
    assert answer["card"]["ready"] is False
    assert await rows(world) == []


async def test_erasing_the_conversation_leaves_the_complaint(
    world: World, client: httpx.AsyncClient
) -> None:
    session, token = await opened(world, client)
    await talking(world).draft(session, "da", Told())
    url = f"/api/v1/chat/sessions/{session}"
    sent = await client.post(
        f"{url}/complaint/approval", headers=token, json={"confirmed": True, "values": MISSING}
    )
    assert sent.status_code == 201
    [status] = await talking(world).status(session, "da")
    assert status["steps"][0]["days_left"] == 10
    await client.delete(url, headers=token)
    assert len(await rows(world)) == 1


async def test_erasing_the_conversation_erases_what_was_not_sent(
    world: World, client: httpx.AsyncClient
) -> None:
    session, token = await opened(world, client)
    await talking(world).draft(session, "da", Told())
    async with world.database.reading() as tx:
        assert await tx.scalar(select(ComplaintDraft.owner)) == f"chat:{session}"
    await client.delete(f"/api/v1/chat/sessions/{session}", headers=token)
    async with world.database.reading() as tx:
        assert await tx.scalar(select(ComplaintDraft.owner)) is None


async def test_staff_write_for_a_citizen_who_calls(world: World, client: httpx.AsyncClient) -> None:
    answer = await client.get("/staff/klage/ny")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/staff/login")
    assert (await client.post("/staff/klage", data={})).status_code == 401
    await create_account(
        world.database, username="k.larsen", name="K. Larsen", password="tre blå cykler i regn",
        roles=[Role.CASEWORKER], units=["bif"], now=world.time.time,
    )  # fmt: skip
    page = (await client.get("/staff/login")).text
    form = re.search(r'name="form" value="([^"]+)"', page)
    assert form
    await client.post(
        "/staff/login", data={"username": "k.larsen", "password": "tre blå cykler i regn", "form": form[1]},
    )  # fmt: skip
    page = (await client.get("/staff/klage/ny")).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    mine = {"csrf": csrf[1]}
    assert (await client.post("/staff/klage", data={})).status_code == 403
    await client.post("/staff/klage", data=mine)
    told = {
        "/complaint/categories": "process", "/complaint/description": STORY,
        "/complainant/name": "Anna Jensen", "/complainant/contact/phone": "20 30 40 50",
    }  # fmt: skip
    kept = await client.post("/staff/klage/1", data=mine | told | {"shown": list(told)})
    assert kept.status_code == 303
    sent = await client.post(
        "/staff/klage/kvittering",
        data=mine | {"confirmed": "true", "key": "1", "channel": "in_person"},
    )
    assert sent.status_code == 201, sent.text
    [row] = await rows(world)
    assert row.channel == "in_person"
    assert row.record["source"]["handed_off_by"] == "k.larsen"
    async with world.database.reading() as tx:
        acts = list(
            await tx.scalars(select(AuditEvent.act).where(AuditEvent.subject_kind == "complaint"))
        )
    assert acts == ["filed"]
