"""The chores of the application: all of them are done, also when one of them fails."""

from __future__ import annotations

from sqlalchemy import select, update

from api.auth import Role
from api.db.complaint_models import Complaint, ComplaintCall
from api.db.models import ChatSession, SignInFailure, StaffSession
from api.keeping.house import chores_of, do
from tests.api.conftest import World
from tests.api.keeping.test_forgetting import file, forgetting
from tests.api.staff.conftest import add, sign_in


async def test_one_round_of_everything(world: World) -> None:
    state = world.app.state
    async with world.client() as http:
        await http.post("/api/v1/chat/sessions", json={"lang": "da"})
        await file(http, complainant__contact={"phone": "20304050"})
        ended, _ = await file(http)
        await add(world, "mette", Role.CASEWORKER)
        await sign_in(http, "mette", "forkert adgangskode")
        await sign_in(http, "mette")
    async with world.database.transaction() as tx:
        gone = update(Complaint).where(Complaint.reference == ended)
        await tx.execute(gone.values(status="closed", closed_at=world.time()))
    while await state.outbox.worker.step("case_system"):
        pass
    world.time.move(days=1200)

    async def fails() -> None:
        raise RuntimeError

    chores = chores_of(
        state.chat, state.door, state.following, forgetting(world), world.time.clock()
    )
    await do([fails, *chores])
    async with world.database.reading() as tx:
        for table in (ChatSession, SignInFailure, StaffSession):
            assert (await tx.execute(select(table))).first() is None
        assert await tx.scalar(select(ComplaintCall.reason)) == "answer_passed"
        assert ended not in list(await tx.scalars(select(Complaint.reference)))
