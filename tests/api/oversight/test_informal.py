"""Whom a quick try goes to, when its days are over, and that it changes nothing of the complaint."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.auth import Role
from api.db.complaint_models import Complaint, ComplaintCall
from api.db.learning_models import ContactPerson, QuickTry
from api.db.outbox_models import OutboxDelivery
from api.guidance.service import GuidanceService
from api.oversight.informal import Place, person_for, try_due
from api.oversight.tries import QuickTries
from knowledge.guidance import load_profile
from tests.api.complaints.test_pages import sent, written
from tests.api.conftest import World
from tests.api.register.conftest import CASES, Desk, Filed, acts, desk, file

__all__ = ["desk", "file"]
File = Callable[..., Awaitable[Filed]]
Open = Callable[..., Awaitable[Desk]]
FOLLOW = "/opfoelgning"
PERSONS = "/staff/kontaktpersoner"
PERSON = {"forvaltning": "bif", "unit": "", "name": "Mads Holm", "phone": "33 66 00 00",
          "email": "mads@kommune.example", "active": "1"}  # fmt: skip


async def add_person(boss: Desk, **form: str) -> None:
    saved = await boss.http.post(f"{PERSONS}/ny", data={"csrf": boss.csrf} | PERSON | form)
    assert saved.status_code == 303, saved.text


async def open_page(filed: Filed) -> httpx.AsyncClient:
    """The citizen's browser, on the follow-up page."""
    code = {"reference": filed.reference, "code": filed.code["X-Follow-Up-Code"]}
    opened = await filed.http.post(FOLLOW, data=code)
    assert opened.status_code == 303, opened.text
    return filed.http


async def ask(filed: Filed, consent: str = "yes") -> httpx.Response:
    browser = await open_page(filed)
    return await browser.post(f"{FOLLOW}/forsoeg", data={"consent": consent})


async def only_try(world: World) -> QuickTry:
    async with world.database.reading() as tx:
        [row] = list(await tx.scalars(select(QuickTry)))
    return row


def person(**places: Any) -> ContactPerson:
    return ContactPerson(**({"id": 1, "forvaltning": "bif", "unit": "", "active": True} | places))


@pytest.mark.parametrize(
    ("unit", "found"),
    [("Jobcenter City", 2), ("  jobcenter  CITY ", 2), ("Et andet sted", 1), (None, 1)],
)
def test_the_unit_s_own_person_comes_before_the_forvaltning_s(unit: str | None, found: int) -> None:
    people = [person(), person(id=2, unit="Jobcenter City"), person(id=3, forvaltning="tmf")]
    one = person_for(Place("forvaltning_first", "bif", unit), people)
    assert one is not None
    assert one.id == found


def test_nobody_answers_for_another_place_or_after_leaving() -> None:
    place = Place("forvaltning_first", "bif", "Jobcenter City")
    away = [person(active=False), person(forvaltning="tmf"), person(unit="Jobcenter Skelbæk")]
    assert person_for(place, away) is None


@pytest.mark.parametrize(
    ("asked", "due"),
    [("2026-11-19", "2026-11-23"), ("2026-11-21", "2026-11-24"), ("2026-12-23", "2026-12-29")],
)
def test_two_working_days_leave_out_weekends_and_holidays(asked: str, due: str) -> None:
    day = dt.date.fromisoformat
    assert try_due(day(asked), load_profile("koebenhavn")) == day(due)


async def test_a_try_changes_neither_route_nor_days_nor_receipt(
    world: World, client: httpx.AsyncClient, file: File, desk: Open
) -> None:
    without = await file()
    boss = await desk("leder", Role.MANAGER)
    await add_person(boss)
    other = await file()
    assert without.reference != other.reference
    before = await other.view()
    plain = await without.view()
    own = {"reference", "received_at", "received_at_text", "letter_url", "history", "related"}
    assert {key: one for key, one in before.items() if key not in own} == {
        key: one for key, one in plain.items() if key not in own
    }
    async with world.database.reading() as tx:
        held = await tx.scalar(select(Complaint).where(Complaint.reference == other.reference))
        assert held is not None
        kept = {column.key: getattr(held, column.key) for column in Complaint.__table__.columns}
    assert "Vi har bedt kontaktpersonen om at prøve." in (await ask(other)).text
    after = await other.view()
    assert {key: one for key, one in after.items() if key != "history"} == {
        key: one for key, one in before.items() if key != "history"
    }
    assert [one["status"] for one in after["history"]][-1] == "try_asked"
    world.time.move(days=6)
    await QuickTries(world.app.state.following).keep()
    async with world.database.reading() as tx:
        row = await tx.scalar(select(Complaint).where(Complaint.reference == other.reference))
        assert {name: getattr(row, name) for name in kept} == kept


