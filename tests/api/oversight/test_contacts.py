"""Contacts are made once from what is stored, staff have the last word, and every change is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from typer.testing import CliRunner

from api.auth import Role
from api.chat.store import erase
from api.cli import app
from api.complaints import store
from api.db.complaint_models import Complaint
from api.db.models import AuditEvent, ChatSession, KnowledgeFeedback
from api.db.oversight_models import Contact, ContactChange, ContactTally
from api.oversight.registration import Registration
from tests.api.chat.conftest import open_chat
from tests.api.conftest import World
from tests.api.keeping.test_forgetting import forgetting
from tests.api.register.conftest import Desk, Filed, desk, file

__all__ = ["desk", "file"]
LIST = "/staff/henvendelser"
FORM: dict[str, Any] = {
    "inquiry": "raad-og-vejledning", "channel": "phone", "language": "da", "informal": "yes",
    "forvaltning": "sof", "unit": "", "received_on": "2026-11-18", "answered_on": "",
    "outcome": "uformelt", "learning": "nogen", "kinds": ["practical"], "themes": ["opfoelgning"],
    "causes": ["travlhed"], "citizen_effects": ["ventetid"], "municipality_effects": ["effektivitet"],
}  # fmt: skip

Files = Callable[..., Awaitable[Filed]]
Desks = Callable[..., Awaitable[Desk]]


async def rows(world: World) -> list[Contact]:
    async with world.database.reading() as tx:
        return list(await tx.scalars(select(Contact).order_by(Contact.id)))


async def talk(world: World, facts: dict[str, Any] | None = None) -> str:
    citizen = await open_chat(world)
    await citizen.say("hej")
    await citizen.http.aclose()
    session = citizen.session
    if facts is not None:
        async with world.database.transaction() as tx:
            await tx.execute(
                update(ChatSession).where(ChatSession.id == session).values(facts={"facts": facts})
            )
    return session


async def test_each_thing_becomes_one_contact_however_often(world: World, file: Files) -> None:
    await talk(world, {"concerns": ["conduct"], "subject": "bif_kontanthjaelp"})
    async with world.client() as http:
        # Nobody wrote anything here.
        await http.post("/api/v1/chat/sessions", json={"lang": "da"})
    await file()
    async with world.database.transaction() as tx:
        tx.add(
            KnowledgeFeedback(
                at=world.time(), question="x", helped=False, answered=False, language="en",
                audience="citizen",
            )
        )  # fmt: skip
    registration = world.app.state.registration
    await registration.run()
    await registration.run()
    await registration.run(everything=True)
    chat, complaint, verdict = await rows(world)
    assert (chat.inquiry, chat.kinds, chat.forvaltning) == (
        "raad-og-vejledning",
        ["conduct"],
        "bif",
    )
    assert chat.themes == ["venlig-og-hensynsfuld-optraeden"]
    assert chat.informal
    assert (complaint.inquiry, complaint.kinds, complaint.forvaltning) == (
        "klage",
        ["process"],
        "bif",
    )
    assert complaint.themes == ["sagsbehandlingstid-og-manglende-svar"]
    assert complaint.channel == "other"
    assert complaint.unit
    assert (verdict.unanswered, verdict.language) == (True, "en")


async def test_a_conversation_is_looked_at_again_when_it_has_changed(world: World) -> None:
    citizen = await open_chat(world)
    await citizen.say("hej")
    registration = world.app.state.registration
    assert [(await registration.run())["chat"] for _ in range(2)] == [1, 0]
    world.time.move(seconds=1)
    world.rasa.slots = {"facts": {"concerns": ["conduct"], "subject": "bif_kontanthjaelp"}}
    await citizen.say("De var grove")
    assert [(await registration.run())["chat"] for _ in range(2)] == [1, 0]
    assert [row.kinds for row in await rows(world)] == [["conduct"]]
    assert (await registration.run(everything=True))["chat"] == 1
    await citizen.http.aclose()


async def test_what_was_registered_and_not_counted_is_counted_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sums are counted once all are registered; what comes in between must not leave them wrong."""
    for number in range(45):
        await talk(world, {"concerns": ["conduct"] if number % 2 else ["delay", "decision"]})
    registration = world.app.state.registration

    async def stopped(*_: object) -> None:
        raise TimeoutError

    for begin in (registration, Registration(world.database, registration.profile, world.time)):
        with monkeypatch.context() as patch:
            patch.setattr("api.oversight.tally.refresh", stopped)
            with pytest.raises(TimeoutError):
                await begin.run()
        world.time.move(seconds=1)
    assert len(await rows(world)) == 45
    assert await registration.recount(mend=False) > 0
    # The same process, and one that knows nothing of the first.
    await registration.run()
    assert await registration.recount(mend=False) == 0
    async with world.database.transaction() as tx:
        await tx.execute(delete(ContactTally))
    await Registration(world.database, registration.profile, world.time).run()
    assert await registration.recount(mend=False) == 0


