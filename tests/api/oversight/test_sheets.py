"""Sheets and charts hold what the table shows, and nothing that a spreadsheet or a browser would run."""

from __future__ import annotations

import io
import sys
from importlib.metadata import version

from openpyxl import load_workbook

from api.oversight.charts import MOST_ROWS, chart
from api.oversight.sheets import as_csv, as_xlsx
from api.oversight.tables import Cell, Row, Table

TABLE = Table(
    "units", ["Perioden", "Procent"],
    [
        Row("a", "=2+3", [Cell(12), Cell(percent=66.66)]),
        Row("b", "<script>alert(1)</script>", [Cell(hidden=True), Cell(hidden=True)]),
    ],
    Row("", "I alt", [Cell(1012), Cell()]),
)  # fmt: skip


def test_a_sheet_runs_nothing_and_writes_numbers_as_danes_do() -> None:
    text = as_csv([("Enheder", "Hvad", TABLE)], "Skjult")
    assert text.splitlines()[2:5] == [
        "'=2+3;12;66,7", "<script>alert(1)</script>;Skjult;Skjult", "I alt;1012;",
    ]  # fmt: skip


def test_a_workbook_holds_numbers_as_numbers() -> None:
    content = as_xlsx([("Enheder [x]", "Hvad", TABLE)], "Skjult", [("Enheder", "hvad der tælles")])
    book = load_workbook(io.BytesIO(content))
    lines = list(book["Enheder x"].iter_rows(values_only=True))
    assert lines[1] == ("'=2+3", 12, 66.7)
    assert lines[3][:2] == ("I alt", 1012)
    assert book["Info"]["B1"].value == "hvad der tælles"


def test_a_chart_runs_nothing_and_draws_nothing_hidden() -> None:
    svg = chart(TABLE, "Enheder").decode()
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert ">12<" in svg
    assert "xlink:href" not in svg


def test_drawing_leaves_the_packages_to_be_found() -> None:
    """The library brings a finder of its own and turns Python's off; without both nothing finds a package's version."""
    chart(TABLE, "Enheder")
    assert version("pygal")
    assert not [one for one in sys.meta_path if type(one).__module__ == "pygal"]


def test_a_chart_has_as_many_lines_as_can_be_read() -> None:
    rows = [Row(str(one), f"Enhed {one:03}", [Cell(one + 5)]) for one in range(60)]
    svg = chart(Table("units", ["Perioden"], rows), "Enheder").decode()
    assert svg.count(">Enhed 0") <= 2 * MOST_ROWS
    assert "Enhed 019" in svg
    assert "Enhed 020" not in svg
