"""Tables show what they may, and percentages only with all that they are made of."""

from __future__ import annotations

from api.oversight.tables import Named, cross, hidden_rows, side_by_side

SMALL = 5
PLACES = [
    Named("bif", "Beskæftigelse", {"forvaltning": "bif"}),
    Named("sof", "Social"),
    Named("kff", "Kultur"),
]
OUTCOMES = [Named("medhold", "Medhold"), Named("ikke", "Ikke medhold")]


def test_a_percentage_stands_on_numbers_that_can_be_seen() -> None:
    numbers = {("bif", "medhold"): 30, ("bif", "ikke"): 10, ("sof", "medhold"): 2,
               ("sof", "ikke"): 40, ("kff", "medhold"): 9, ("kff", "ikke"): 8}  # fmt: skip
    table = cross(
        "outcomes", PLACES, OUTCOMES, numbers, SMALL, total="I alt",
        percent=(["medhold"], ["medhold", "ikke"], "Procent"),
    )  # fmt: skip
    by_id = {row.id: row for row in table.rows}
    assert by_id["bif"].cells[3].percent == 75.0
    assert by_id["sof"].cells[0].hidden
    assert by_id["sof"].cells[3].hidden
    assert by_id["sof"].cells[3].percent is None
    assert table.total is not None
    assert [cell.value for cell in table.total.cells[:3]] == [41, 58, 99]
    # The line next to it is hidden too, or 41 - 30 - 9 would tell.
    assert by_id["kff"].cells[0].hidden


def test_numbers_lead_to_their_contacts() -> None:
    table = cross("o", PLACES, OUTCOMES, {("bif", "medhold"): 30}, SMALL, total="I alt")
    assert table.rows[0].cells[0].filters == {"forvaltning": "bif"}
    assert table.rows[0].cells[0].value == 30


def test_a_group_that_is_hidden_hides_its_lines() -> None:
    themes = [Named("svar", "Svar"), Named("sprog", "Sprog"), Named("begrundelse", "Begrundelse")]
    numbers = {"svar": 20, "sprog": 30, "begrundelse": 8}
    groups = {"svar": "skik", "sprog": "skik", "begrundelse": "lov"}
    table = side_by_side(
        "themes", themes, [("Nu", numbers)], SMALL, total="I alt", groups=groups,
        hidden_groups=[{"lov"}],
    )  # fmt: skip
    assert hidden_rows(table, 0) == {"begrundelse"}


def test_a_line_within_a_group_cannot_be_found_from_the_sum_of_the_group() -> None:
    themes = [Named("a", "A"), Named("b", "B"), Named("c", "C")]
    table = side_by_side(
        "themes", themes, [("Nu", {"a": 3, "b": 30, "c": 50})], SMALL, total="I alt",
        groups={"a": "x", "b": "x", "c": "y"},
    )  # fmt: skip
    assert hidden_rows(table, 0) == {"a", "b"}


def test_lines_of_one_each_are_not_even_named() -> None:
    units = [Named(str(number), f"Enhed {number}") for number in range(6)]
    table = side_by_side("u", units, [("Nu", {one.id: 1 for one in units})], SMALL, total="I alt")
    assert table.withheld
    assert table.rows == []
    assert table.total is not None
    assert table.total.cells[0].value == 6


def test_a_line_without_any_number_is_left_out_but_the_public_ones_stay() -> None:
    table = side_by_side(
        "p", PLACES, [("Nu", {"bif": 8}), ("Før", {"bif": 9})], SMALL, total="I alt",
        known={"sof": 286},
    )  # fmt: skip
    assert [row.id for row in table.rows] == ["bif", "sof"]
    assert table.rows[1].cells[2].value == 286
