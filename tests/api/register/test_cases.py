"""Caseworkers see the cases of their units, act on them, and the citizen sees what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from api.auth import Role, audit
from tests.api.complaints.test_conversation import MISSING, Told, opened, talking
from tests.api.conftest import World
from tests.api.register.conftest import CASES, Desk, Filed, acts, deliver

File = Callable[..., Awaitable[Filed]]
Open = Callable[..., Awaitable[Desk]]
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"


async def test_the_list_and_the_case_tell_all_that_is_needed(
    world: World, file: File, desk: Open
) -> None:
    filed, mette = await file(), await desk("mette", units=["bif"])
    listed = await mette.see()
    assert listed.status_code == 200
    assert filed.reference in listed.text
    assert "10 arbejdsdage tilbage" in listed.text
    page = (await mette.see(f"{CASES}/{filed.reference}")).text
    for said in (
        "Jeg søgte i august og har rykket to gange uden svar.", "Anna Jensen", "anna@example.org",
        "Beskæftigelses- og Integrationsforvaltningen", "Det gode klagesvar",
    ):  # fmt: skip
        assert said in page, said
    assert ("mette", "viewed", "complaint_list", "page") in await acts(world)
    assert ("mette", "viewed", "complaint", filed.reference) in await acts(world)
    english = await mette.see(f"{CASES}/{filed.reference}?lang=en")
    assert english.status_code == 200
    assert "The citizen&#39;s own words" in english.text


async def test_a_unit_sees_its_own_and_a_manager_sees_all(
    file: File, desk: Open, problem: Any
) -> None:
    filed = await file()
    other = await desk("sofie", units=["tmf"])
    assert filed.reference not in (await other.see()).text
    address = f"{CASES}/{filed.reference}"
    problem(await other.see(address), 404, "not_found")
    problem(await other.see(f"{address}/brev.pdf"), 404, "not_found")
    problem(await other.see(f"/api/v1/staff/complaints/{filed.reference}"), 404, "not_found")
    problem(await other.act(filed.reference, "tag"), 404, "not_found")
    export = (await other.see("/api/v1/staff/complaints?status=all")).json()
    assert export["complaints"] == []
    manager = await desk("leder", Role.MANAGER)
    assert filed.reference in (await manager.see()).text
    assert (await manager.see(address)).status_code == 200


async def test_other_roles_and_strangers_are_kept_out(
    client: httpx.AsyncClient, file: File, desk: Open, problem: Any
) -> None:
    filed = await file()
    address = f"{CASES}/{filed.reference}"
    for page in (CASES, f"{CASES}/ringeliste", address):
        away = await client.get(page)
        assert away.status_code == 303
        assert away.headers["location"].startswith("/staff/login")
    problem(await client.post(f"{address}/tag"), 401, "unauthorized")
    problem(await client.get("/api/v1/staff/complaints"), 401, "unauthorized")
    for name, role in (("rita", Role.EDITOR), ("frank", Role.LIVE_STAFF)):
        one = await desk(name, role)
        for page in (CASES, f"{CASES}/ringeliste", address, f"{address}/brev.pdf",
                     "/api/v1/staff/complaints", "/api/v1/staff/complaints.csv"):  # fmt: skip
            problem(await one.see(page), 403, "forbidden")
        problem(await one.act(filed.reference, "tag"), 403, "forbidden")


async def test_a_reference_that_nobody_has(desk: Open, problem: Any) -> None:
    mette = await desk("mette")
    for reference in ("KLG-2026-AAAAAAAA", "x", "KLG-2026-" + "A" * 500, "%00", "..%2F..%2Fetc"):
        problem(await mette.see(f"{CASES}/{reference}"), 404, "not_found")


@pytest.mark.parametrize("name", ["tag", "noter", "svar", "videre", "sendt", "udfald"])
async def test_no_other_page_can_act(
    world: World, file: File, desk: Open, problem: Any, name: str
) -> None:
    filed, mette = await file(), await desk("mette")
    form = {"note": "x", "answer": "x", "do": "sent", "how": "follow_up", "to": "tmf", "reason": "x",
            "outcome": "uformelt", "version": "0"}  # fmt: skip
    before = await filed.view()
    problem(await mette.act(filed.reference, name, **form, csrf="x"), 403, "csrf")
    assert await filed.view() == before
    assert {act for _, act, _, _ in await acts(world)} <= {"created", "signed_in"}


async def test_a_case_from_taking_it_to_its_end(world: World, file: File, desk: Open) -> None:
    filed, mette = await file(), await desk("mette", units=["bif"])
    address = f"{CASES}/{filed.reference}"
    await deliver(world)
    assert (await filed.view())["status"] == "sent"
    taken = await mette.act(filed.reference, "tag")
    assert taken.status_code == 303
    assert "Du har sagen nu." in (await mette.see(taken.headers["location"])).text
    assert (await filed.view())["status"] == "accepted"
    assert "Din" in (await mette.see()).text

    await mette.act(filed.reference, "noter", note="Ringede til Anna, cpr 010190-1234.")
    page = (await mette.see(address)).text
    assert "Ringede til Anna" in page
    assert "010190" not in page
    assert "Ringede" not in str(await filed.view())

    early = await mette.act(filed.reference, "udfald", outcome="medhold")
    assert early.status_code == 422
    assert "Svar borgeren, før du afslutter med det udfald." in early.text

    await mette.act(
        filed.reference, "svar", version="0", answer="Vi beklager.", ticked=["sorry"], do="save"
    )
    assert "Vi beklager." not in str(await filed.view())
    sent = await mette.act(
        filed.reference, "svar", version="1", answer="Vi beklager, og sagen er afgjort.",
        ticked=["sorry", "conclusion", "made-up"], do="sent", how="follow_up",
    )  # fmt: skip
    assert sent.status_code == 303
    seen = await filed.view()
    assert seen["status"] == "answered"
    assert seen["history"][-1]["note"] == "Vi beklager, og sagen er afgjort."
    assert seen["steps"] == []

    await mette.act(filed.reference, "udfald", outcome="delvist")
    seen = await filed.view()
    assert (seen["status"], seen["history"][-1]["note"]) == ("closed", "Du fik delvist ret.")
    assert seen["may_add"] is False
    late = await mette.act(filed.reference, "svar", version="2", answer="Mere", do="save")
    assert late.status_code == 409

    one = (await mette.see(f"/api/v1/staff/complaints/{filed.reference}")).json()
    assert one["case"]["ticked"] == ["conclusion", "sorry"]
    assert (one["case"]["outcome"], one["case"]["answered_by"]) == ("delvist", "mette")
    assert [event["kind"] for event in one["history"]][-3:] == ["accepted", "answered", "closed"]
    done = [
        act for who, act, kind, _ in await acts(world) if who == "mette" and kind == "complaint"
    ]
    assert done == [
        "took", "viewed", "noted", "viewed", "saved_answer", "sent_answer", "closed", "exported",
    ]  # fmt: skip


async def test_an_answer_that_went_another_way_is_not_shown_on_the_follow_up_page(
    file: File, desk: Open
) -> None:
    filed, mette = await file(), await desk("mette")
    await mette.act(
        filed.reference, "svar", version="0", answer="Hemmeligt", do="sent", how="digital_post"
    )
    seen = await filed.view()
    assert seen["status"] == "answered"
    assert "Hemmeligt" not in str(seen)


async def test_two_who_answer_at_once_lose_nothing(file: File, desk: Open) -> None:
    filed, mette, sofie = await file(), await desk("mette"), await desk("sofie")
    await mette.act(filed.reference, "svar", version="0", answer="Mettes svar", do="save")
    second = await sofie.act(filed.reference, "svar", version="0", answer="Sofies svar", do="save")
    assert second.status_code == 409
    assert "Sofies svar" in second.text
    assert "En kollega har ændret sagen imens." in second.text
    assert "Mettes svar" in (await mette.see(f"{CASES}/{filed.reference}")).text


async def test_a_case_that_is_not_ours_is_handed_on_and_the_citizen_sees_why(
    file: File, desk: Open, problem: Any
) -> None:
    filed, mette = await file(), await desk("mette", units=["bif"])
    for wrong, said in (
        ({"to": "tmf", "reason": " "}, "Skriv en begrundelse."),
        ({"to": "ukendt", "reason": "x"}, "Vælg, hvor sagen skal hen."),
        ({"to": "bif", "reason": "x"}, "Dér ligger sagen allerede."),
    ):
        refused = await mette.act(filed.reference, "videre", **wrong)
        assert refused.status_code == 422
        assert said in refused.text
    on = await mette.act(
        filed.reference, "videre", to="tmf", unit="Center for Parkering",
        reason="Det handler om en parkeringsbøde.",
    )  # fmt: skip
    # It is another unit's now, so the way leads back to the list.
    assert (on.status_code, on.headers["location"]) == (303, CASES)
    problem(await mette.see(f"{CASES}/{filed.reference}"), 404, "not_found")
    last = await filed.last()
    assert "Center for Parkering" in last["text"]
    assert last["note"] == "Det handler om en parkeringsbøde."
    sofie = await desk("sofie", units=["tmf"])
    assert filed.reference in (await sofie.see()).text
    await sofie.act(filed.reference, "videre", to="suf", reason="Det er sundhed.")
    chain = [one for one in (await filed.view())["history"] if one["status"] == "handed_on"]
    assert [one["note"] for one in chain] == [
        "Det handler om en parkeringsbøde.",
        "Det er sundhed.",
    ]


async def test_what_belongs_elsewhere_is_sent_by_a_person_and_marked(
    file: File, desk: Open
) -> None:
    filed = await file(complaint__categories=["decision"], target__area="okf_boligstoette")
    mette = await desk("mette", units=["bif"])
    page = (await mette.see(f"{CASES}/{filed.reference}")).text
    assert "forvaltningsloven § 7, stk. 2" in page
    # The citizen named no administration, so none is shown; least of all in the machine's word.
    assert "unknown" not in page
    letter = await mette.see(f"{CASES}/{filed.reference}/brev.pdf")
    assert letter.content.startswith(b"%PDF")
    assert (await mette.act(filed.reference, "sendt")).status_code == 303
    seen = await filed.view()
    assert (seen["status"], seen["history"][-1]["status"]) == ("sent", "forwarded")
    assert (await mette.act(filed.reference, "sendt")).status_code == 409


async def test_the_call_list(world: World, file: File, desk: Open, problem: Any) -> None:
    filed = await file(complainant__contact={"phone": "20304050"})
    mette, other = await desk("mette", units=["bif"]), await desk("sofie", units=["tmf"])
    await mette.act(filed.reference, "svar", version="0", answer="Svar", do="sent", how="follow_up")
    page = (await mette.see(f"{CASES}/ringeliste")).text
    for said in (filed.reference, "Anna Jensen", "20304050", "Der er svaret"):
        assert said in page, said
    assert filed.reference not in (await other.see(f"{CASES}/ringeliste")).text
    address = f"{CASES}/ringeliste/1"
    problem(await other.http.post(address, data={"csrf": other.csrf}), 404, "not_found")
    problem(await mette.http.post(address, data={"csrf": "x"}), 403, "csrf")
    done = await mette.http.post(address, data={"csrf": mette.csrf})
    assert "Opkaldet er taget af listen." in (await mette.see(done.headers["location"])).text
    assert filed.reference not in (await mette.see(f"{CASES}/ringeliste")).text
    assert ("mette", "called_back", "complaint", filed.reference) in await acts(world)


async def test_what_citizens_wrote_is_never_markup(file: File, desk: Open) -> None:
    filed = await file(
        complaint__subject=HOSTILE, complaint__description=HOSTILE, complainant__name=HOSTILE
    )
    mette = await desk("mette")
    await mette.act(filed.reference, "noter", note=HOSTILE)
    refused = await mette.act(filed.reference, "videre", to="bif", unit=HOSTILE, reason="")
    pages = [
        await mette.see(), await mette.see(f"{CASES}/{filed.reference}"), refused,
        await mette.see(f"{CASES}?unit={HOSTILE}&reference={HOSTILE}"),
    ]  # fmt: skip
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    assert "&lt;script&gt;" in pages[1].text


async def test_a_file_is_saved_and_never_shown(world: World, file: File, desk: Open, problem: Any) -> None:  # fmt: skip
    filed = await file()
    added = await filed.http.post(
        f"/api/v1/complaints/{filed.reference}/attachments", headers=filed.code,
        files={"file": ("brev.txt", b"Et brev", "text/plain")},
    )  # fmt: skip
    assert added.status_code == 201, added.text
    held = (await filed.view())["attachments"][0]["id"]
    mette, other = await desk("mette", units=["bif"]), await desk("sofie", units=["tmf"])
    answer = await mette.see(f"{CASES}/{filed.reference}/fil/{held}")
    assert answer.content == b"Et brev"
    assert answer.headers["content-disposition"].startswith("attachment")
    problem(await other.see(f"{CASES}/{filed.reference}/fil/{held}"), 404, "not_found")
    another = await file()
    problem(await mette.see(f"{CASES}/{another.reference}/fil/{held}"), 404, "not_found")
    assert ("mette", "fetched", "attachment", held) in await acts(world)


async def test_managers_can_read_all_of_it_in_the_log(world: World, file: File, desk: Open) -> None:
    filed, leder = await file(), await desk("leder", Role.MANAGER, Role.CASEWORKER)
    for name, form in (
        ("tag", {}), ("noter", {"note": "x"}),
        ("svar", {"version": "0", "answer": "x", "do": "save"}),
        ("svar", {"version": "1", "answer": "x", "do": "sent", "how": "follow_up"}),
        ("videre", {"to": "tmf", "reason": "x"}), ("udfald", {"outcome": "uformelt"}),
    ):  # fmt: skip
        assert (await leder.act(filed.reference, name, **form)).status_code == 303, name
    for page in (CASES, f"{CASES}/ringeliste", f"{CASES}/{filed.reference}",
                 f"{CASES}/{filed.reference}/brev.pdf", "/api/v1/staff/complaints.csv"):  # fmt: skip
        assert (await leder.see(page)).status_code == 200, page
    for lang in ("da", "en"):
        log = await leder.see(f"/staff/log?lang={lang}")
        assert log.status_code == 200
        assert filed.reference in log.text
    async with world.database.transaction() as tx:
        audit(
            tx,
            actor="x",
            act="act_without_word",
            kind="kind_without_word",
            subject="1",
            now=dt.datetime.now(dt.UTC),
        )
    log = await leder.see("/staff/log")
    assert "act_without_word" in log.text
    front = (await leder.see("/staff")).text
    for link in ("/staff/sager", "/staff/sager/ringeliste", "/staff/afsendelse", "/staff/klage/ny"):
        assert f'href="{link}"' in front


async def test_a_notice_for_another_authority_is_not_left_lying(
    world: World, client: httpx.AsyncClient, desk: Open
) -> None:
    session, token = await opened(world, client)
    told = Told()
    told.facts["subject"] = "okf_boligstoette"
    notice = await talking(world).notice(session, "da", told)
    mette = await desk("mette", units=["bif"])
    page = (await mette.see(f"{CASES}/{notice['reference']}")).text
    assert "De har stoppet min kontanthjælp" in page
    assert "men er ikke skrevet færdig" in page
    assert "3. december 2026" in page
    assert (await mette.act(notice["reference"], "sendt")).status_code == 303
    # What the citizen then writes in full must be sent there as well.
    await client.patch(
        f"/api/v1/chat/sessions/{session}/complaint", json={"values": MISSING}, headers=token
    )
    sent = await talking(world).send(session, "da")
    assert sent["receipt"]["reference"] == notice["reference"]
    assert sent["receipt"]["status"] == "received"
    assert (await mette.act(notice["reference"], "sendt")).status_code == 303
