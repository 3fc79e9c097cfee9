"""Following a complaint up: only with the code, in plain words, with the authority's own clock and what comes back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from api.complaints.codes import (
    ALPHABET,
    code_fits,
    hash_code,
    new_code,
    new_reference,
    read_reference,
    seal,
    unseal,
)
from api.complaints.overdue import keep_complaints
from api.complaints.parts import ComplaintParts, open_complaints
from api.complaints.steps import working_days_left
from api.db.complaint_models import Complaint, ComplaintCall, ComplaintEvent
from api.db.outbox_models import OutboxDelivery
from knowledge.guidance import load_profile
from knowledge.rules.deadlines import add_working_days
from tests.api.complaints.conftest import RECORD, changed
from tests.api.conftest import World

URL = "/api/v1/complaints"
NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


async def filed(client: httpx.AsyncClient, **places: Any) -> tuple[str, dict[str, str]]:
    """A complaint, as its reference and the header that opens it."""
    told = (await client.post(URL, json=changed(**places) if places else RECORD)).json()
    return told["reference"], {"X-Follow-Up-Code": told["follow_up_code"]}


def parts_of(world: World, *, mail: bool = True) -> ComplaintParts:
    """The parts of complaints over the same database and clock."""
    clock = world.time.clock()
    return open_complaints(
        municipality="koebenhavn", database=world.database, folder=world.settings.var / "attachments",
        now=clock.now, today=clock.today, public_url="https://klage.example", knowledge_version="1",
        similarity=None, mail=mail,
    )  # fmt: skip


async def only(world: World) -> Complaint:
    async with world.database.reading() as tx:
        [row] = list(await tx.scalars(select(Complaint)))
    return row


async def test_an_unknown_reference_and_a_wrong_code_look_the_same(
    client: httpx.AsyncClient, problem: Any
) -> None:
    reference, _ = await filed(client)
    answers = [
        await client.get(f"{URL}/{one}", headers={"X-Follow-Up-Code": code})
        for one, code in ((reference, new_code()), ("KLG-2026-AAAAAAAA", new_code()), (reference, ""))
    ]  # fmt: skip
    bodies = [problem(answer, 404, "complaint_not_found") for answer in answers]
    assert bodies[0] == bodies[1] == bodies[2]


async def test_guessing_is_locked_out_for_the_guesser_and_for_nobody_else(
    world: World, client: httpx.AsyncClient, problem: Any
) -> None:
    reference, right = await filed(client)
    wrong = {"X-Follow-Up-Code": "x"}
    async with world.client(address=("127.0.0.7", 1)) as guesser:
        for name in (reference, "KLG-2026-AAAAAAAA"):
            for _ in range(5):
                problem(
                    await guesser.get(f"{URL}/{name}", headers=wrong), 404, "complaint_not_found"
                )
            # One that does not exist locks just as one that does.
            problem(await guesser.get(f"{URL}/{name}", headers=wrong), 429, "locked_out")
        problem(await guesser.get(f"{URL}/{reference}", headers=right), 429, "locked_out")
    assert (await client.get(f"{URL}/{reference}", headers=right)).status_code == 200
    world.time.move(minutes=16)
    async with world.client(address=("127.0.0.7", 1)) as guesser:
        assert (await guesser.get(f"{URL}/{reference}", headers=right)).status_code == 200


async def test_what_is_added_and_withdrawn_is_told_to_the_case_system(
    world: World, client: httpx.AsyncClient, problem: Any
) -> None:
    reference, code = await filed(client)
    url = f"{URL}/{reference}"
    added = await client.post(f"{url}/information", headers=code, json={"text": "Mere om sagen"})
    assert added.json()["history"][-1]["note"] == "Mere om sagen"
    cpr = await client.post(f"{url}/information", headers=code, json={"text": "010190-1234"})
    problem(cpr, 422, "cpr_in_complaint")
    gone = await client.delete(url, headers=code)
    assert gone.json()["status"] == "withdrawn"
    assert (await client.delete(url, headers=code)).json()["status"] == "withdrawn"
    late = await client.post(f"{url}/information", headers=code, json={"text": "For sent"})
    problem(late, 409, "complaint_ended")
    async with world.database.reading() as tx:
        query = select(OutboxDelivery.event_type).where(OutboxDelivery.destination == "case_system")
        events = list(await tx.scalars(query.order_by(OutboxDelivery.id)))
    names = [event.removeprefix("dk.stafet.complaint.") for event in events]
    assert names == ["submitted", "information_added", "withdrawn"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "attachment_empty"),
        ("a.pdf", b"MZ\x90\x00\x03\x00\x00\x00", "attachment_kind"),
        ("a.txt", b"<html><script>alert(1)</script>", "attachment_kind"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "attachment_kind"),
        ("a.zip", b"PK\x03\x04" + b"\x00" * 40, "attachment_kind"),
        ("a.txt", b"x" * 10_000_001, "attachment_too_large"),
    ],
)
async def test_files_are_known_by_what_is_in_them(
    client: httpx.AsyncClient, problem: Any, name: str, content: bytes, code: str
) -> None:
    reference, header = await filed(client)
    url = f"{URL}/{reference}/attachments"
    problem(await client.post(url, headers=header, files={"file": (name, content)}), 422, code)


async def test_a_file_gets_a_clean_name_and_comes_back_only_with_the_code(
    world: World, client: httpx.AsyncClient
) -> None:
    reference, header = await filed(client)
    png = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30
    sent = await client.post(
        f"{URL}/{reference}/attachments", headers=header,
        files={"file": ("..\\..\\etc/010190-1234 \u202ebrev.exe", png)},
    )  # fmt: skip
    [file] = sent.json()["attachments"]
    assert file["filename"].endswith(".png")
    assert not set("/\\\u202e") & set(file["filename"])
    assert "1234" not in file["filename"]
    url = f"{URL}/{reference}/attachments/{file['id']}"
    assert (await client.get(url)).status_code == 404
    back = await client.get(url, headers=header)
    assert back.content == png
    assert back.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in back.headers["content-security-policy"]
    [kept] = list((world.settings.var / "attachments").iterdir())
    assert kept.stat().st_mode & 0o077 == 0


async def test_what_the_case_system_tells_is_seen_by_the_citizen(
    world: World, client: httpx.AsyncClient
) -> None:
    reference, code = await filed(client)
    delivery, row = parts_of(world).delivery, await only(world)
    async with world.database.transaction() as tx:
        await delivery.delivered(tx, row.id, system="rt", external_ref="17", at=NOW)
        for event in ("e1", "e1"):
            await delivery.status_changed(
                tx, row.id, status="answered", note="Vi er kede af det.", at=NOW, source_event_id=event
            )  # fmt: skip
        await delivery.status_changed(
            tx, row.id, status="accepted", note=None, at=NOW, source_event_id="e0"
        )
    seen = (await client.get(f"{URL}/{reference}", headers=code)).json()
    # What comes late does not turn the clock back, and the same event counts once.
    assert seen["status"] == "answered"
    assert [one["status"] for one in seen["history"]] == [
        "received",
        "sent",
        "answered",
        "accepted",
    ]
    assert seen["steps"] == []


async def test_a_delivery_that_fails_for_good_is_told_and_somebody_calls(
    world: World, client: httpx.AsyncClient
) -> None:
    reference, code = await filed(client)
    row = await only(world)
    async with world.database.transaction() as tx:
        await parts_of(world).delivery.failed_for_good(
            tx, row.id, system="rt", reason_code="refused", at=NOW
        )
    seen = (await client.get(f"{URL}/{reference}", headers=code)).json()
    assert seen["status"] == "delivery_failed"
    assert "medarbejder" in seen["holder"]
    assert seen["answer_due"] == "2026-12-04"
    async with world.database.reading() as tx:
        [call] = list(await tx.scalars(select(ComplaintCall)))
    assert call.reason == "delivery_failed"


async def test_a_hand_on_keeps_the_chain_and_its_reason(
    world: World, client: httpx.AsyncClient
) -> None:
    reference, code = await filed(client)
    row = await only(world)
    async with world.database.transaction() as tx:
        await parts_of(world).delivery.handed_on(
            tx, row.id, contact_id="sof", name="Socialforvaltningen", reason="Det er ikke vores.",
            actor="k.larsen", at=NOW,
        )  # fmt: skip
    seen = (await client.get(f"{URL}/{reference}", headers=code)).json()
    assert seen["history"][-1]["note"] == "Det er ikke vores."
    assert "Socialforvaltningen" in seen["history"][-1]["text"]
    assert "Socialforvaltningen" in seen["holder"]
    # Passing it on does not give the municipality more time.
    assert seen["answer_due"] == "2026-12-04"


async def test_news_goes_by_mail_only_to_an_address_that_was_confirmed(
    world: World, client: httpx.AsyncClient
) -> None:
    reference, code = await filed(client)
    row = await only(world)

    async def mails() -> list[dict[str, Any]]:
        async with world.database.reading() as tx:
            query = select(OutboxDelivery.payload).where(OutboxDelivery.destination == "mail")
            return list(await tx.scalars(query.order_by(OutboxDelivery.id)))

    [asked] = await mails()
    assert asked["to"] == "anna@example.org"
    proof = re.search(r"bevis=([\w-]+)", asked["text"])
    assert proof
    wrong = await client.post(
        "/opfoelgning/mail/bekraeft", data={"reference": reference, "proof": "x"}
    )
    assert wrong.status_code == 404
    looked = await client.get(f"/opfoelgning/mail?til={reference}&bevis={proof[1]}")
    assert looked.status_code == 200
    assert (await only(world)).email_confirmed_at is None
    await client.post(
        "/opfoelgning/mail/bekraeft", data={"reference": reference, "proof": proof[1]}
    )
    async with world.database.transaction() as tx:
        await parts_of(world).delivery.status_changed(
            tx, row.id, status="answered", note="Hemmeligt svar", at=NOW, source_event_id="a"
        )
    [_, news] = await mails()
    assert "Hemmeligt" not in str(news)
    assert news["to"] == "anna@example.org"
    replaced = await client.post(
        f"{URL}/{reference}/email", headers=code, json={"email": "ny@example.org"}
    )
    assert replaced.json()["email"] == {"given": True, "confirmed": False}


async def test_without_a_mail_server_nobody_is_promised_a_mail_and_somebody_calls(
    world: World, client: httpx.AsyncClient
) -> None:
    reference, code = await filed(client)
    row, parts = await only(world), parts_of(world, mail=False)
    async with world.database.transaction() as tx:
        await tx.execute(update(Complaint).values(email_confirmed_at=NOW))
        await tx.execute(delete(OutboxDelivery))
    async with world.database.transaction() as tx:
        held = await parts.following.load(tx, row.id, to_change=True)
        await parts.following.replace_email(tx, held, "ny@example.org")
        held.email_confirmed_at = NOW
        await parts.delivery.status_changed(
            tx, row.id, status="answered", note="Svar", at=NOW, source_event_id="a"
        )
        seen = await parts.following.view(tx, held, "da")
    assert (seen["mail_possible"], seen["reachable"]) == (False, True)
    async with world.database.reading() as tx:
        assert await tx.scalar(select(OutboxDelivery)) is None
        assert await tx.scalar(select(ComplaintCall.reason)) == "answered"


async def test_a_mail_that_does_not_arrive_becomes_a_call(
    world: World, client: httpx.AsyncClient
) -> None:
    await filed(client)
    row, delivery = await only(world), parts_of(world).delivery
    async with world.database.transaction() as tx:
        await delivery.mail_failed(tx, row.id, about="confirm", at=NOW)
        await delivery.mail_failed(tx, row.id, about="handed_on", at=NOW)
        await delivery.mail_failed(tx, "another", about="handed_on", at=NOW)
    async with world.database.reading() as tx:
        assert list(await tx.scalars(select(ComplaintCall.reason))) == ["handed_on"]


async def test_the_same_news_a_second_time_is_told_a_second_time(
    world: World, client: httpx.AsyncClient
) -> None:
    await filed(client)
    row, delivery = await only(world), parts_of(world).delivery
    for minutes, unit in enumerate(("Den ene", "Den anden")):
        world.time.move(minutes=minutes + 1)
        async with world.database.transaction() as tx:
            await tx.execute(update(Complaint).values(email_confirmed_at=NOW))
            await delivery.handed_on(
                tx, row.id, contact_id=None, name=unit, reason="x", actor="mette", at=NOW
            )
    async with world.database.reading() as tx:
        query = select(OutboxDelivery.payload).where(OutboxDelivery.destination == "mail")
        about = [one["about"] for one in await tx.scalars(query.order_by(OutboxDelivery.id))]
    assert about == ["confirm", "handed_on", "handed_on"]


async def test_a_day_that_passes_without_an_answer_is_told_once(
    world: World, client: httpx.AsyncClient
) -> None:
    reference, code = await filed(client)
    following = parts_of(world).following
    world.time.move(days=14)
    # Friday 4 December is day ten and still belongs to the municipality.
    await keep_complaints(following)
    seen = (await client.get(f"{URL}/{reference}", headers=code)).json()
    assert (seen["steps"][0]["passed"], seen["steps"][0]["days_left"]) == (False, 0)
    world.time.move(days=1)
    for _ in range(2):
        await keep_complaints(following)
    seen = (await client.get(f"{URL}/{reference}", headers=code)).json()
    assert seen["steps"][0]["passed"]
    assert "Borgerrådgiveren" in seen["steps"][0]["what_to_do"]
    async with world.database.reading() as tx:
        kinds = list(await tx.scalars(select(ComplaintEvent.kind)))
        calls = list(await tx.scalars(select(ComplaintCall.reason)))
    assert kinds.count("answer_passed") == 1
    assert calls == ["answer_passed"]


@given(st.text(ALPHABET, min_size=20, max_size=20))
def test_a_code_is_recognised_however_it_is_typed(letters: str) -> None:
    stored = hash_code(letters)
    for typed in (
        letters.lower(),
        "-".join(letters),
        f" {letters} ",
        letters.replace("0", "o").replace("1", "l"),
    ):
        assert code_fits(stored, typed)
    assert not code_fits(None, letters)


def test_codes_and_references_have_enough_in_them() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(set(code) - {"-"}) > 4 for code in codes)
    reference = new_reference(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC))
    # In Denmark it is already next year.
    assert reference.startswith("KLG-2027-")
    assert read_reference(reference.lower().replace("-", " ")) == reference


# Short texts can be sealed alike by chance; a code has many more characters than these.
@given(st.text(ALPHABET, min_size=10, max_size=30), st.text(min_size=1), st.text())
def test_a_sealed_code_opens_with_its_key_alone(code: str, key: str, other: str) -> None:
    sealed = seal(code, key, "salt")
    assert unseal(sealed, key, "salt") == code
    assert seal(code, key, "salt") == sealed
    assert other == key or seal(code, other, "salt") != sealed


@given(st.dates(dt.date(2026, 1, 1), dt.date(2029, 12, 31)), st.integers(0, 60))
def test_days_left_is_the_count_of_working_days_turned_round(day: dt.date, count: int) -> None:
    profile = load_profile("koebenhavn")
    last = add_working_days(day, count, profile.days, cautious=True)
    assert working_days_left(day, last, profile) == count
