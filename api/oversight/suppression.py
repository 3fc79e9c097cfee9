"""Hides numbers so small that a person could be recognised, and those by which they could be worked out. Pure.

A number from one to just below `small` is hidden; zero is shown. Then more are hidden: in a line with its total, until
what is hidden cannot be found by subtracting; in a table with totals both ways, until every hidden number lies on a
ring of hidden numbers (what lies on no ring is exactly what adding and subtracting can find).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence

Cell = tuple[int, int]


def is_small(value: int, small: int) -> bool:
    """Whether the number itself must be hidden."""
    return 0 < value < small


def hide_in_line(
    values: Sequence[int], small: int, *, already: Collection[int] = (), total_known: bool = True
) -> set[int]:
    """Which places of a line to hide, when its total can be seen; `already` are hidden elsewhere, and so here too."""
    hidden = {at for at, value in enumerate(values) if is_small(value, small)} | set(already)
    if not hidden or not total_known:
        return hidden
    shown = sorted((at for at in range(len(values)) if at not in hidden), key=lambda at: _cost(values[at]))  # fmt: skip
    for at in shown:
        if _is_safe([values[one] for one in hidden]):
            break
        hidden.add(at)
    return hidden


def _is_safe(values: Sequence[int]) -> bool:
    # Two or more unknowns whose sum is known; were each the least that a hidden number can be, all would be known.
    return len(values) > 1 and (sum(values) > len(values) or 0 in values) and sum(values) > 0


def hide_in_table(
    rows: Sequence[Sequence[int]], small: int, *, already: Collection[Cell] = ()
) -> set[Cell]:
    """Which cells of a table to hide; the last row and the last column are its totals, and are cells as well."""
    height, width = len(rows), len(rows[0]) if rows else 0
    hidden = {
        (r, c) for r in range(height) for c in range(width) if is_small(rows[r][c], small)
    } | set(already)
    for _ in range(height * width):
        lone = _first(off_every_ring(hidden)) or _first(_told_by_sum(rows, hidden))
        if lone is None:
            break
        more = _cheapest_ring(rows, hidden, lone)
        if not more:
            break
        hidden |= more
    return hidden


def off_every_ring(hidden: Collection[Cell]) -> list[Cell]:
    """The hidden cells that the totals give away: as edges between their row and their column, the bridges."""
    graph: dict[Hashable, set[Hashable]] = {}
    for r, c in hidden:
        graph.setdefault(("row", r), set()).add(("column", c))
        graph.setdefault(("column", c), set()).add(("row", r))
    return [cell for cell in sorted(hidden) if not _joined_without(graph, cell)]


def _joined_without(graph: dict[Hashable, set[Hashable]], cell: Cell) -> bool:
    start, end = ("row", cell[0]), ("column", cell[1])
    seen, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        for other in graph[node]:
            if (node, other) == (start, end) or other in seen:
                continue
            if other == end:
                return True
            seen.add(other)  # type: ignore[arg-type]
            waiting.append(other)  # type: ignore[arg-type]
    return False


def _told_by_sum(rows: Sequence[Sequence[int]], hidden: Collection[Cell]) -> Iterator[Cell]:
    """Hidden cells of a line whose shown total leaves each of them only one value: all of them are one."""
    height, width = len(rows), len(rows[0]) if rows else 0
    lines = [[(r, c) for c in range(width)] for r in range(height)]
    lines += [[(r, c) for r in range(height)] for c in range(width)]
    for line in lines:
        own = [cell for cell in line[:-1] if cell in hidden]
        if own and line[-1] not in hidden and not _is_safe([rows[r][c] for r, c in own]):
            yield own[0]


def _cheapest_ring(
    rows: Sequence[Sequence[int]], hidden: Collection[Cell], lone: Cell
) -> set[Cell]:
    """What else to hide so that the cell lies on a ring of four: little, no zeros, no totals of columns."""
    (r, c), height, width = lone, len(rows), len(rows[0])
    best: set[Cell] = set()
    price: tuple[int, ...] | None = None
    for other_row in range(height):
        for other_column in range(width):
            if other_row == r or other_column == c:
                continue
            ring = {(r, other_column), (other_row, c), (other_row, other_column)}
            more = ring - set(hidden)
            if not more:
                continue
            grand = (height - 1, width - 1) in more
            totals = sum(y == height - 1 for y, _ in more)
            zeros = sum(rows[y][x] == 0 for y, x in more)
            own = (int(grand), totals, zeros, sum(rows[y][x] for y, x in more))
            if price is None or own < price:
                best, price = more, own
    return best


def _cost(value: int) -> tuple[bool, int]:
    # A zero that is hidden says that hidden numbers may be zero, so it comes last.
    return value == 0, value


def _first(cells: Sequence[Cell] | Iterator[Cell]) -> Cell | None:
    return next(iter(cells), None)