async def test_a_contact_outlives_what_it_was_made_of_and_does_not_lead_back(world: World) -> None:
    session = await talk(world)
    await world.app.state.registration.run()
    async with world.database.transaction() as tx:
        await erase(tx, session)
    await world.app.state.registration.run(everything=True)
    (row,) = await rows(world)
    assert row.origin_id != session
    assert session not in row.origin_id


async def test_who_reports_wrongdoing_cannot_be_found_among_the_contacts(world: World) -> None:
    facts = {"concerns": ["wrongdoing", "conduct"], "subject": "bif_kontanthjaelp"}
    await talk(world, facts)
    await world.app.state.registration.run()
    (row,) = await rows(world)
    assert (row.kinds, row.themes, row.area, row.forvaltning, row.unit) == (
        ["wrongdoing"],
        [],
        "",
        "",
        "",
    )
    assert row.received_on == dt.date(2026, 11, 1)


async def test_an_answer_is_counted_in_working_days(world: World, file: Files) -> None:
    filed = await file()
    registration = world.app.state.registration
    await registration.run()
    world.time.move(days=16)
    async with world.database.transaction() as tx:
        row = await tx.scalar(select(Complaint).where(Complaint.reference == filed.reference))
        assert row is not None
        await store.add_event(tx, row.id, "answered", at=world.time(), actor="case_system")
    await registration.run()
    (contact,) = await rows(world)
    # From Friday 20 November to Sunday 6 December there are ten.
    assert contact.answer_days == 10
    async with world.database.reading() as tx:
        seen = await tx.scalar(
            select(ContactTally.in_time).where(
                ContactTally.facet == "all", ContactTally.unit == "*"
            )
        )
    assert seen == 1


async def test_staff_have_the_last_word_and_it_is_written_down(
    world: World, file: Files, desk: Desks
) -> None:
    await file()
    registration = world.app.state.registration
    await registration.run()
    mette = await desk("mette", Role.MANAGER)
    (row,) = await rows(world)
    page = await mette.see(f"{LIST}/{row.id}")
    assert "Foreslået" in page.text
    version = {"csrf": mette.csrf, "version": str(row.version)}
    form = FORM | {"inquiry": "klage", "informal": "no", "received_on": "2026-11-20"}
    saved = await mette.http.post(f"{LIST}/{row.id}", data=form | version)
    assert saved.status_code == 303
    again = await mette.http.post(f"{LIST}/{row.id}", data=form | version)
    assert again.status_code == 409
    await registration.run(everything=True)
    (row,) = await rows(world)
    assert (row.state, row.forvaltning, row.themes) == ("confirmed", "sof", ["opfoelgning"])
    async with world.database.reading() as tx:
        changes = {
            one.field: (one.actor, one.details["before"], one.details["after"])
            for one in await tx.scalars(select(ContactChange))
        }
        audited = set(
            await tx.scalars(select(AuditEvent.act).where(AuditEvent.subject_kind == "contact"))
        )
    assert changes["forvaltning"] == ("mette", "bif", "sof")
    assert changes["state"] == ("mette", "proposed", "confirmed")
    assert audited == {"viewed", "confirmed"}
    page = await mette.see(f"{LIST}/{row.id}")
    assert "Temaer: fra Sagsbehandlingstid og manglende svar til Opfølgning" in page.text
    assert await registration.recount(mend=False) == 0


