"""`/klage` and `/opfoelgning` without JavaScript: from the guide's facts to the receipt, and what follows."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import icalendar
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from api.db.complaint_models import Complaint, ComplaintDraft
from tests.api.conftest import World

FACTS = {
    "f.municipality": "koebenhavn", "f.complainant": "citizen", "f.wants": "complaint",
    "f.concerns": "process", "f.subject": "bif_kontanthjaelp", "f.acute": "false",
    "f.complained_to_forvaltning": "false", "trail": "wants,concerns", "skipped": "",
}  # fmt: skip
STORY = "Jeg søgte i august og har rykket to gange uden svar."


class Fields(HTMLParser):
    """What a page would send back: every field with its value, boxes and choices as they stand."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select: str | None = None
        self._text: str | None = None
        self._on = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        a = dict(attributes)
        if tag == "form":
            self._on = "complaint" in (a.get("class") or "") or "send" in (a.get("class") or "")
        if not self._on:
            return
        name, kind = a.get("name"), a.get("type")
        if tag == "input" and name and (kind not in ("radio", "checkbox") or "checked" in a):
            self.values.setdefault(name, []).append(a.get("value") or "")
        if tag == "textarea" and name:
            self._text = name
            self.values[name] = [""]
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and "selected" in a:
            self.values[self._select] = [a.get("value") or ""]

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        if tag == "select":
            self._select = None
        if tag == "form":
            self._on = False


async def fill(client: httpx.AsyncClient, step: int, **more: Any) -> httpx.Response:
    """Sends a page as a browser would, with more filled in."""
    page = await client.get(f"/klage/{step}")
    assert page.status_code == 200, page.text
    values = Fields(page.text).values | more
    return await client.post(f"/klage/{step}", data={**values, "next": "1"})


async def written(client: httpx.AsyncClient, facts: dict[str, str] | None = None) -> str:
    """Everything filled in, up to the page that shows it all."""
    begun = await client.post("/klage", data=facts or FACTS)
    assert begun.headers["location"] == "/klage/1?lang=da"
    done = await fill(client, 1, **{"/complaint/description": STORY})
    assert done.headers["location"] == "/klage/2?lang=da", done.text
    mine = {
        "/complainant/identification/method": "self_declared", "/complainant/name": "Anna Jensen",
        "/complainant/contact/email": "anna@example.org",
    }  # fmt: skip
    more = await client.post("/klage/2", data={"shown": list(mine), **mine, "next": "1"})
    assert more.status_code == 303, more.text
    done = await fill(client, 2)
    assert done.headers["location"] == "/klage/3?lang=da", done.text
    done = await fill(client, 3)
    assert done.headers["location"] == "/klage/4?lang=da", done.text
    return (await client.get("/klage/4")).text


async def sent(client: httpx.AsyncClient) -> tuple[httpx.Response, str, str]:
    """A complaint that was sent: the receipt, its reference and its code."""
    values = Fields(await written(client)).values
    receipt = await client.post("/klage/kvittering", data={**values, "confirmed": "true"})
    assert receipt.status_code == 201, receipt.text
    reference = re.search(r"KLG-\d{4}-[0-9A-Z]{8}", receipt.text)
    code = re.search(r"(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}", receipt.text)
    assert reference is not None
    assert code is not None
    return receipt, reference[0], code[0]


async def test_a_complaint_is_written_on_pages_and_received(
    world: World, client: httpx.AsyncClient
) -> None:
    review = await written(client)
    for told in (
        STORY,
        "Anna Jensen",
        "Kontanthjælp",
        "Ydelsesservice",
        "3 år, siden sagen sluttede",
    ):
        assert told in review
    values = Fields(review).values
    first = await client.post("/klage/kvittering", data={**values, "confirmed": "true"})
    assert first.status_code == 201, first.text
    assert "fredag den 4. december 2026" in first.text
    async with world.database.reading() as tx:
        [row] = list(await tx.scalars(select(Complaint)))
        assert (await tx.scalars(select(ComplaintDraft))).all() == []
    assert row.channel == "web_form"
    assert row.record["complaint"]["description"] == STORY
    # A reload of the receipt is the same receipt, not a second complaint.
    again = await client.post("/klage/kvittering", data={**values, "confirmed": "true"})
    assert row.reference in again.text
    async with world.database.reading() as tx:
        assert len((await tx.scalars(select(Complaint))).all()) == 1


