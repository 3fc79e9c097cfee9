"""Delivering: once, in order, and with the truth about it in the complaint's history."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from api.cases.port import ClosedDoor, NotNow, Refused, Unclear, WantsNoMore
from api.db.engine import Database
from api.outbox import destinations
from api.outbox.claims import attempts_of, claim
from api.outbox.policy import load_policy
from api.outbox.store import CASE_SYSTEM, MAIL, enqueue
from api.outbox.worker import Worker
from tests.api.outbox.conftest import Outbox

INFORMATION = "dk.stafet.complaint.information_added"


async def test_a_delivery_is_told_in_the_history(outbox: Outbox) -> None:
    await outbox.put("a")
    assert await outbox.step() == 1
    row = await outbox.row()
    assert (row.state, row.system, row.external_ref) == ("delivered", "scripted", "case-a")
    assert row.delivered_at == outbox.time()
    assert row.due_at is None
    assert outbox.sink.told == [("delivered", "a", "case-a")]
    assert await outbox.step() == 0


async def test_the_history_and_the_state_change_together(outbox: Outbox) -> None:
    """If the history cannot be written, the delivery is not called delivered; and it is not sent twice either."""
    await outbox.put("a")
    outbox.sink.fails = True
    await outbox.step()
    assert await outbox.states() == ["sending"]
    outbox.sink.fails = False
    outbox.time.move(hours=1)
    await outbox.step()
    assert await outbox.states() == ["delivered"]
    assert outbox.once_each()


async def test_what_did_not_arrive_is_tried_again_later(outbox: Outbox) -> None:
    await outbox.put("a")
    outbox.system.faults = deque([NotNow("no_connection"), NotNow("no_connection")])
    await outbox.step()
    assert await outbox.states() == ["retry_wait"]
    assert await outbox.step() == 0
    outbox.time.move(seconds=outbox.policy.retry_after[0])
    await outbox.step()
    outbox.time.move(seconds=outbox.policy.retry_after[0])
    assert await outbox.step() == 0
    outbox.time.move(seconds=outbox.policy.retry_after[1])
    await outbox.step()
    assert await outbox.states() == ["delivered"]
    assert outbox.system.asked == []
    async with outbox.database.reading() as tx:
        tries = await attempts_of(tx, (await outbox.row()).id)
    assert [one.result for one in tries] == ["retry_wait", "retry_wait", "delivered"]


@pytest.mark.parametrize("fault", [Unclear("time_out"), RuntimeError("a fault of ours")])
async def test_what_may_have_arrived_is_looked_for_first(outbox: Outbox, fault: Exception) -> None:
    await outbox.put("a")
    outbox.system.faults, outbox.system.acts = deque([fault]), True
    await outbox.step()
    assert await outbox.states() == ["ambiguous"]
    outbox.time.move(seconds=outbox.system.settle_seconds - 1)
    assert await outbox.step() == 0, "the other side may still be at it"
    outbox.time.move(seconds=1)
    await outbox.step()
    assert await outbox.states() == ["delivered"]
    assert outbox.once_each()


async def test_it_stays_unsure_until_the_other_side_can_be_asked(outbox: Outbox) -> None:
    await outbox.put("a")
    outbox.system.faults, outbox.system.acts = deque([Unclear("time_out")]), True
    await outbox.step()
    outbox.system.find_fault = NotNow("no_connection")
    outbox.time.move(hours=1)
    await outbox.step()
    assert await outbox.states() == ["ambiguous"]
    outbox.system.find_fault = None
    outbox.time.move(hours=1)
    await outbox.step()
    assert await outbox.states() == ["delivered"]
    assert outbox.once_each()


async def test_what_did_not_arrive_after_all_is_sent(outbox: Outbox) -> None:
    await outbox.put("a")
    outbox.system.faults = deque([Unclear("time_out")])
    await outbox.step()
    outbox.time.move(hours=1)
    await outbox.step()
    assert await outbox.states() == ["delivered"]
    assert len(outbox.system.asked) == 1
    assert outbox.once_each()


async def test_silence_counts_as_unclear(outbox: Outbox) -> None:
    await outbox.put("a")
    outbox.policy = load_policy(try_seconds=0.01)
    outbox.system.before_send = lambda: asyncio.sleep(5)
    await outbox.step()
    row = await outbox.row()
    assert (row.state, row.reason_code) == ("ambiguous", "time_out")


async def test_what_is_refused_waits_for_a_person(outbox: Outbox) -> None:
    await outbox.put("a")
    outbox.system.faults = deque([Refused("http_422")])
    await outbox.step()
    row = await outbox.row()
    assert (row.state, row.reason_code, row.due_at) == ("dead", "http_422", None)
    assert outbox.sink.told == [("failed", "a", "http_422")]


async def test_after_the_last_try_a_person_is_asked(outbox: Outbox) -> None:
    await outbox.put("a")
    tries = len(outbox.policy.retry_after) + 1
    outbox.system.faults = deque([NotNow("http_503")] * (tries + 5))
    for _ in range(tries):
        assert await outbox.step() == 1
        outbox.time.move(days=2)
    assert await outbox.step() == 0
    assert await outbox.states() == ["dead"]
    assert outbox.sink.told == [("failed", "a", "http_503")]


async def test_events_of_a_complaint_arrive_in_order(outbox: Outbox) -> None:
    await outbox.put("a")
    await outbox.put("a", event_type=INFORMATION)
    await outbox.put("b")
    outbox.system.faults = deque([NotNow("http_503")])
    assert await outbox.step() == 2
    assert await outbox.states() == ["retry_wait", "pending", "delivered"]
    outbox.time.move(minutes=5)
    await outbox.step()
    await outbox.step()
    assert await outbox.states() == ["delivered"] * 3
    assert outbox.system.order == ["submitted", "submitted", "information_added"]
    assert [what for what, *_ in outbox.sink.told] == ["delivered"] * 2, "the case exists once"


async def test_nothing_is_added_to_a_case_that_could_not_be_made(outbox: Outbox) -> None:
    await outbox.put("a")
    outbox.system.faults = deque([Refused("http_422")])
    await outbox.step()
    await outbox.put("a", event_type=INFORMATION)
    assert await outbox.step() == 0
    assert await outbox.states() == ["dead", "pending"]


async def test_a_mail_that_fails_holds_no_other_back(outbox: Outbox) -> None:
    async with outbox.database.transaction() as tx:
        for key in "ab":
            await enqueue(
                tx, event_type="dk.stafet.mail.requested", subject_id="c", payload={},
                due=outbox.time(), idempotency_key=key,
            )  # fmt: skip
    worker = outbox.worker()
    worker.systems = {MAIL: outbox.system}
    outbox.system.faults = deque([Refused("smtp_550")])
    await worker.step(MAIL)
    assert await outbox.states() == ["dead", "delivered"]
    assert outbox.sink.told == [("mail_failed", "c", "")]


async def test_a_destination_that_fails_is_left_alone_then_tried_with_one(outbox: Outbox) -> None:
    await outbox.put(*"abcdefghij")
    outbox.system.faults = deque([NotNow("no_connection")] * 8)
    outbox.policy = load_policy(jitter=0, at_once=5, retry_after=[1] * 20)
    assert await outbox.step() == 5
    assert await outbox.step() == 0
    outbox.time.move(seconds=outbox.policy.breaker_wait)
    assert await outbox.step() == 1, "one tries whether it is back"
    outbox.time.move(seconds=outbox.policy.breaker_wait)
    assert await outbox.step() == 0, "it is left alone for longer now"
    outbox.system.faults.clear()
    outbox.time.move(seconds=outbox.policy.breaker_wait)
    assert await outbox.step() == 1
    assert await outbox.step() == 5
    while await outbox.step():
        pass
    assert set(await outbox.states()) == {"delivered"}


async def test_the_other_side_says_when(outbox: Outbox) -> None:
    await outbox.put("a", "b")
    outbox.policy = load_policy(at_once=1)
    outbox.system.faults = deque([NotNow("http_429", 1000.0)])
    await outbox.step()
    outbox.time.move(seconds=999)
    assert await outbox.step() == 0
    outbox.time.move(seconds=1)
    assert await outbox.step() == 1


async def test_a_wrong_key_costs_no_tries(outbox: Outbox) -> None:
    await outbox.put("a")
    outbox.system.faults = deque([ClosedDoor("http_401")] * 20)
    for _ in range(20):
        assert await outbox.step() == 1
        assert await outbox.step() == 0
        outbox.time.move(seconds=outbox.policy.closed_door)
    assert (await outbox.row()).attempts == 0
    await outbox.step()
    assert await outbox.states() == ["delivered"]
    destination = await outbox.destination()
    assert destination is not None
    assert destination.failures == 0


async def test_who_wants_no_more_gets_no_more_until_a_person_says(outbox: Outbox) -> None:
    await outbox.put("a", "b")
    outbox.policy = load_policy(at_once=1)
    outbox.system.faults = deque([WantsNoMore("http_410")])
    await outbox.step()
    outbox.time.move(days=3)
    assert await outbox.step() == 0
    async with outbox.database.transaction() as tx:
        await destinations.open_again(tx, CASE_SYSTEM)
    await outbox.step()
    await outbox.step()
    assert await outbox.states() == ["delivered"] * 2


async def test_a_silent_worker_loses_its_claim(outbox: Outbox) -> None:
    """The worker that was taken over may come back; what it then says does not count."""
    await outbox.put("a")
    late = outbox.worker()
    lease = outbox.policy.lease(outbox.system.settle_seconds)
    (held,) = await late._claim(CASE_SYSTEM, 1)
    assert await outbox.step() == 0
    outbox.time.move(seconds=lease)
    await outbox.step()
    assert await outbox.states() == ["delivered"]
    outbox.system.faults = deque([Refused("http_422")])
    await late._deliver(held)
    assert await outbox.states() == ["delivered"]
    assert [what for what, *_ in outbox.sink.told] == ["delivered"]


async def test_two_workers_never_claim_the_same(outbox: Outbox) -> None:
    await outbox.put(*(f"c{number}" for number in range(30)))
    workers = [outbox.worker() for _ in range(3)]

    async def work(worker: Worker) -> None:
        while await worker.step(CASE_SYSTEM):
            pass

    await asyncio.gather(*(work(worker) for worker in workers))
    assert set(await outbox.states()) == {"delivered"}
    assert len(outbox.system.arrived) == 30
    assert outbox.once_each()


async def test_it_runs_until_it_is_stopped(outbox: Outbox) -> None:
    await outbox.put(*"abcdef")
    outbox.policy = load_policy(idle=0.01)
    running = asyncio.create_task(outbox.worker().run())
    async with asyncio.timeout(20):
        while set(await outbox.states()) != {"delivered"}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert outbox.once_each()


async def test_a_claim_is_longest_waiting_first(database: Database, outbox: Outbox) -> None:
    await outbox.put("late")
    outbox.time.move(seconds=-60)
    await outbox.put("early")
    outbox.time.move(seconds=60)
    async with database.transaction() as tx:
        claims = await claim(tx, CASE_SYSTEM, worker="w", now=outbox.time(), limit=1, lease=10)
    assert [one.event.subject_id for one in claims] == ["early"]