async def test_it_is_offered_only_where_somebody_can_answer(file: File, desk: Open) -> None:
    filed = await file()
    browser = await open_page(filed)
    assert "Et hurtigt forsøg" not in (await browser.get(FOLLOW)).text
    boss = await desk("leder", Role.MANAGER)
    await add_person(boss, active="")
    assert "Et hurtigt forsøg" not in (await browser.get(FOLLOW)).text
    refused = await ask(filed)
    assert refused.status_code == 422
    assert "kan ikke bruges her" in refused.text
    await add_person(boss)
    page = (await browser.get(FOLLOW)).text
    for said in (
        "Et hurtigt forsøg",
        "Din klage og alle frister løber videre imens.",
        "Det er frivilligt",
    ):
        assert said in page, said
    decision = await file(complaint__categories=["decision"])
    assert "Et hurtigt forsøg" not in (await (await open_page(decision)).get(FOLLOW)).text
    silent = await file(
        complainant={"type": "borger", "identification": {"method": "anonymous"}},
    )  # fmt: skip
    assert "Et hurtigt forsøg" not in (await (await open_page(silent)).get(FOLLOW)).text


async def test_without_a_yes_nothing_is_asked(world: World, file: File, desk: Open) -> None:
    await add_person(await desk("leder", Role.MANAGER))
    filed = await file()
    answer = await ask(filed, consent="")
    assert answer.status_code == 422
    assert "Sæt kryds i feltet" in answer.text
    async with world.database.reading() as tx:
        assert (await tx.scalars(select(QuickTry))).first() is None


async def test_the_unit_sees_the_clock_and_says_how_it_went(
    world: World, file: File, desk: Open
) -> None:
    await add_person(await desk("leder", Role.MANAGER))
    filed, mette = await file(), await desk("mette", units=["bif"])
    await ask(filed)
    await ask(filed)
    held = await only_try(world)
    assert (held.outcome, held.consent_version) == (None, "1")
    assert "Hurtigt forsøg, senest 24. nov. 2026" in (await mette.see()).text
    page = (await mette.see(f"{CASES}/{filed.reference}")).text
    for said in ("Mads Holm, 33 66 00 00", "Frist: tirsdag den 24. november 2026"):
        assert said in page, said
    wrong = await mette.act(filed.reference, "forsoeg", try_outcome="no_answer")
    assert wrong.status_code == 422
    assert "Det kan ikke noteres" in wrong.text
    await mette.act(filed.reference, "forsoeg", try_outcome="solved")
    assert (await only_try(world)).outcome_by == "mette"
    assert "Hurtigt forsøg" not in (await mette.see()).text
    citizen = (await (await open_page(filed)).get(FOLLOW)).text
    assert "Klagen er stadig åben." in citizen
    assert (await filed.view())["status"] == "received"
    assert ("mette", "reported_try", "complaint", filed.reference) in await acts(world)


async def test_the_contact_person_gets_a_mail_without_the_citizen_in_it(
    world: World, file: File, desk: Open
) -> None:
    await add_person(await desk("leder", Role.MANAGER))
    filed = await file()
    await ask(filed)
    async with world.database.reading() as tx:
        mails = await tx.scalars(
            select(OutboxDelivery).where(OutboxDelivery.idempotency_key.contains(":try:"))
        )
        [mail] = list(mails)
    assert mail.payload["to"] == "mads@kommune.example"
    assert filed.reference in mail.payload["subject"]
    assert "Anna" not in str(mail.payload)


async def test_when_two_days_pass_the_citizen_is_told_and_stands_on_the_list(
    world: World, file: File, desk: Open
) -> None:
    await add_person(await desk("leder", Role.MANAGER))
    filed = await file()
    await ask(filed)
    tries = QuickTries(world.app.state.following)
    due = (await only_try(world)).due
    world.time.move(days=(due - world.time().date()).days)
    await tries.keep()
    assert (await only_try(world)).outcome is None
    world.time.move(days=1)
    await tries.keep()
    await tries.keep()
    assert (await only_try(world)).outcome == "no_answer"
    assert [one["status"] for one in (await filed.view())["history"]].count("try_passed") == 1
    citizen = (await (await open_page(filed)).get(FOLLOW)).text
    assert "De to arbejdsdage er gået" in citizen
    assert "Klagen bliver behandlet som før." in citizen
    async with world.database.reading() as tx:
        calls = [one.reason for one in await tx.scalars(select(ComplaintCall))]
    assert calls == ["try_passed"]
    mette = await desk("mette", units=["bif"])
    assert "Det hurtige forsøg gik uden svar" in (await mette.see(f"{CASES}/ringeliste")).text
    late = await mette.act(filed.reference, "forsoeg", try_outcome="not_solved")
    assert late.status_code == 303
    assert (await only_try(world)).outcome == "not_solved"