async def test_the_facts_of_the_guide_need_not_be_told_again(client: httpx.AsyncClient) -> None:
    await client.post("/klage", data=FACTS)
    values = Fields((await client.get("/klage/1")).text).values
    assert values["/complaint/categories"] == ["process"]
    assert values["/target/area"] == ["bif_kontanthjaelp"]
    assert values["/prior_complaint/status"] == ["no"]


async def test_the_guide_leads_to_the_form(client: httpx.AsyncClient) -> None:
    result = await client.post("/vejviser", data=FACTS | {"result": "1"})
    assert 'action="/klage?lang=da"' in result.text
    danger = await client.post("/vejviser", data={"f.acute": "true", "result": "1"})
    assert 'action="/klage' not in danger.text


@pytest.mark.parametrize(
    "facts", [{"f.acute": "true"}, {"f.complainant": "employee", "f.concerns": "wrongdoing"}]
)
async def test_what_is_no_complaint_is_refused_before_anything_is_kept(
    world: World, client: httpx.AsyncClient, facts: dict[str, str]
) -> None:
    answer = await client.post("/klage", data=facts)
    assert answer.status_code == 422
    async with world.database.reading() as tx:
        assert (await tx.scalars(select(ComplaintDraft))).all() == []


async def test_an_answer_opens_the_questions_that_follow_from_it(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/klage", data=FACTS)
    values = {"/complaint/description": STORY, "/prior_complaint/status": "yes"}
    answer = await fill(client, 1, **values)
    assert answer.headers["location"] == "/klage/1?lang=da#f-prior_complaint-date"
    page = (await client.get("/klage/1")).text
    assert 'name="/prior_complaint/answer"' in page
    done = await fill(client, 1)
    assert done.headers["location"] == "/klage/2?lang=da"


async def test_what_is_missing_is_named_beside_its_field_and_nothing_is_lost(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/klage", data=FACTS)
    answer = await fill(
        client,
        1,
        **{"/complaint/occurred/from": "i overmorgen", "/complaint/before": "Jeg ringede"},
    )
    assert answer.status_code == 422
    assert 'href="#f-complaint-description"' in answer.text
    assert 'id="f-complaint-occurred-from-problem"' in answer.text
    assert "Jeg ringede" in answer.text


async def test_a_cpr_number_is_taken_out_before_a_draft_is_kept(
    world: World, client: httpx.AsyncClient
) -> None:
    await client.post("/klage", data=FACTS)
    told = await fill(client, 1, **{"/complaint/description": "Mit nummer er 010190-1234."})
    assert told.status_code == 422
    assert "CPR-nummer" in told.text
    async with world.database.reading() as tx:
        [draft] = list(await tx.scalars(select(ComplaintDraft)))
    assert "1234" not in str(draft.record)


async def test_nothing_is_sent_without_a_yes_or_by_a_machine(
    world: World, client: httpx.AsyncClient
) -> None:
    values = Fields(await written(client)).values
    assert (await client.post("/klage/kvittering", data=values)).status_code == 422
    trapped = {**values, "confirmed": "true", "website": "http://spam.example"}
    assert (await client.post("/klage/kvittering", data=trapped)).status_code == 422
    async with world.database.reading() as tx:
        assert (await tx.scalars(select(Complaint))).all() == []


async def test_praise_asks_for_less(client: httpx.AsyncClient) -> None:
    await client.post("/klage", data={"f.concerns": "praise", "f.wants": "feedback"})
    page = (await client.get("/klage/1")).text
    assert "/prior_complaint/status" not in page
    done = await fill(client, 1, **{"/complaint/description": "Tak for god hjælp."})
    assert done.headers["location"] == "/klage/2?lang=da"
    done = await fill(client, 2, **{"/complainant/identification/method": "anonymous"})
    assert done.headers["location"] == "/klage/4?lang=da"
    review = (await client.get("/klage/4")).text
    assert "når der er gået et år" in review
    values = Fields(review).values
    receipt = await client.post("/klage/kvittering", data={**values, "confirmed": "true"})
    assert receipt.status_code == 201
    assert "ikke en klage" in receipt.text


async def test_a_dead_database_is_told_with_the_text_that_was_written(
    world: World, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post("/klage", data=FACTS)
    page = Fields((await client.get("/klage/1")).text).values

    def dead() -> None:
        raise OperationalError("BEGIN", {}, Exception("disk full"))

    monkeypatch.setattr(type(world.database), "transaction", lambda self: dead())
    answer = await client.post(
        "/klage/1", data={**page, "/complaint/description": STORY, "next": "1"}
    )
    assert answer.status_code == 503
    assert STORY in answer.text
    assert "33 66 33 66" in answer.text


async def test_a_draft_can_be_deleted(world: World, client: httpx.AsyncClient) -> None:
    await client.post("/klage", data=FACTS)
    file = {"file": ("brev.txt", b"Kaere borger")}
    added = await client.post("/klage/bilag", files=file)
    assert added.status_code == 303
    folder = world.settings.var / "attachments"
    assert len(list(folder.iterdir())) == 1
    await client.post("/klage/slet")
    assert list(folder.iterdir()) == []
    assert (await client.get("/klage/1")).status_code == 303


async def test_another_browser_sees_nothing_of_a_draft(
    world: World, client: httpx.AsyncClient
) -> None:
    await client.post("/klage", data=FACTS)
    async with world.client() as other:
        assert (await other.get("/klage/1")).status_code == 303


async def test_the_follow_up_page_opens_by_form_and_keeps_the_code_out_of_addresses(
    world: World, client: httpx.AsyncClient
) -> None:
    _, reference, code = await sent(client)
    async with world.client() as other:
        assert 'name="code"' in (await other.get("/opfoelgning")).text
        wrong = await other.post("/opfoelgning", data={"reference": reference, "code": "x"})
        assert wrong.status_code == 404
        right = await other.post(
            "/opfoelgning", data={"reference": reference.lower(), "code": code.replace("-", " ")}
        )
        assert code not in right.headers["location"]
        assert "HttpOnly" in right.headers["set-cookie"]
        page = await other.get("/opfoelgning")
        assert reference in page.text
        assert STORY in page.text
        assert "10 arbejdsdage" in page.text
        calendar = await other.get("/opfoelgning/frister.ics")
        [event] = icalendar.Calendar.from_ical(calendar.content).walk("VEVENT")
        assert event.decoded("dtstart").isoformat() == "2026-12-04"
        letter = await other.get("/opfoelgning/brev.pdf")
        assert letter.content.startswith(b"%PDF")
        added = await other.post("/opfoelgning/oplysninger", data={"text": "Jeg har ringet igen."})
        assert "Jeg har ringet igen." in added.text
        refused = await other.post("/opfoelgning/oplysninger", data={"text": "010190-1234"})
        assert refused.status_code == 422
        gone = await other.post("/opfoelgning/tilbage")
        assert "Trukket tilbage" in gone.text
        await other.post("/opfoelgning/luk")
        assert 'name="code"' in (await other.get("/opfoelgning")).text


async def test_when_the_time_has_passed_the_way_on_is_open_and_filled_in(
    world: World, client: httpx.AsyncClient
) -> None:
    await sent(client)
    assert "/opfoelgning/videre" not in (await client.get("/opfoelgning")).text
    # Saturday after the tenth working day.
    world.time.move(days=15)
    page = await client.get("/opfoelgning")
    if 'name="code"' in page.text:
        pytest.fail("the cookie did not open the page")
    assert "Borgerrådgiveren" in page.text
    assert "/opfoelgning/videre" in page.text
    begun = await client.post("/opfoelgning/videre")
    assert begun.headers["location"] == "/klage/1?lang=da"
    values = Fields((await client.get("/klage/1")).text).values
    assert values["/complaint/description"] == [STORY]
    assert values["/prior_complaint/status"] == ["yes"]
    review = (await client.get("/klage/4")).text
    assert "Borgerrådgiveren" in review
