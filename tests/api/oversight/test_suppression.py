"""No number that is hidden can be worked out from what is shown; tried against linear algebra, not our own rule."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.oversight.suppression import hide_in_line, hide_in_table

SMALL = 5
COUNTS = st.one_of(st.integers(0, 7), st.integers(0, 400))


def with_totals(inner: list[list[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in inner]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(COUNTS, min_size=width, max_size=width), min_size=1, max_size=7)
)


def determined(rows: list[list[int]], hidden: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The hidden cells that have one value in all solutions of the sums, by the null space of the equations."""
    height, width = len(rows), len(rows[0])
    unknown = sorted(hidden)
    equations = []
    for r in range(height):
        sign = {(r, c): 1.0 for c in range(width - 1)} | {(r, width - 1): -1.0}
        equations.append([sign.get(cell, 0.0) for cell in unknown])
    for c in range(width):
        sign = {(r, c): 1.0 for r in range(height - 1)} | {(height - 1, c): -1.0}
        equations.append([sign.get(cell, 0.0) for cell in unknown])
    if not unknown:
        return []
    _, sizes, vectors = np.linalg.svd(np.array(equations))
    free = vectors[int((sizes > 1e-9).sum()) :]
    return [cell for at, cell in enumerate(unknown) if not np.any(np.abs(free[:, at]) > 1e-9)]


@given(tables)
def test_no_hidden_cell_of_a_table_can_be_derived(inner: list[list[int]]) -> None:
    rows = with_totals(inner)
    hidden = hide_in_table(rows, SMALL)
    small = {
        (r, c)
        for r, row in enumerate(rows)
        for c, value in enumerate(row)
        if 0 < value < SMALL
    }  # fmt: skip
    assert small <= hidden
    assert determined(rows, hidden) == []


@given(st.lists(COUNTS, min_size=2, max_size=12))
def test_no_hidden_number_of_a_line_follows_from_its_total(values: list[int]) -> None:
    hidden = hide_in_line(values, SMALL)
    assert {at for at, value in enumerate(values) if 0 < value < SMALL} <= hidden
    if sum(values) < SMALL:
        # The total is hidden itself.
        return
    left = sum(values[at] for at in hidden)
    if hidden:
        others = len(hidden) - 1
        least = 0 if any(values[one] == 0 for one in hidden) else 1
        assert others >= 1
        # With the others at their least, one could be this much, and less as well: more than one value fits.
        assert left - least * others > least or values == [1] * len(values)


def test_what_is_large_enough_is_shown() -> None:
    assert hide_in_line([12, 40, 0], SMALL) == set()
    assert hide_in_table(with_totals([[12, 40], [7, 5]]), SMALL) == set()


def test_one_small_number_takes_its_nearest_with_it_but_no_total() -> None:
    assert hide_in_line([3, 40, 9, 0], SMALL) == {0, 2}
    hidden = hide_in_table(with_totals([[3, 40], [9, 50], [60, 70]]), SMALL)
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_what_is_hidden_elsewhere_stays_hidden() -> None:
    assert hide_in_line([30, 40, 9], SMALL, already={1}) == {1, 2}
