"""The figures: right, hidden where they are small wherever they are shown, and each leads to its contacts."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Awaitable, Callable, Iterable
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from api.auth import Role
from api.db.models import AuditEvent
from api.db.oversight_models import Contact
from api.oversight import contacts, tally
from api.oversight.proposal import Entry
from api.oversight.statistics import DEFINITIONS, Statistics, load_definitions
from api.oversight.wishes import Period, Wish
from api.words import load_words
from tests.api.conftest import World
from tests.api.register.conftest import Desk, desk

__all__ = ["desk"]
PAGE = "/staff/statistik"
Desks = Callable[..., Awaitable[Desk]]
COMPLAINT: dict[str, Any] = {
    "inquiry": "klage", "informal": False, "channel": "web", "language": "da",
    "received_on": dt.date(2026, 11, 3), "forvaltning": "bif", "unit": "Ydelsesservice",
    "kinds": ("process",), "themes": ("vejledning",), "answer_days": 4,
    "answered_on": dt.date(2026, 11, 9), "outcome": "medhold",
}  # fmt: skip


async def keep(world: World, entries: Iterable[dict[str, Any]]) -> None:
    async with world.database.transaction() as tx:
        touched = set()
        for number, entry in enumerate(entries):
            touched |= await contacts.put(tx, "test", [(str(number), Entry(**entry))], world.time())
        await tally.refresh(tx, touched, 10)


def many(count: int, **different: Any) -> list[dict[str, Any]]:
    return [COMPLAINT | different for _ in range(count)]


@pytest.fixture
async def filled(world: World) -> World:
    await keep(world, [
        *many(30), *many(20, outcome="ikke", answer_days=14),
        *many(12, forvaltning="sof", unit="", themes=("begrundelse", "vejledning"), outcome=""),
        *many(9, themes=("sagsoplysning",), outcome="", answered_on=None, answer_days=None),
        *many(3, forvaltning="kff", unit="Biblioteker", themes=("sprogbrug",), outcome=""),
        *many(8, inquiry="raad-og-vejledning", informal=True, channel="phone", themes=(), outcome="",
              answered_on=None, answer_days=None),
        *many(7, received_on=dt.date(2026, 8, 4), outcome=""),
    ])  # fmt: skip
    return world


def row_of(page: str, table: str, label: str) -> list[str]:
    """The cells of a line, as they are read."""
    section = page[page.index(f'id="t-{table}"') :]
    section = section[: section.index("</section>")]
    found = re.search(rf'<tr><th scope="row">{re.escape(label)}</th>(.*?)</tr>', section, re.S)
    assert found, label
    return [re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", found[1], re.S)]


async def test_the_figures_are_right_and_small_ones_hidden(filled: World, desk: Desks) -> None:
    page = unescape((await (await desk("mette", Role.MANAGER)).see(PAGE)).text)
    # Guidance, complaints, other, in all.
    place = "Beskæftigelses- og Integrationsforvaltningen"
    assert row_of(page, "overview", place) == ["8", "59", "0", "67"]
    assert row_of(page, "overview", "Kultur- og Fritidsforvaltningen")[1:] == [
        "Skjult",
        "0",
        "Skjult",
    ]
    # The nearest is hidden with it, else the total would tell.
    assert row_of(page, "overview", "Socialforvaltningen")[3] == "Skjult"
    assert row_of(page, "overview", "I alt") == ["8", "74", "0", "82"]
    assert row_of(page, "points", place) == ["59", "7", "435"]
    assert row_of(page, "answers", place) == ["30", "20", "50", "60,0 %"]
    assert row_of(page, "outcomes", place)[:3] == ["30", "0", "20"]
    assert row_of(page, "outcomes", place)[-1] == "60,0 %"
    assert row_of(page, "themes", "Vejledning") == ["62", "7", "55"]
    assert row_of(page, "themes", "Begrundelse")[0] == "12"
    assert row_of(page, "themes", "Sprogbrug")[0] == "Skjult"
    assert row_of(page, "units", f"Ydelsesservice ({place})") == ["67"]
    assert row_of(page, "informal", "Uformel") == ["8"]
    for table in re.findall(r'id="t-([a-z]+)"', page):
        assert load_definitions()[table]["da"] in page


async def test_another_quarter_and_a_year(filled: World, desk: Desks) -> None:
    mette = await desk("mette", Role.MANAGER)
    place = "Beskæftigelses- og Integrationsforvaltningen"
    quarter = unescape((await mette.see(f"{PAGE}?period=2026-Q3")).text)
    assert row_of(quarter, "overview", place) == ["0", "7", "0", "7"]
    year = unescape((await mette.see(f"{PAGE}?period=2026")).text)
    assert row_of(year, "overview", "I alt")[3] == "89"
    assert "Der er ingen henvendelser" in (await mette.see(f"{PAGE}?period=2019-Q1")).text


async def test_filters_narrow_everything(filled: World, desk: Desks) -> None:
    mette = await desk("mette", Role.MANAGER)
    page = unescape((await mette.see(f"{PAGE}?topic=theme:begrundelse")).text)
    assert row_of(page, "overview", "Socialforvaltningen") == ["0", "12", "0", "12"]
    assert 'id="t-kinds"' not in page
    page = unescape((await mette.see(f"{PAGE}?forvaltning=bif&inquiry=klage&informal=no")).text)
    assert row_of(page, "overview", "I alt") == ["0", "59", "0", "59"]


async def test_nothing_hidden_is_in_a_sheet_a_chart_or_the_report(
    filled: World, desk: Desks
) -> None:
    mette = await desk("mette", Role.MANAGER)
    text = (await mette.see(f"{PAGE}.csv")).text
    assert "Kultur- og Fritidsforvaltningen;0;Skjult;0;Skjult" in text
    assert "Sprogbrug;Skjult" in text
    book = load_workbook(io.BytesIO((await mette.see(f"{PAGE}.xlsx")).content))
    sheet = book["Temaer"]
    by_name = {line[0]: line[1] for line in sheet.iter_rows(values_only=True)}
    assert (by_name["Vejledning"], by_name["Sprogbrug"]) == (62, "Skjult")
    assert book.sheetnames[0] == "Info"
    report = unescape((await mette.see(f"{PAGE}/rapport?forvaltning=kff")).text)
    # The report is of the whole municipality, whatever was looked at before.
    assert row_of(report, "overview", "I alt") == ["8", "74", "0", "82"]
    assert "4. kvartal 2026" in report
    assert "Skjult" in report
    assert "/staff/henvendelser" not in report
    drawn = await mette.see(f"{PAGE}/diagram.svg?table=themes")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in drawn.text
    assert "Vejledning" in drawn.text
    assert ">3<" not in drawn.text
    assert (await mette.see(f"{PAGE}/diagram.svg?table=nothing")).status_code == 404
    async with filled.database.reading() as tx:
        acts = list(
            await tx.scalars(select(AuditEvent.act).where(AuditEvent.subject_kind == "statistics"))
        )
    assert acts == ["exported", "exported"]


async def test_every_number_leads_to_as_many_contacts(filled: World, desk: Desks) -> None:
    mette = await desk("mette", Role.MANAGER)
    page = (await mette.see(PAGE)).text
    # Klagepunkter are themes of contacts, which may be several in one.
    counted = (
        "overview",
        "answers",
        "outcomes",
        "units",
        "kinds",
        "informal",
        "channels",
        "months",
    )
    followed = 0
    for table in counted:
        section = page[page.index(f'id="t-{table}"') :]
        section = section[: section.index("</section>")]
        for href, text in re.findall(r'<a href="([^"]+)">([\d.]+)</a>', section):
            listed = (await mette.see(unescape(href))).text
            said = re.search(r'<p role="status">([\d.]+) henvendelse', listed)
            assert said, href
            assert said[1] == text, (table, href)
            followed += 1
    assert followed > 20


async def test_those_who_may_not_see_contacts_see_sums_without_links(
    filled: World, desk: Desks
) -> None:
    live = await desk("live", Role.LIVE_STAFF)
    page = await live.see(PAGE)
    assert page.status_code == 200
    assert "/staff/henvendelser?" not in page.text
    assert (await live.see("/staff/henvendelser")).status_code == 403
    async with filled.client() as http:
        assert (await http.get(PAGE)).status_code == 303
        assert (await http.get(f"{PAGE}.csv")).status_code == 401


async def test_the_page_is_there_in_english(filled: World, desk: Desks) -> None:
    page = unescape((await (await desk("mette", Role.MANAGER)).see(f"{PAGE}?lang=en")).text)
    assert "Overview by administration" in page
    assert row_of(page, "themes", "Guidance")[0] == "62"


async def test_everything_shown_is_what_counting_contacts_one_by_one_gives(filled: World) -> None:
    profile = filled.app.state.registration.profile
    words = load_words(DEFINITIONS.parent / "statistics_words")
    async with filled.database.reading() as tx:
        wish = Wish(period="2026-Q4")
        report = await Statistics(profile, words).report(tx, wish, dt.date(2026, 11, 20), "da")
        fresh = tally.naive(await tx.scalars(select(Contact)), 10)
    themes = next(one for one in report.tables if one.id == "themes")
    for row in themes.rows:
        if row.cells[0].value is not None and row.id != "none":
            expected = sum(
                adds["points"] for key, adds in fresh.items()
                if key[2:5] == ("*", "theme", row.id) and key[0] >= dt.date(2026, 10, 1)
            )  # fmt: skip
            assert row.cells[0].value == expected


@pytest.mark.parametrize(
    ("text", "first", "before"),
    [
        ("2026-Q1", dt.date(2026, 1, 1), "2025-Q4"),
        ("2026", dt.date(2026, 1, 1), "2025"),
        ("nonsense", dt.date(2026, 10, 1), "2026-Q3"),
    ],
)
def test_periods(text: str, first: dt.date, before: str) -> None:
    period = Period.read(text, dt.date(2026, 11, 20))
    assert period.first == first
    assert period.previous is not None
    assert period.previous.id == before


def test_an_address_gives_back_what_it_was_made_of() -> None:
    wish = Wish(period="2026-Q4", topic="theme:vejledning", informal="yes", unit="Center Ø & V")
    assert Wish.read(dict(parse_qsl(wish.query("da")[1:]))) == wish
    assert Wish.read({"topic": "theme:made-up", "inquiry": "x", "month": "2026-13"}) == Wish()
