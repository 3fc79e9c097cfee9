"""The tables as sheets, CSV and XLSX; what is hidden on the page is hidden here."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from api.oversight.tables import Cell, Table

# What a spreadsheet would run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHEET_NAME = 31
WIDEST = 60
Titled = Sequence[tuple[str, str, Table]]


def as_csv(tables: Titled, hidden: str) -> str:
    """All tables under each other: table, line, column, number; as Danish spreadsheets open it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for title, first, table in tables:
        writer.writerow([_safe(title)])
        writer.writerow([_safe(one) for one in (first, *table.columns)])
        for row in (*table.rows, *([table.total] if table.total else [])):
            told = (_value(cell, hidden) for cell in row.cells)
            writer.writerow(
                [
                    _safe(row.label),
                    *(
                        str(one).replace(".", ",") if isinstance(one, float) else one
                        for one in told
                    ),
                ]
            )
        writer.writerow([])
    return "\ufeff" + out.getvalue()


def as_xlsx(tables: Titled, hidden: str, definitions: Sequence[tuple[str, str]]) -> bytes:
    """A sheet for each table, and one that says what is counted."""
    # Large, and needed by whoever takes a sheet home alone.
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for title, first, table in tables:
        sheet = book.create_sheet(_name(title))
        sheet.append([_safe(one) for one in (first, *table.columns)])
        for row in (*table.rows, *([table.total] if table.total else [])):
            sheet.append([_safe(row.label), *(_value(cell, hidden) for cell in row.cells)])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
        for at, column in enumerate(sheet.columns, 1):
            longest = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[get_column_letter(at)].width = min(WIDEST, longest + 2)
    told = book.create_sheet("Info", 0)
    for pair in definitions:
        told.append([_safe(one) for one in pair])
    told.column_dimensions["A"].width = WIDEST // 2
    told.column_dimensions["B"].width = WIDEST * 2
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _value(cell: Cell, hidden: str) -> int | float | str:
    if cell.hidden:
        return hidden
    if cell.percent is not None:
        return round(cell.percent, 1)
    return "" if cell.value is None else cell.value


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _name(title: str) -> str:
    return "".join(one for one in title if one not in "[]:*?/\\")[:SHEET_NAME]
