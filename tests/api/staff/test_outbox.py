"""Staff see what has not arrived, and can send it again; what it carries is not shown."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.auth import Role
from api.db.models import AuditEvent
from api.db.outbox_models import OutboxDelivery
from api.outbox.store import enqueue
from tests.api.conftest import World
from tests.api.staff.conftest import add, hidden, sign_in

PAGE = "/staff/afsendelse"
NUMBERS = "/api/v1/staff/outbox"


@pytest.fixture
async def dead(world: World) -> int:
    """A delivery that was given up."""
    async with world.database.transaction() as tx:
        await enqueue(
            tx, event_type="dk.stafet.complaint.submitted", subject_id="c-1", due=world.time(),
            payload={"reference": "KLG-2026-ABC", "text": "hemmeligt"}, idempotency_key="a",
        )  # fmt: skip
    async with world.database.transaction() as tx:
        row = await tx.scalar(select(OutboxDelivery))
        assert row is not None
        row.state, row.reason_code, row.due_at, row.attempts = "dead", "http_422", None, 3
        return row.id


async def row_of(world: World, delivery: int) -> OutboxDelivery:
    async with world.database.reading() as tx:
        row = await tx.get(OutboxDelivery, delivery)
        assert row is not None
        return row


async def test_what_was_given_up_can_be_sent_again(
    world: World, browser: httpx.AsyncClient, dead: int
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    await sign_in(browser, "mette")
    page = await browser.get(PAGE)
    assert page.status_code == 200
    assert "KLG-2026-ABC" in page.text
    assert "http_422" in page.text
    assert "hemmeligt" not in page.text
    token = hidden(page.text, "csrf")
    done = await browser.post(f"{PAGE}/{dead}", data={"csrf": token})
    assert done.status_code == 303
    row = await row_of(world, dead)
    assert (row.state, row.due_at, row.attempts) == ("ambiguous", world.time(), 0)
    async with world.database.reading() as tx:
        acts = await tx.execute(select(AuditEvent.act, AuditEvent.subject_id))
    assert ("sent_again", str(dead)) in [tuple(act) for act in acts]
    assert (await browser.get(PAGE)).status_code == 200


async def test_it_is_for_those_who_handle_complaints(
    world: World, browser: httpx.AsyncClient, dead: int, problem: Any
) -> None:
    problem(await browser.get(NUMBERS), 401, "unauthorized")
    assert (await browser.get(PAGE)).status_code == 303
    await add(world, "rita", Role.EDITOR)
    await sign_in(browser, "rita")
    problem(await browser.get(PAGE), 403, "forbidden")
    problem(await browser.get(NUMBERS), 403, "forbidden")
    problem(await browser.post(f"{PAGE}/{dead}", data={"csrf": "x"}), 403, "forbidden")
    assert (await row_of(world, dead)).state == "dead"


async def test_no_other_page_can_send_it_again(
    world: World, browser: httpx.AsyncClient, dead: int
) -> None:
    await add(world, "mette", Role.MANAGER)
    await sign_in(browser, "mette")
    assert (await browser.post(f"{PAGE}/{dead}", data={"csrf": "x"})).status_code == 403
    assert (await row_of(world, dead)).state == "dead"


async def test_what_needs_no_help_cannot_be_sent_again(
    world: World, browser: httpx.AsyncClient, dead: int, problem: Any
) -> None:
    await add(world, "mette", Role.MANAGER)
    await sign_in(browser, "mette")
    token = hidden((await browser.get(PAGE)).text, "csrf")
    async with world.database.transaction() as tx:
        row = await tx.get(OutboxDelivery, dead)
        assert row is not None
        row.state = "delivered"
    problem(await browser.post(f"{PAGE}/{dead}", data={"csrf": token}), 409, "conflict")
    problem(await browser.post(f"{PAGE}/999", data={"csrf": token}), 404, "not_found")


async def test_the_numbers(world: World, browser: httpx.AsyncClient, dead: int) -> None:
    async with world.database.transaction() as tx:
        await enqueue(
            tx, event_type="dk.stafet.complaint.submitted", subject_id="c-2", due=world.time(),
            payload={}, idempotency_key="b",
        )  # fmt: skip
    await add(world, "mette", Role.MANAGER)
    await sign_in(browser, "mette")
    numbers = (await browser.get(NUMBERS)).json()
    assert numbers["counts"] == {"case_system": {"dead": 1, "pending": 1}}
    assert (numbers["dead"], numbers["late"], numbers["oldest_waiting_seconds"]) == (1, 0, 0)
    assert [line["id"] for line in numbers["needing_help"]] == [dead]
    world.time.move(hours=2)
    await sign_in(browser, "mette")
    later = (await browser.get(NUMBERS)).json()
    assert (later["late"], later["oldest_waiting_seconds"]) == (1, 7200)
    assert len(later["needing_help"]) == 2
