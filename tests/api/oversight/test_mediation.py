"""Mediation: proposed by either side, answered by the other, noted by staff; no clock stops for it."""

from __future__ import annotations

import zipfile
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.auth import Role
from api.db.complaint_models import Complaint, ComplaintCall
from api.db.learning_models import Lesson, Mediation, MediationNote, QuickTry
from api.keeping.export import write_export
from api.keeping.forgetting import Forgetting, folders_of
from api.keeping.periods import load_periods
from api.oversight.informal import may_propose
from tests.api.conftest import World
from tests.api.oversight.test_informal import FOLLOW, add_person, ask, open_page
from tests.api.register.conftest import CASES, Desk, Filed, acts, desk, file

__all__ = ["desk", "file"]
File = Callable[..., Awaitable[Filed]]
Open = Callable[..., Awaitable[Desk]]


async def by_citizen(filed: Filed, path: str = "", **form: str) -> httpx.Response:
    browser = await open_page(filed)
    return await browser.post(f"{FOLLOW}/maegling{path}", data=form)


async def states(world: World) -> list[tuple[str, str, str | None]]:
    async with world.database.reading() as tx:
        rows = await tx.scalars(select(Mediation).order_by(Mediation.id))
        return [(one.proposed_by, one.state, one.result) for one in rows]


async def test_it_is_offered_where_the_statute_tells_of_it(world: World, file: File) -> None:
    await file()
    async with world.database.reading() as tx:
        row = (await tx.scalars(select(Complaint))).one()
    assert may_propose(row, None, "koebenhavn")
    # What Gentofte's sources are silent on is not taken over from København.
    assert not may_propose(row, None, "gentofte")


async def test_from_the_citizen_s_proposal_to_its_end(world: World, file: File, desk: Open) -> None:
    filed, mette = await file(), await desk("mette", units=["bif"])
    before = await filed.view()
    assert "Vi har sendt dit forslag om mægling." in (await by_citizen(filed)).text
    twice = await by_citizen(filed)
    assert twice.status_code == 422
    own = await by_citizen(filed, "/svar", answer="yes")
    assert own.status_code == 422
    assert "Borgeren foreslog mægling" in (await mette.see(f"{CASES}/{filed.reference}")).text
    early = await mette.act(filed.reference, "maegling/slut", mediation_result="agreement")
    assert "Der er ingen mægling i gang." in early.text
    await mette.act(filed.reference, "maegling/svar", accept="yes")
    assert "I er enige om at prøve mægling." in (await (await open_page(filed)).get(FOLLOW)).text
    noted = await mette.act(
        filed.reference, "maegling/forloeb", mediation_day="2026-12-01",
        mediation_note="Møde i Borgerservice, cpr 010190-1234.",
    )  # fmt: skip
    assert noted.headers["location"].endswith("gjort=masked")
    page = (await mette.see(f"{CASES}/{filed.reference}")).text
    assert "Møde i Borgerservice" in page
    assert "010190" not in page
    assert "Møde i Borgerservice" not in (await (await open_page(filed)).get(FOLLOW)).text
    wrong = await mette.act(filed.reference, "maegling/slut", mediation_result="x")
    assert wrong.status_code == 422
    await mette.act(filed.reference, "maegling/slut", mediation_result="agreement")
    assert await states(world) == [("citizen", "ended", "agreement")]
    ended = (await (await open_page(filed)).get(FOLLOW)).text
    assert "Mæglingen er slut: I blev enige." in ended
    after = await filed.view()
    assert {key: one for key, one in after.items() if key != "history"} == {
        key: one for key, one in before.items() if key != "history"
    }
    done = {act for _, act, kind, _ in await acts(world) if kind == "complaint"}
    assert done >= {"answered_mediation", "noted_mediation", "ended_mediation"}


