"""What has been kept for its time is deleted, and nothing of it is left anywhere; what is not yet due stays."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from api.auth import Role
from api.db.complaint_models import Complaint, ComplaintAttachment, ComplaintCall
from api.db.handoff_models import CallbackRequest
from api.db.models import AuditEvent, KnowledgeFeedback
from api.db.outbox_models import InboundEvent, OutboxDelivery, RegisterInbox
from api.db.tables import TABLES
from api.keeping.forgetting import FILES, Forgetting, folders_of
from api.keeping.periods import PERIODS_FILE, PeriodsError, load_periods
from tests.api.complaints.conftest import changed
from tests.api.conftest import World
from tests.api.register.conftest import deliver
from tests.api.staff.conftest import add, hidden, sign_in

URL = "/api/v1/complaints"
# Words that stand nowhere but in the complaint of the test.
SECRET = "Rabarberkvarter"
DAYS = {kind: period.days for kind, period in load_periods().items()}


def forgetting(world: World) -> Forgetting:
    return Forgetting(
        world.database, folders_of(world.settings.var, None), load_periods(), world.time
    )


async def file(client: httpx.AsyncClient, **places: Any) -> tuple[str, dict[str, str]]:
    sent = await client.post(URL, json=changed(**places))
    assert sent.status_code == 201, sent.text
    return sent.json()["reference"], {"X-Follow-Up-Code": sent.json()["follow_up_code"]}


async def a_full_case(world: World, client: httpx.AsyncClient) -> str:
    """A complaint with everything that can belong to one, ended; its words stand in every place that can hold any."""
    reference, code = await file(
        client, complaint__description=f"Sagen om {SECRET}", complaint__subject=SECRET,
        complainant__name=SECRET, complainant__contact={"email": f"{SECRET}@example.org"},
    )  # fmt: skip
    url = f"{URL}/{reference}"
    await client.post(
        f"{url}/attachments", headers=code, files={"file": (f"{SECRET}.txt", SECRET.encode())}
    )
    await client.post(f"{url}/information", headers=code, json={"text": SECRET})
    await deliver(world)
    await add(world, "mette", Role.CASEWORKER, Role.MANAGER)
    async with world.client() as staff:
        await sign_in(staff, "mette")
        csrf = hidden((await staff.get("/staff")).text, "csrf")
        page = f"/staff/sager/{reference}"
        for name, form in (
            ("noter", {"note": SECRET}),
            ("svar", {"version": "0", "answer": SECRET, "do": "sent", "how": "follow_up"}),
            ("videre", {"to": "tmf", "reason": SECRET}),
            ("udfald", {"outcome": "uformelt"}),
        ):
            done = await staff.post(f"{page}/{name}", data={"csrf": csrf, **form})
            assert done.status_code == 303, done.text
    async with world.database.transaction() as tx:
        row = await tx.scalar(select(Complaint).where(Complaint.reference == reference))
        assert row is not None
        tx.add(
            InboundEvent(
                source=SECRET, event_id="1", subject_id=row.id, occurred_at=world.time(),
                received_at=world.time(),
            )
        )  # fmt: skip
        cases = world.settings.var / "cases"
        (cases / row.id).mkdir(parents=True)
        (cases / row.id / "a.txt").write_text(SECRET)
        (cases / f"{row.id}.json").write_text(SECRET)
    return reference


async def places(world: World) -> set[str]:
    """Every table and file in which the secret word stands."""
    found = set()
    async with world.database.reading() as tx:
        for name, table in TABLES.items():
            for row in (await tx.execute(select(table))).all():
                if SECRET in repr(row):
                    found.add(name)
    for one in world.settings.var.rglob("*"):
        if one.is_file() and SECRET.encode() in one.read_bytes():
            found.add("file:" + one.relative_to(world.settings.var).parts[0])
    return found


async def test_nothing_of_a_complaint_is_left(world: World, client: httpx.AsyncClient) -> None:
    reference = await a_full_case(world, client)
    held = await places(world)
    # The test itself must look where something lies: in the tables, the queue, the register, the files, the database.
    assert held >= {
        "complaint", "complaint_event", "complaint_attachment", "outbox_delivery", "register_inbox",
        "inbound_event", "case_file", "case_note", "file:attachments", "file:cases",
    }  # fmt: skip
    world.time.move(days=DAYS["complaint_ended"] - 1)
    early = await forgetting(world).run()
    assert (early["complaint_ended"], early[FILES]) == (0, 0)
    assert held - await places(world) <= {"outbox_delivery"}
    world.time.move(days=2)
    counted = await forgetting(world).count()
    assert counted["complaint_ended"] == 1
    assert (await forgetting(world).run())["complaint_ended"] == 1
    assert await places(world) == set()
    assert not any((world.settings.var / "attachments").iterdir())
    async with world.database.reading() as tx:
        for table in (Complaint, ComplaintAttachment, ComplaintCall, OutboxDelivery, RegisterInbox):
            assert (await tx.execute(select(table))).first() is None
    again = await client.get(f"{URL}/{reference}", headers={"X-Follow-Up-Code": "x"})
    assert again.status_code == 404


async def test_one_complaint_can_be_deleted_at_once(
    world: World, client: httpx.AsyncClient
) -> None:
    reference = await a_full_case(world, client)
    other, code = await file(client)
    assert await forgetting(world).erase("KLG-2026-AAAAAAAA") is False
    assert await forgetting(world).erase(reference) is True
    assert await places(world) == set()
    assert (await client.get(f"{URL}/{other}", headers=code)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("complaint_ended", {"status": "withdrawn"}),
        ("complaint_answered", {"status": "answered"}),
        ("complaint_open", {"status": "accepted"}),
        ("complaint_open", {"status": "delivery_failed"}),
        ("praise", {"status": "sent", "route": "feedback"}),
        ("notice", {"status": "received", "is_notice": True}),
    ],
)
async def test_each_kind_of_complaint_has_its_time(
    world: World, client: httpx.AsyncClient, kind: str, changes: dict[str, Any]
) -> None:
    await file(client)
    await deliver(world)
    ended = changes["status"] == "withdrawn"
    async with world.database.transaction() as tx:
        await tx.execute(
            update(Complaint).values(closed_at=world.time() if ended else None, **changes)
        )
    world.time.move(days=DAYS[kind] - 1)
    before = await forgetting(world).count()
    assert not any(
        before[one] for one in before if one.startswith(("complaint", "praise", "notice"))
    )
    world.time.move(days=2)
    counted = await forgetting(world).count()
    assert [one for one, count in counted.items() if count and one in DAYS and one not in (
        "repeat_key", "mail", "audit")] == [kind]  # fmt: skip
    assert (await forgetting(world).run())[kind] == 1


async def test_what_is_still_on_its_way_stays(world: World, client: httpx.AsyncClient) -> None:
    reference, code = await file(client)
    await client.delete(f"{URL}/{reference}", headers=code)
    world.time.move(days=DAYS["complaint_ended"] + 1)
    # Nothing was delivered: neither the complaint nor that it was taken back has arrived anywhere.
    assert (await forgetting(world).run())["complaint_ended"] == 0
    await deliver(world)
    assert (await forgetting(world).run())["complaint_ended"] == 1


async def test_the_smaller_things(world: World, client: httpx.AsyncClient) -> None:
    now = world.time()
    async with world.database.transaction() as tx:
        for days in (0, 400, 4000):
            at = now - dt.timedelta(days=days)
            tx.add(
                KnowledgeFeedback(at=at, question="q", helped=True, answered=True, language="da", audience="citizen")
            )  # fmt: skip
            tx.add(AuditEvent(at=at, actor="a", act="viewed", subject_kind="c", subject_id="d"))
            for done in (None, at):
                tx.add(
                    CallbackRequest(name="n", phone="1", language="da", created_at=at, done_at=done)
                )
    gone = await forgetting(world).run()
    assert {kind: gone[kind] for kind in ("feedback", "audit", "callback_done", "callback_waiting")} == {
        "feedback": 2, "audit": 1, "callback_done": 2, "callback_waiting": 2,
    }  # fmt: skip
    assert not any((await forgetting(world).run()).values())


async def test_a_mail_is_forgotten_and_one_that_waits_is_not(
    world: World, client: httpx.AsyncClient
) -> None:
    await file(client)
    mails = select(OutboxDelivery.state).where(OutboxDelivery.destination == "mail")
    world.time.move(days=DAYS["mail"] + 1)
    assert (await forgetting(world).run())["mail"] == 0
    async with world.database.transaction() as tx:
        assert list(await tx.scalars(mails)) == ["pending"]
        await tx.execute(update(OutboxDelivery).values(state="dead", due_at=None))
    assert (await forgetting(world).run())["mail"] == 1


async def test_a_file_that_no_row_names_is_removed_after_a_day(world: World) -> None:
    folder = world.settings.var / "attachments"
    folder.mkdir()
    (folder / "left").write_bytes(b"x")
    # One that is just being received has no row yet either.
    assert (await forgetting(world).run())[FILES] == 0
    os.utime(folder / "left", (1, 1))
    assert (await forgetting(world).run())[FILES] == 1
    assert list(folder.iterdir()) == []


async def test_the_files_of_another_database_are_left_alone(world: World) -> None:
    folder = world.settings.var / "attachments"
    folder.mkdir()
    for number in range(30):
        (folder / str(number)).write_bytes(b"x")
        os.utime(folder / str(number), (1, 1))
    assert (await forgetting(world).run())[FILES] == 0
    assert len(list(folder.iterdir())) == 30


def test_every_period_has_its_reason() -> None:
    for period in load_periods().values():
        assert period.days > 0
        assert len(period.reason) > 20
        assert period.confidence in ("verified", "partly", "unverified")


def test_own_periods(tmp_path: Path) -> None:
    own = tmp_path / "periods.yaml"
    own.write_text("feedback: 90\n")
    assert load_periods(own)["feedback"].days == 90
    assert load_periods(own)["audit"].days == DAYS["audit"]
    for wrong in (
        "feedbak: 90", "feedback: 0", "feedback: yes", "feedback: '90'", "- 1", "a: [",
        "feedback: 99999",
    ):  # fmt: skip
        own.write_text(wrong)
        with pytest.raises(PeriodsError):
            load_periods(own)
    with pytest.raises(PeriodsError):
        load_periods(tmp_path / "none.yaml")
    assert PERIODS_FILE.is_file()
