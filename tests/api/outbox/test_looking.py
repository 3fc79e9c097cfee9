"""What comes back from the other side: taken once, in its order, and nothing is called there that is not."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

import pytest

from api.cases.port import CaseStatus, Change, Changes, NotNow
from api.outbox.looking import NOT_FOUND_THERE, Reconciled, look, reconcile, take
from api.outbox.store import CASE_SYSTEM
from tests.api.outbox.conftest import Outbox


def change(outbox: Outbox, status: CaseStatus, event_id: str = "1", minutes: int = 0) -> Change:
    at = outbox.time() + timedelta(minutes=minutes)
    return Change("https://there", event_id, "a", status, at, "CPR 010190-1234")


async def taken(outbox: Outbox, one: Change) -> bool:
    async with outbox.database.transaction() as tx:
        return await take(tx, one, sink=outbox.sink, now=outbox.time())


@pytest.fixture
async def delivered(outbox: Outbox) -> Outbox:
    await outbox.put("a")
    await outbox.step()
    outbox.sink.told.clear()
    return outbox


async def test_a_change_moves_the_delivery_and_the_history(delivered: Outbox) -> None:
    assert await taken(delivered, change(delivered, CaseStatus.ACCEPTED))
    assert await delivered.states() == ["accepted"]
    ((what, subject, note),) = delivered.sink.told
    assert (what, subject) == ("accepted", "a")
    assert "1234" not in note


async def test_the_same_change_is_taken_once(delivered: Outbox) -> None:
    assert await taken(delivered, change(delivered, CaseStatus.ANSWERED))
    assert not await taken(delivered, change(delivered, CaseStatus.ANSWERED))
    assert len(delivered.sink.told) == 1


async def test_an_older_change_does_not_turn_the_clock_back(delivered: Outbox) -> None:
    assert await taken(delivered, change(delivered, CaseStatus.ANSWERED, "2", minutes=5))
    assert not await taken(delivered, change(delivered, CaseStatus.ACCEPTED, "1", minutes=1))
    assert [what for what, *_ in delivered.sink.told] == ["answered"]


async def test_a_rejected_complaint_needs_a_person(delivered: Outbox) -> None:
    assert await taken(delivered, change(delivered, CaseStatus.REJECTED))
    assert await delivered.states() == ["rejected"]
    assert delivered.sink.told == [("failed", "a", "rejected_there")]


async def test_a_case_we_do_not_know_changes_nothing(outbox: Outbox) -> None:
    assert not await taken(outbox, change(outbox, CaseStatus.ACCEPTED))
    assert outbox.sink.told == []


async def test_looking_goes_on_from_where_it_was(delivered: Outbox) -> None:
    news = (change(delivered, CaseStatus.ACCEPTED), change(delivered, CaseStatus.ANSWERED, "2", 1))
    delivered.system.news = Changes(news, "cursor-1")

    async def again() -> int:
        return await look(
            delivered.database, CASE_SYSTEM, delivered.system, delivered.sink, delivered.time()
        )

    assert await again() == 2
    assert await again() == 0
    assert delivered.system.cursors == [None, "cursor-1"]


async def compared(outbox: Outbox, *, repair: bool = False) -> Reconciled:
    return await reconcile(
        outbox.database, CASE_SYSTEM, outbox.system, outbox.time(), days=10, seconds=5,
        repair=repair,
    )  # fmt: skip


async def test_everything_delivered_is_found(delivered: Outbox) -> None:
    assert await compared(delivered) == Reconciled(there=(1,))


async def test_what_is_missing_is_marked_and_sent_again_when_a_person_says(
    delivered: Outbox,
) -> None:
    delivered.system.arrived.clear()
    assert await compared(delivered) == Reconciled(missing=(1,))
    row = await delivered.row()
    assert (row.state, row.reason_code) == ("delivered", NOT_FOUND_THERE)
    assert await delivered.step() == 0
    await compared(delivered, repair=True)
    assert await delivered.step() == 1
    assert await delivered.states() == ["delivered"]
    assert delivered.once_each()


async def test_what_cannot_be_asked_is_not_called_missing(delivered: Outbox) -> None:
    delivered.system.find_fault = NotNow("no_connection")
    assert await compared(delivered, repair=True) == Reconciled(not_asked=(1,))
    assert await delivered.states() == ["delivered"]


async def test_what_is_old_is_left_in_peace(delivered: Outbox) -> None:
    delivered.time.move(days=11)
    delivered.system.faults = deque()
    assert await compared(delivered) == Reconciled()