async def test_the_citizen_can_say_how_it_went(world: World, file: File, desk: Open) -> None:
    await add_person(await desk("leder", Role.MANAGER))
    filed = await file()
    await ask(filed)
    browser = await open_page(filed)
    said = await browser.post(f"{FOLLOW}/forsoeg/udfald", data={"outcome": "not_solved"})
    assert "forsøget ikke hjalp" in said.text
    assert (await only_try(world)).outcome_by == "citizen"


async def test_who_may_change_the_network(
    world: World, client: httpx.AsyncClient, desk: Open, problem: Any
) -> None:
    boss, mette = await desk("leder", Role.MANAGER), await desk("mette")
    await add_person(boss)
    page = (await mette.see(PERSONS)).text
    assert "Mads Holm" in page
    assert "Kun ledere kan ændre listen." in page
    problem(await mette.see(f"{PERSONS}/ny"), 403, "forbidden")
    data = {"csrf": mette.csrf} | PERSON
    problem(await mette.http.post(f"{PERSONS}/ny", data=data), 403, "forbidden")
    problem(await boss.http.post(f"{PERSONS}/ny", data=PERSON | {"csrf": "x"}), 403, "csrf")
    problem(await boss.see(f"{PERSONS}/99"), 404, "not_found")
    problem(await boss.see(f"{PERSONS}/x"), 404, "not_found")
    assert (await client.get(PERSONS)).status_code == 303
    changed_one = await boss.http.post(
        f"{PERSONS}/1", data={"csrf": boss.csrf} | PERSON | {"active": "", "name": "Mads H"}
    )
    assert changed_one.status_code == 303
    assert "Nej" in (await boss.see(f"{PERSONS}?lang=da")).text
    log = await acts(world)
    assert ("leder", "added", "contact_person", "1") in log
    assert ("leder", "changed", "contact_person", "1") in log


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": ""}, "Skriv et navn."), ({"forvaltning": "x"}, "Vælg en forvaltning."),
        ({"email": "x"}, "Skriv en mailadresse."), ({"phone": "x"}, "Skriv et telefonnummer."),
        ({"email": "", "phone": ""}, "Skriv en arbejdstelefon eller en arbejdsmail."),
        ({"unit": "010190-1234"}, "ligner et CPR-nummer"),
    ],
)  # fmt: skip
async def test_a_contact_person_that_cannot_be_saved(
    desk: Open, form: dict[str, str], said: str
) -> None:
    boss = await desk("leder", Role.MANAGER)
    answer = await boss.http.post(f"{PERSONS}/ny", data={"csrf": boss.csrf} | PERSON | form)
    assert answer.status_code == 422
    assert said in answer.text


async def test_the_pages_of_the_form_tell_of_it_before_and_after(
    client: httpx.AsyncClient, desk: Open
) -> None:
    told = "Når klagen er sendt, kan du bede om et hurtigt forsøg"
    assert told not in await written(client)
    await add_person(await desk("leder", Role.MANAGER))
    assert told in await written(client)
    receipt, _, _ = await sent(client)
    assert "inden for to arbejdsdage" in receipt.text
    assert 'href="/opfoelgning?lang=da#forsoeg"' in receipt.text


async def test_the_bot_can_say_it_with_the_result_of_the_guidance(world: World, desk: Open) -> None:
    facts = {
        "municipality": "koebenhavn", "complainant": "citizen", "wants": "complaint",
        "concerns": ["conduct"], "subject": "bif_kontanthjaelp", "acute": False,
        "complained_to_forvaltning": False, "is_decision": False, "pending_elsewhere": "none",
        "politically_decided": False, "directly_affected": True, "event_date": "2026-11-17",
        "ongoing": False,
    }  # fmt: skip
    guidance = GuidanceService("koebenhavn", world.time.clock().today, None)
    outcomes = guidance.assess(facts, "da").outcomes
    assert [one.route.value for one in outcomes] == ["forvaltning_first"]
    tries = QuickTries(world.app.state.following)
    assert await tries.offer(outcomes, "da") == ""
    await add_person(await desk("leder", Role.MANAGER))
    assert "bede om et hurtigt forsøg" in await tries.offer(outcomes, "da")
    assert "ask for a quick try" in await tries.offer(outcomes, "en")
    await world.database.close()
    assert await tries.offer((), "da") == ""
