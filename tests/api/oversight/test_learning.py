"""What a closed case taught: written by its unit, read by all staff, without the citizen in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.auth import Role
from api.db.learning_models import Lesson, LessonVersion
from api.keeping.forgetting import Forgetting, folders_of
from api.keeping.periods import load_periods
from tests.api.conftest import World
from tests.api.register.conftest import CASES, Desk, Filed, acts, desk, file

__all__ = ["desk", "file"]
File = Callable[..., Awaitable[Filed]]
Open = Callable[..., Awaitable[Desk]]
BANK = "/staff/laering"
STEPS = {
    "happened": "En borger fik ikke svar på to mails.",
    "wished": "At vi havde ringet inden for rimelig tid.",
    "why": "Mailene lå hos en medarbejder på ferie.",
    "again": "Ja, hver gang et autosvar mangler.",
    "prevent": "Vi bruger en fælles indbakke.",
}
COST = {
    "minutes_caseworker": "45", "price_caseworker": "400", "minutes_manager": "15",
    "price_manager": "600", "direct": "10", "times": "12", "mending": "1.000",
}  # fmt: skip


async def closed(file: File, who: Desk) -> Filed:
    filed = await file()
    done = await who.act(filed.reference, "udfald", outcome="uformelt")
    assert done.status_code == 303
    return filed


async def write(who: Desk, reference: str, **form: str) -> httpx.Response:
    return await who.act(reference, "laering", **({"version": "0", **STEPS, **COST} | form))


async def test_a_closed_case_offers_its_learning_and_the_bank_finds_it(
    world: World, file: File, desk: Open
) -> None:
    mette = await desk("mette", units=["bif"])
    filed = await file()
    address = f"{CASES}/{filed.reference}"
    assert "Lær af sagen" not in (await mette.see(address)).text
    early = await write(mette, filed.reference)
    assert early.status_code == 422
    assert "Sagen er ikke afsluttet endnu." in early.text
    await mette.act(filed.reference, "udfald", outcome="uformelt")
    offered = (await mette.see(address)).text
    assert "Det er frivilligt." in offered
    form = (await mette.see(f"{address}/laering")).text
    for said in ("Hvad er der sket?", "Hvad ville vi ønske, der var sket i stedet for?",
                 "Borgerrådgiverens Beretning 2016, afsnit 3.3"):  # fmt: skip
        assert said in form, said
    saved = await write(mette, filed.reference, theme="sagsbehandlingstid-og-manglende-svar")
    assert saved.status_code == 303
    assert "Læringen er gemt." in (await mette.see(saved.headers["location"])).text
    assert "Læringen er skrevet." in (await mette.see(address)).text

    other = await desk("frank", Role.LIVE_STAFF)
    for query, found in (
        ("", True), ("?q=INDBAKKE+autosvar", True), ("?q=vinterdæk", False),
        ("?forvaltning=bif", True), ("?forvaltning=tmf", False), ("?til=2020-01-01", False),
        ("?theme=sagsbehandlingstid-og-manglende-svar", True), ("?theme=vejledning", False),
        ("?fra=2020-01-01&unit=", True), ("?fra=x&page=99999999999", True),
    ):  # fmt: skip
        page = await other.see(BANK + query)
        assert page.status_code == 200
        assert ("fælles indbakke" in page.text) is found, query
    told = (await other.see(BANK)).text
    assert "5.520 kr." in told
    assert "4.520 kr." in told
    assert filed.reference not in told
    assert "Anna" not in told
    english = (await other.see(f"{BANK}?lang=en")).text
    assert "DKK 5,520" in english
    assert ("mette", "wrote_lesson", "complaint", filed.reference) in await acts(world)
    assert ("frank", "viewed", "learning_bank", "page") in await acts(world)


async def test_a_change_keeps_what_stood_before(world: World, file: File, desk: Open) -> None:
    mette = await desk("mette")
    filed = await closed(file, mette)
    await write(mette, filed.reference)
    late = await write(mette, filed.reference, prevent="Vi ringer i stedet.")
    assert late.status_code == 409
    assert "Vi ringer i stedet." in late.text
    changed = await write(mette, filed.reference, prevent="Vi ringer i stedet.", version="1")
    assert changed.status_code == 303
    async with world.database.reading() as tx:
        [row] = list(await tx.scalars(select(Lesson)))
        versions = list(await tx.scalars(select(LessonVersion).order_by(LessonVersion.version)))
    assert (row.version, row.steps["prevent"]) == (2, "Vi ringer i stedet.")
    assert [one.content["steps"]["prevent"] for one in versions] == [
        "Vi bruger en fælles indbakke.", "Vi ringer i stedet.",
    ]  # fmt: skip
    page = (await mette.see(f"{BANK}/{row.id}")).text
    assert "Vi ringer i stedet." in page
    assert "Vi bruger en fælles indbakke." in page
    assert "Udgave 1" in page


@pytest.mark.parametrize("said", ["cpr 010190-1234", "Ring 20304050.", "Skriv til a@b.dk"])
async def test_no_number_of_a_citizen_is_saved(
    world: World, file: File, desk: Open, said: str
) -> None:
    mette = await desk("mette")
    filed = await closed(file, mette)
    answer = await write(mette, filed.reference, why=said, names_sure="1")
    assert answer.status_code == 422
    assert "Tag det ud, og gem igen." in answer.text
    async with world.database.reading() as tx:
        assert (await tx.scalars(select(Lesson))).first() is None


async def test_a_name_is_asked_about_before_it_is_saved(file: File, desk: Open) -> None:
    mette = await desk("mette")
    filed = await closed(file, mette)
    asked = await write(mette, filed.reference, why="Anna Jensen ringede.")
    assert asked.status_code == 422
    assert "Her står måske et navn: Anna, Jensen, Anna Jensen." in asked.text
    assert "Anna Jensen ringede." in asked.text
    sure = await write(mette, filed.reference, why="Anna Jensen ringede.", names_sure="1")
    assert sure.status_code == 303


async def test_a_form_that_cannot_be_saved_loses_nothing(file: File, desk: Open) -> None:
    mette = await desk("mette")
    filed = await closed(file, mette)
    answer = await write(mette, filed.reference, wished="", direct="ti", theme="x")
    assert answer.status_code == 422
    for said in ("Skriv et svar.", "Skriv et tal.", "Vælg et tema", STEPS["prevent"], 'value="ti"'):
        assert said in answer.text, said


async def test_only_who_may_see_the_case_can_write(
    client: httpx.AsyncClient, file: File, desk: Open, problem: Any
) -> None:
    mette = await desk("mette")
    filed = await closed(file, mette)
    other = await desk("sofie", units=["tmf"])
    problem(await write(other, filed.reference), 404, "not_found")
    problem(await other.see(f"{CASES}/{filed.reference}/laering"), 404, "not_found")
    problem(await write(mette, filed.reference, csrf="x"), 403, "csrf")
    live = await desk("frank", Role.LIVE_STAFF)
    problem(await live.see(f"{CASES}/{filed.reference}/laering"), 403, "forbidden")
    problem(await live.see(f"{BANK}/99"), 404, "not_found")
    for page in (BANK, f"{BANK}/1", f"{CASES}/{filed.reference}/laering"):
        assert (await client.get(page)).status_code == 303


async def test_hostile_words_are_shown_as_words(file: File, desk: Open) -> None:
    mette = await desk("mette")
    filed = await closed(file, mette)
    await write(mette, filed.reference, why="<script>alert(1)</script>")
    assert "<script>alert" not in (await mette.see(BANK)).text
    assert "<script>alert" not in (await mette.see(f"{BANK}?q=%22%3E%3Cscript%3Ealert")).text


async def test_the_bank_outlives_the_complaint_and_points_nowhere(
    world: World, file: File, desk: Open
) -> None:
    mette = await desk("mette")
    filed = await closed(file, mette)
    await write(mette, filed.reference)
    job = Forgetting(
        world.database, folders_of(world.settings.var, None), load_periods(), world.time
    )
    assert await job.erase(filed.reference)
    async with world.database.reading() as tx:
        [row] = list(await tx.scalars(select(Lesson)))
    assert row.complaint_id is None
    world.time.move(days=load_periods()["lesson"].days + 1)
    assert (await job.run())["lesson"] == 1
    async with world.database.reading() as tx:
        assert (await tx.scalars(select(LessonVersion))).first() is None
