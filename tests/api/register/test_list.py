"""The list: filters in the address, what is nearest first, pages, and the same as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable

import pytest

from tests.api.conftest import World
from tests.api.register.conftest import CASES, Desk, Filed, acts

File = Callable[..., Awaitable[Filed]]
Open = Callable[..., Awaitable[Desk]]


def order(page: str, *cases: Filed) -> list[str]:
    """The references in the order in which the page shows them."""
    found = sorted((page.index(one.reference), one.reference) for one in cases)
    return [reference for _, reference in found]


async def test_what_is_overdue_comes_first_and_what_is_finished_last(
    world: World, file: File, desk: Open
) -> None:
    mette = await desk("mette")
    old = await file()
    world.time.move(days=21)
    mette = await desk("sofie")
    young, answered = await file(), await file()
    await mette.act(answered.reference, "svar", version="0", answer="x", do="sent", how="follow_up")
    page = (await mette.see()).text
    assert order(page, old, young, answered) == [old.reference, young.reference, answered.reference]
    assert "Fristen udløb" in page
    late = (await mette.see(f"{CASES}?overdue=1")).text
    assert old.reference in late
    assert young.reference not in late
    rows = (await mette.see("/api/v1/staff/complaints")).json()["complaints"]
    assert {row["reference"]: row["overdue"] for row in rows} == {
        old.reference: True, young.reference: False, answered.reference: False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("forvaltning=bif", True), ("forvaltning=tmf", False), ("status=sent", False),
        ("status=received", True), ("status=closed", False), ("status=ukendt", True),
        ("kind=process", True), ("kind=conduct", False), ("kind=%22%25", True),
        ("route=forvaltning_first", True), ("route=feedback", False), ("reference=klg", True),
        ("reference=%25", True), ("unit=%25", False), ("page=9999", True), ("page=x", True),
        ("overdue=1", False),
    ],
)  # fmt: skip
async def test_the_filters(file: File, desk: Open, query: str, found: bool) -> None:
    filed, mette = await file(), await desk("mette")
    page = await mette.see(f"{CASES}?{query}")
    assert page.status_code == 200
    assert (filed.reference in page.text) is found
    rows = (await mette.see(f"/api/v1/staff/complaints?{query}")).json()["complaints"]
    assert bool(rows) is found


async def test_many_cases_are_shown_by_pages(file: File, desk: Open) -> None:
    filed, mette = [await file() for _ in range(27)], await desk("mette")
    first, second = (await mette.see()).text, (await mette.see(f"{CASES}?page=2")).text
    assert "27 sager" in first
    assert "Side 1 af 2" in first
    shown = [[one.reference in page for one in filed] for page in (first, second)]
    assert [sum(shown[0]), sum(shown[1])] == [25, 2]
    assert all(a != b for a, b in zip(*shown, strict=True))


async def test_the_sheet_holds_nothing_that_was_written_and_runs_nothing(
    world: World, file: File, desk: Open
) -> None:
    filed, mette = await file(complaint__subject="=HYPERLINK(1)"), await desk("mette")
    await mette.act(filed.reference, "videre", to="bif", unit="=1+1", reason="x")
    sheet = await mette.see("/api/v1/staff/complaints.csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    [row] = csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig")), delimiter=";")
    assert (row["reference"], row["kinds"], row["unit"]) == (filed.reference, "process", "'=1+1")
    assert "HYPERLINK" not in sheet.text
    assert "Anna" not in sheet.text
    assert ("mette", "exported", "complaint_list", "csv") in await acts(world)
