"""Complaints that were received, and members of staff at their desks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.auth import Role, create_account
from api.db.models import AuditEvent
from tests.api.complaints.conftest import RECORD, changed
from tests.api.conftest import World
from tests.api.staff.conftest import PASSWORD, hidden, sign_in

COMPLAINTS = "/api/v1/complaints"
CASES = "/staff/sager"


@dataclass
class Desk:
    """Somebody who is signed in, with the token that their forms carry."""

    http: httpx.AsyncClient
    csrf: str

    async def see(self, address: str = CASES) -> httpx.Response:
        return await self.http.get(address)

    async def act(self, reference: str, name: str, **form: Any) -> httpx.Response:
        """One form of a case's page."""
        data = {"csrf": self.csrf} | form
        return await self.http.post(f"{CASES}/{reference}/{name}", data=data)


@dataclass
class Filed:
    """A complaint as its citizen knows it."""

    reference: str
    code: dict[str, str]
    http: httpx.AsyncClient

    async def view(self) -> dict[str, Any]:
        """What the citizen sees on the follow-up page."""
        answer = await self.http.get(f"{COMPLAINTS}/{self.reference}", headers=self.code)
        told: dict[str, Any] = answer.json()
        return told

    async def last(self) -> dict[str, Any]:
        """The newest line of the history."""
        history = (await self.view())["history"]
        line: dict[str, Any] = history[-1]
        return line


@pytest.fixture
def file(client: httpx.AsyncClient) -> Callable[..., Awaitable[Filed]]:
    """Files a complaint; it is about cash benefits, so it goes to the employment administration."""

    async def one(**places: Any) -> Filed:
        sent = await client.post(COMPLAINTS, json=changed(**places) if places else RECORD)
        assert sent.status_code == 201, sent.text
        told = sent.json()
        return Filed(told["reference"], {"X-Follow-Up-Code": told["follow_up_code"]}, client)

    return one


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Callable[..., Awaitable[Desk]]]:
    """Opens desks, each with an account of its own."""
    opened: list[httpx.AsyncClient] = []

    async def one(username: str, *roles: Role, units: Sequence[str] = ()) -> Desk:
        await create_account(
            world.database, username=username, name=username.title(), password=PASSWORD,
            roles=list(roles or (Role.CASEWORKER,)), units=list(units), now=world.time(),
        )  # fmt: skip
        http = world.client()
        opened.append(http)
        await sign_in(http, username)
        return Desk(http, hidden((await http.get("/staff")).text, "csrf"))

    yield one
    for http in opened:
        await http.aclose()


async def deliver(world: World) -> None:
    """Lets the outbox bring what waits to the case system."""
    while await world.app.state.outbox.worker.step("case_system"):
        pass


async def acts(world: World) -> list[tuple[str, str, str, str]]:
    """The audit log, oldest first: who, what, which kind, which one."""
    async with world.database.reading() as tx:
        events = await tx.scalars(select(AuditEvent).order_by(AuditEvent.id))
        return [(one.actor, one.act, one.subject_kind, one.subject_id) for one in events]
