"""The tables of the statistics: numbers in, cells out, with what must be hidden hidden. Pure.

A page, a chart, a sheet and the report show the same tables: nothing is shown in one that is hidden in another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api.oversight.suppression import hide_in_line, hide_in_table, is_small

Filters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: hidden, missing, or shown; `filters` are those that find its contacts."""

    value: int | None = None
    percent: float | None = None
    hidden: bool = False
    filters: Filters | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    id: str
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `columns` are keys of words or words themselves, `charted` the columns that the chart draws."""

    id: str
    columns: Sequence[str]
    rows: Sequence[Row] = ()
    total: Row | None = None
    charted: Sequence[int] = (0,)
    # So few that only the total may be shown, or more units than are listed.
    withheld: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """What the lines or the columns of a table stand for: id, name, and the filters that find them."""

    id: str
    label: str
    filters: Filters = field(default_factory=dict)


def cross(
    table_id: str, rows: Sequence[Named], columns: Sequence[Named],
    numbers: Mapping[tuple[str, str], int], small: int, *, total: str,
    total_filters: Filters | None = None,
    percent: tuple[Sequence[str], Sequence[str], str] | None = None,
) -> Table:  # fmt: skip
    """A table with totals both ways; `percent` adds a column: of which columns, of their sum with which, its name."""
    inner = [[numbers.get((row.id, column.id), 0) for column in columns] for row in rows]
    whole = [[*line, sum(line)] for line in inner]
    whole.append([sum(line[at] for line in whole) for at in range(len(columns) + 1)])
    hidden = hide_in_table(whole, small)
    every, in_all = Named("", total), Named("", total, total_filters or {})
    told = []
    for r, row in enumerate([*rows, every]):
        cells = [
            Cell(
                None if (r, c) in hidden else whole[r][c], hidden=(r, c) in hidden,
                filters={**row.filters, **column.filters},
            )
            for c, column in enumerate([*columns, in_all])
        ]  # fmt: skip
        if percent:
            names = {column.id: cell for column, cell in zip(columns, cells, strict=False)}
            cells.append(_share(names, percent[0], percent[1], small))
        told.append(Row(row.id, row.label, cells))
    labels = [column.label for column in columns] + [total] + ([percent[2]] if percent else [])
    charted = range(len(columns)) if len(columns) > 1 else (0,)
    return Table(table_id, labels, told[:-1], told[-1], charted)


def _share(cells: Mapping[str, Cell], part: Sequence[str], whole: Sequence[str], small: int) -> Cell:  # fmt: skip
    """A percentage, only where all that it is made of may be seen and its base is not small."""
    needed = [cells[one] for one in {*part, *whole} if one in cells]
    if any(one.hidden for one in needed):
        return Cell(hidden=True)
    base = sum(cells[one].value or 0 for one in whole if one in cells)
    if base < small:
        return Cell(hidden=base > 0)
    return Cell(percent=100 * sum(cells[one].value or 0 for one in part if one in cells) / base)


def has_numbers(table: Table) -> bool:
    """Whether anything was counted; the public numbers of 2016 alone are nothing."""
    return table.withheld or any(
        cell.value or cell.hidden
        for row in table.rows
        for cell in row.cells
        if cell.filters is not None
    )


def hidden_rows(table: Table, column: int) -> set[str]:
    """Which lines are hidden in a column."""
    return {row.id for row in table.rows if row.cells[column].hidden}


def side_by_side(
    table_id: str, rows: Sequence[Named], columns: Sequence[tuple[str, Mapping[str, int]]],
    small: int, *, total: str | None, known: Mapping[str, int] | None = None,
    already: Sequence[set[str]] = (), all_known: Sequence[bool] = (),
    groups: Mapping[str, str] | None = None, hidden_groups: Sequence[set[str]] = (),
) -> Table:  # fmt: skip
    """A table whose columns are each hidden by themselves: this period and the one before, and public numbers after.

    `already` are the lines that are hidden elsewhere, by column. `groups` puts lines into groups whose sums are shown
    in another table; a group that is hidden there hides its lines here.
    """
    hidden: list[set[int]] = []
    for at, (_, numbers) in enumerate(columns):
        before = already[at] if already else set()
        gone = hidden_groups[at] if hidden_groups else set()
        hidden.append(
            _hidden(rows, numbers, small, before, groups, gone, not all_known or all_known[at])
        )
    told, shown = [], []
    for at, row in enumerate(rows):
        cells = [
            Cell(None if at in hidden[c] else numbers.get(row.id, 0), hidden=at in hidden[c],
                 filters=row.filters if c == 0 else None)
            for c, (_, numbers) in enumerate(columns)
        ]  # fmt: skip
        if known is not None:
            cells.append(Cell(known.get(row.id)))
        shown.append(any(cell.value or cell.hidden for cell in cells))
        told.append(Row(row.id, row.label, cells))
    labels = [name for name, _ in columns]
    lonely = _lonely(rows, columns[0][1], small, groups)
    whole = None
    if total is not None:
        sums = [sum(numbers.get(row.id, 0) for row in rows) for _, numbers in columns]
        cells = [Cell(None if is_small(one, small) else one, hidden=is_small(one, small),
                      filters={} if c == 0 else None) for c, one in enumerate(sums)]  # fmt: skip
        if known is not None:
            cells.append(Cell(sum(known.values())))
        whole = Row("", total, cells)
    kept = [
        row
        for row, ok in zip(told, shown, strict=True)
        if ok and (groups[row.id] if groups else "") not in lonely
    ]
    return Table(table_id, labels, kept, whole, range(len(columns)), bool(lonely))


def _lonely(
    rows: Sequence[Named], numbers: Mapping[str, int], small: int, groups: Mapping[str, str] | None
) -> set[str]:  # fmt: skip
    """Groups of lines of one each whose sum is shown: all are hidden, but naming the lines would tell them."""
    found: dict[str, list[int]] = {}
    for row in rows:
        if value := numbers.get(row.id, 0):
            found.setdefault(groups[row.id] if groups else "", []).append(value)
    return {group for group, own in found.items() if len(own) >= small and set(own) == {1}}


def _hidden(
    rows: Sequence[Named], numbers: Mapping[str, int], small: int, already: set[str],
    groups: Mapping[str, str] | None, gone: set[str], total_known: bool,
) -> set[int]:  # fmt: skip
    places: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        places.setdefault(groups[row.id] if groups else "", []).append(at)
    hidden: set[int] = set()
    for group, own in places.items():
        if groups and group in gone:
            hidden.update(at for at in own if numbers.get(rows[at].id, 0))
            continue
        before = {n for n, at in enumerate(own) if rows[at].id in already}
        values = [numbers.get(rows[at].id, 0) for at in own]
        found = hide_in_line(values, small, already=before, total_known=total_known)
        hidden.update(own[n] for n in found)
    return hidden
