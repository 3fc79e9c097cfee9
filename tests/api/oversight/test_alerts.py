"""Alerts: opened once, sent once to whom it concerns, acknowledged, closed when there is no more to see to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from api.auth import Role
from api.cases.registry import build_alerts, problems
from api.db.alert_models import Alert, GapQuestion, KnowledgeGap
from api.db.complaint_models import Complaint
from api.db.outbox_models import OutboxDelivery
from api.oversight.alert_findings import weekly
from api.oversight.alert_limits import LimitsError, load_limits
from api.oversight.alerts import Alerts
from api.oversight.recipients import Recipients, RecipientsError, load_recipients
from api.settings import Environment, Settings
from tests.api.conftest import World
from tests.api.register.conftest import Desk, Filed, acts

File = Callable[..., Awaitable[Filed]]
OpenDesk = Callable[..., Awaitable[Desk]]
UNIT = "bif@kommune.example"


def alerts_of(world: World, recipients: Recipients | None = None, **more: Any) -> Alerts:
    kept: Alerts = world.app.state.alerts
    told = recipients or Recipients(units={"bif": (UNIT,)})
    return dataclasses.replace(kept, recipients=told, **more)


async def rows(world: World, *, open_only: bool = True) -> list[Alert]:
    async with world.database.reading() as tx:
        query = select(Alert).order_by(Alert.id)
        return list(
            await tx.scalars(query.where(Alert.closed_at.is_(None)) if open_only else query)
        )


async def outgoing(world: World, destination: str) -> list[dict[str, Any]]:
    async with world.database.reading() as tx:
        query = select(OutboxDelivery.payload).where(
            OutboxDelivery.destination == destination, OutboxDelivery.subject_id.like("alert:%")
        )
        return list(await tx.scalars(query.order_by(OutboxDelivery.id)))


async def make(world: World, count: int, received: dt.datetime, **columns: Any) -> None:
    """Complaints as rows alone, for counting them."""
    async with world.database.transaction() as tx:
        at = len(list(await tx.scalars(select(Complaint.id))))
        values: dict[str, Any] = {
            "code_hash": "", "is_notice": False, "channel": "web_form", "language": "da",
            "record": {}, "record_hash": "", "route": "forvaltning_first", "forvaltning": "bif",
            "recipient_contact": "bif", "recipient_name": "BIF", "status": "closed",
            "received_at": received,
        } | columns  # fmt: skip
        for number in range(at, at + count):
            tx.add(Complaint(id=f"c{number}", reference=f"KLG-{number}", **values))


async def test_the_unit_is_reminded_once_before_and_told_once_after(
    world: World, file: File
) -> None:
    filed = await file()
    kept = alerts_of(world)
    assert (await kept.keep()).opened == 0
    # Wednesday the 2nd of December: two working days before the last one, Friday.
    world.time.move(days=12)
    assert (await kept.keep()).opened == 1
    assert (await kept.keep()).opened == 0
    near = await outgoing(world, "mail")
    assert [one["to"] for one in near] == [UNIT]
    assert filed.reference in near[0]["text"]
    assert "4. december 2026" in near[0]["text"]
    assert "Anna" not in near[0]["text"]
    world.time.move(days=3)
    done = await kept.keep()
    assert (done.opened, done.closed) == (1, 1)
    await kept.keep()
    assert [row.kind for row in await rows(world)] == ["answer_late"]
    assert len(await outgoing(world, "mail")) == 2
    async with world.database.transaction() as tx:
        await tx.execute(update(Complaint).values(status="answered"))
    assert (await kept.keep()).closed == 1
    assert await rows(world) == []


async def test_without_recipients_alerts_stand_on_the_page_alone(world: World, file: File) -> None:
    await file()
    world.time.move(days=15)
    done = await world.app.state.alerts.keep()
    assert (done.opened, done.sent) == (1, 0)
    assert (await rows(world))[0].sent_at is None


async def test_another_unit_that_gets_the_case_is_told_too(world: World, file: File) -> None:
    await file()
    world.time.move(days=15)
    kept = alerts_of(world, Recipients(units={"bif": (UNIT,), "sof": ("sof@kommune.example",)}))
    await kept.keep()
    async with world.database.transaction() as tx:
        await tx.execute(update(Complaint).values(recipient_contact="sof"))
    await kept.keep()
    assert [one["to"] for one in await outgoing(world, "mail")] == [UNIT, "sof@kommune.example"]


async def test_one_mail_holds_all_that_is_new_for_an_address(world: World, file: File) -> None:
    await file()
    await file(complaint__subject="En anden sag")
    world.time.move(days=15)
    await alerts_of(
        world, Recipients(units={"bif": (UNIT,)}, all=(UNIT, "all@kommune.example"))
    ).keep()
    sent = await outgoing(world, "mail")
    assert [one["to"] for one in sent] == [UNIT, "all@kommune.example"]
    assert len(re.findall("KLG-", sent[0]["text"])) == 2


async def test_a_webhook_gets_an_event_for_each(world: World, file: File) -> None:
    await file()
    world.time.move(days=15)
    await alerts_of(world, webhook=True).keep()
    (event,) = await outgoing(world, "alerts")
    assert event["kind"] == "answer_late"
    assert event["page"].endswith("/staff/varsler")


async def test_weeks_are_counted_whole_for_forvaltning_and_unit(world: World) -> None:
    monday = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
    await make(world, 1, monday - dt.timedelta(weeks=20))
    await make(world, 2, monday - dt.timedelta(hours=1), unit="Jobcenter")
    await make(world, 4, monday)
    await make(world, 3, monday - dt.timedelta(days=8), group_id="g")
    await make(world, 5, monday - dt.timedelta(days=3), recipient_contact=None)
    setting = world.app.state.following.setting
    async with world.database.reading() as tx:
        counts = await weekly(tx, setting, monday.date(), 56)
    assert set(counts) == {"bif", "bif|Jobcenter"}
    assert counts["bif"] == [1, *[0] * 17, 1, 2]
    assert counts["bif|Jobcenter"][-1] == 2


async def test_rising_complaints_of_a_unit_are_told_with_numbers_and_held(world: World) -> None:
    monday = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
    for week in range(1, 41):
        await make(world, 6 if week <= 4 else 1, monday - dt.timedelta(weeks=week, hours=-12))
    kept = alerts_of(world)
    await kept.keep()
    found = [row for row in await rows(world) if row.kind == "rising"]
    assert [row.key for row in found] == ["bif"]
    assert found[0].details["recent"] == 24
    mail = (await outgoing(world, "mail"))[0]["text"]
    assert "24 klager på 4 uger til og med 15. november 2026" in mail
    # Two quiet weeks later it is over, but the alert is held, so that it cannot come and go.
    world.time.move(days=14)
    async with world.database.transaction() as tx:
        await tx.execute(update(Complaint).values(recipient_contact=None, status="closed"))
    await kept.keep()
    assert [row for row in await rows(world) if row.kind == "rising"]
    world.time.move(days=30)
    await kept.keep()
    assert not [row for row in await rows(world) if row.kind == "rising"]


async def test_areas_without_a_recipient_failed_deliveries_and_clusters_are_found(
    world: World, file: File
) -> None:
    filed = await file()
    now = world.time()
    async with world.database.transaction() as tx:
        await tx.execute(update(Complaint).values(recipient_contact="hovednummer"))
        dead = update(OutboxDelivery).where(OutboxDelivery.destination == "case_system")
        await tx.execute(dead.values(state="dead", due_at=None))
        tx.add(
            KnowledgeGap(
                title="Hvor er min pas?", language="da", state="open", opened_at=now, changed_at=now
            )
        )
        await tx.flush()
        for _ in range(5):
            tx.add(
                GapQuestion(
                    gap_id=1, source="chat", why="no_answer", question="Hvor?", language="da",
                    audience="citizen", at=now,
                )
            )  # fmt: skip
    await alerts_of(world).keep()
    found = {row.kind: row for row in await rows(world)}
    assert found["route_gap"].key == "area:bif_kontanthjaelp"
    assert found["failed_delivery"].details["reference"] == filed.reference
    assert found["unanswered"].details["count"] == 5
    assert "pas" not in str(found["unanswered"].details)


async def test_the_page_shows_acknowledges_and_writes_down(
    world: World, file: File, desk: OpenDesk
) -> None:
    filed = await file()
    world.time.move(days=15)
    await world.app.state.alerts.keep()
    ida = await desk("ida")
    page = await ida.see("/staff/varsler")
    assert filed.reference in page.text
    assert (await ida.http.post("/staff/varsler/1", data={"csrf": "wrong"})).status_code == 403
    done = await ida.http.post("/staff/varsler/1", data={"csrf": ida.csrf})
    assert done.headers["location"] == "/staff/varsler?gjort=kvitteret"
    page = await ida.see("/staff/varsler")
    assert "Kvitteret, men ikke løst" in page.text
    assert (await rows(world))[0].acknowledged_by == "ida"
    assert ("ida", "acknowledged", "alert", "1") in await acts(world)
    assert ("ida", "viewed", "alert_list", "page") in await acts(world)
    assert "Not delivered" not in (await ida.see("/staff/varsler?lang=en")).text
    await world.app.state.alerts.keep()
    assert len(await rows(world, open_only=False)) == 1


async def test_whoever_may_not_see_the_case_does_not_see_its_alert(
    world: World, file: File, desk: OpenDesk
) -> None:
    filed = await file()
    world.time.move(days=15)
    await world.app.state.alerts.keep()
    other = await desk("bo", units=["sof"])
    editor = await desk("eva", Role.EDITOR)
    for one in (other, editor):
        assert filed.reference not in (await one.see("/staff/varsler")).text
        assert (await one.http.post("/staff/varsler/1", data={"csrf": one.csrf})).status_code == 404
    live = await desk("liv", Role.LIVE_STAFF)
    assert (await live.see("/staff/varsler")).status_code == 403


def test_files_of_ones_own_are_read_or_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("answer:\n  near_working_days: 4\n")
    assert load_limits(own).answer.near_working_days == 4
    for wrong in (
        "answer: 3",
        "answer:\n  days: 3",
        "answer:\n  near_working_days: -1",
        "what: {}",
        "[",
    ):
        own.write_text(wrong)
        with pytest.raises(LimitsError):
            load_limits(own)
    known = {"contacts": frozenset({"bif"}), "kinds": frozenset({"rising"})}
    own.write_text("units:\n  bif: [a@b.example]\nkinds:\n  rising: [c@d.example, a@b.example]\n")
    told = load_recipients(own, **known)
    assert told.of("rising", "bif") == ("a@b.example", "c@d.example")
    assert told.of("answer_late", None) == ()
    for wrong in ("units:\n  xyz: [a@b.example]", "all: a@b.example", "all: [nobody]", "who: []"):
        own.write_text(wrong)
        with pytest.raises(RecipientsError):
            load_recipients(own, **known)


def test_the_webhook_of_alerts_needs_its_secret_and_a_safe_address(tmp_path: Path) -> None:
    def set_to(**values: Any) -> Settings:
        return Settings(environment=Environment.PRODUCTION, var=tmp_path, _env_file=None, **values)

    needed = {"rasa_token": "r" * 20, "action_secret": "a" * 20}
    assert build_alerts(set_to(**needed), dt.datetime.now) is None
    url = {"alert_webhook_url": "http://alerts.example/in"}
    said = " ".join(problems(set_to(**needed, **url)))
    assert "STAFET_ALERT_WEBHOOK_SECRET" in said
    assert "STAFET_ALERT_WEBHOOK_URL" in said
    safe = {
        "alert_webhook_url": "https://alerts.example/in",
        "alert_webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }
    assert problems(set_to(**needed, **safe)) == []
    system = build_alerts(set_to(**needed, **safe), dt.datetime.now)
    assert system is not None
    assert system.name == "webhook"


async def test_the_register_says_when_an_answer_is_due_and_since_when_somebody_has_it(
    file: File, desk: OpenDesk
) -> None:
    filed = await file()
    ida = await desk("ida")
    listed = (await ida.see()).text
    assert "senest 4. dec. 2026" in listed
    assert "siden 20. nov. 2026" in listed
    assert "siden 20. nov. 2026" in (await ida.see(f"/staff/sager/{filed.reference}")).text