async def test_staff_propose_and_the_citizen_is_told_and_may_say_no(
    world: World, file: File, desk: Open
) -> None:
    filed, mette = await file(), await desk("mette", units=["bif"])
    await mette.act(filed.reference, "maegling")
    async with world.database.reading() as tx:
        assert [one.reason for one in await tx.scalars(select(ComplaintCall))] == ["mediation"]
    assert "Der er nyt om mægling" in (await mette.see(f"{CASES}/ringeliste")).text
    page = (await (await open_page(filed)).get(FOLLOW)).text
    assert "Kommunen foreslår mægling." in page
    refused = await mette.act(filed.reference, "maegling/svar", accept="yes")
    assert refused.status_code == 422
    assert "Dit svar er noteret." in (await by_citizen(filed, "/svar", answer="no")).text
    assert "Foreslå mægling" in (await (await open_page(filed)).get(FOLLOW)).text
    await by_citizen(filed)
    assert await states(world) == [("staff", "declined", None), ("citizen", "proposed", None)]


@pytest.mark.parametrize("day", ["", "2026-11-19", "2028-01-01", "i morgen"])
async def test_a_day_that_does_not_fit_is_refused(file: File, desk: Open, day: str) -> None:
    filed, mette = await file(), await desk("mette", units=["bif"])
    await by_citizen(filed)
    await mette.act(filed.reference, "maegling/svar", accept="yes")
    answer = await mette.act(
        filed.reference, "maegling/forloeb", mediation_day=day, mediation_note="Møde"
    )
    assert answer.status_code == 422
    assert "Dagen passer ikke til forløbet." in answer.text


async def test_no_clock_waits_for_a_mediation(world: World, file: File, desk: Open) -> None:
    filed, mette = await file(), await desk("mette", units=["bif"])
    await by_citizen(filed)
    await mette.act(filed.reference, "maegling/svar", accept="yes")
    due = (await filed.view())["answer_due"]
    world.time.move(days=20)
    view = await filed.view()
    assert view["answer_due"] == due
    assert view["steps"][0]["passed"]


async def test_praise_is_not_mediated(file: File) -> None:
    filed = await file(complaint__categories=["praise"], prior_complaint=None)
    answer = await by_citizen(filed)
    assert answer.status_code == 422
    assert "Mægling kan ikke foreslås" in answer.text


async def test_only_own_forms_and_own_cases(file: File, desk: Open, problem: Any) -> None:
    filed, other = await file(), await desk("sofie", units=["tmf"])
    for name in ("forsoeg", "maegling", "maegling/svar", "maegling/forloeb", "maegling/slut"):
        problem(await other.act(filed.reference, name), 404, "not_found")
    mette = await desk("mette")
    for name in ("forsoeg", "maegling"):
        problem(await mette.act(filed.reference, name, csrf="x"), 403, "csrf")


async def test_all_of_it_is_handed_out_and_erased_with_the_complaint(
    world: World, file: File, desk: Open, tmp_path: Any
) -> None:
    await add_person(await desk("leder", Role.MANAGER))
    filed, mette = await file(), await desk("mette", units=["bif"])
    await ask(filed)
    await by_citizen(filed)
    await mette.act(filed.reference, "maegling/svar", accept="yes")
    await mette.act(
        filed.reference, "maegling/forloeb", mediation_day="2026-12-01", mediation_note="Rabarber"
    )
    held = (await (await open_page(filed)).get(f"{FOLLOW}/data")).json()["complaints"][0]
    assert held["quick_try"]["outcome"] is None
    assert [one["state"] for one in held["mediations"]] == ["accepted"]
    assert "Rabarber" not in str(held)
    pack = tmp_path / "all.zip"
    assert await write_export(world.database, world.settings.var, filed.reference, pack)
    with zipfile.ZipFile(pack) as files:
        assert "Rabarber" in files.read("data.json").decode()
    job = Forgetting(
        world.database, folders_of(world.settings.var, None), load_periods(), world.time
    )
    assert await job.erase(filed.reference)
    async with world.database.reading() as tx:
        for table in (QuickTry, Mediation, MediationNote, Lesson, Complaint):
            assert (await tx.execute(select(table))).first() is None