async def test_a_call_is_written_down_in_a_short_form(world: World, desk: Desks) -> None:
    live = await desk("live", Role.LIVE_STAFF)
    assert (await live.see(LIST)).status_code == 403
    assert "Registrér en henvendelse" in (await live.see(f"{LIST}/ny")).text
    kept = await live.http.post(f"{LIST}/ny", data=FORM | {"csrf": live.csrf})
    assert kept.status_code == 303
    (row,) = await rows(world)
    assert (row.origin, row.state, row.informal) == ("staff", "confirmed", True)
    assert (row.causes, row.learning, row.outcome) == (["travlhed"], "nogen", "uformelt")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"received_on": "2026-12-24"}, "Datoerne passer ikke"),
        ({"answered_on": "2026-11-01"}, "Datoerne passer ikke"),
        ({"inquiry": "andet"}, "Vælg en af mulighederne"),
        ({"forvaltning": "xyz"}, "Vælg en af mulighederne"),
        ({"unit": "Team 010190-1234"}, "uden CPR-nummer"),
    ],
)
async def test_what_cannot_be_is_told_and_nothing_is_kept(
    world: World, desk: Desks, wrong: dict[str, str], said: str
) -> None:
    mette = await desk("mette", Role.CASEWORKER)
    answer = await mette.http.post(f"{LIST}/ny", data=FORM | wrong | {"csrf": mette.csrf})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="opfoelgning" checked' in answer.text
    assert await rows(world) == []


async def test_a_caseworker_sees_the_contacts_of_their_units_alone(
    world: World, file: Files, desk: Desks
) -> None:
    filed = await file()
    await world.app.state.registration.run()
    (row,) = await rows(world)
    own, other = await desk("own", units=["bif"]), await desk("other", units=["sof"])
    assert (await own.see(f"{LIST}/{row.id}")).status_code == 200
    assert filed.reference in (await own.see(f"{LIST}/{row.id}")).text
    assert (await other.see(f"{LIST}/{row.id}")).status_code == 404
    assert "Her er ingen henvendelser" in (await other.see(LIST)).text


async def test_sums_are_what_counting_one_by_one_gives_and_are_mended(
    world: World, file: Files
) -> None:
    await file()
    await file(target__area="okf_boligstoette", complaint__categories=["decision", "process"])
    await talk(world)
    registration = world.app.state.registration
    await registration.run()
    assert await registration.recount(mend=False) == 0
    async with world.database.transaction() as tx:
        total = await tx.scalar(
            select(func.sum(ContactTally.contacts)).where(
                ContactTally.facet == "all", ContactTally.unit == "*"
            )
        )
        assert total == 3
        await tx.execute(update(ContactTally).values(contacts=ContactTally.contacts + 1))
    assert await registration.recount() > 0
    assert await registration.recount() == 0


async def test_contacts_are_forgotten_by_whole_months_with_their_sums(
    world: World, file: Files
) -> None:
    await file()
    registration = world.app.state.registration
    await registration.run()
    world.time.move(days=3660)
    kept = forgetting(world)
    assert (await kept.count())["contact"] == 0
    world.time.move(days=20)
    gone = await kept.run()
    assert gone["contact"] == 1
    assert gone["contact_sum"] > 0
    assert await rows(world) == []
    assert await registration.recount(mend=False) == 0


def test_the_commands_register_and_count(tmp_path: Path) -> None:
    surroundings = {"STAFET_VAR": str(tmp_path), "STAFET_ENVIRONMENT": "test"}
    told = CliRunner().invoke(app, ["oversight", "register"], env=surroundings)
    assert told.exit_code == 0, told.output
    assert "complaint: 0" in told.output
    told = CliRunner().invoke(app, ["oversight", "recount", "--check"], env=surroundings)
    assert told.exit_code == 0, told.output
    assert "wrong: 0" in told.output
