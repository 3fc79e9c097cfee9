"""A citizen is found in a text that shall hold none; a place or a unit is no citizen."""

from __future__ import annotations

import pytest

from api.oversight.unnamed import holds_number, names_in, names_of

RECORD = {
    "complainant": {"name": "Anna Bøgh Jensen", "contact": {"email": "a@b.dk"}},
    "representation": {"representative": {"name": "Ole Riis"}, "affected_person": {"name": "Ida"}},
}


@pytest.mark.parametrize(
    "text", ["cpr 010190-1234", "0101901234", "ring 20 30 40 50", "20304050", "anna@example.org"]
)
def test_what_points_to_one_person_is_found(text: str) -> None:
    assert holds_number(text)


@pytest.mark.parametrize(
    "text", ["Sag 2026 om 14 dage.", "Vi brugte 45 minutter.", "Se § 19, stk. 3."]
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_number(text)


def test_everybody_of_the_case_is_known_by_name() -> None:
    assert names_of(RECORD) == ["Anna Bøgh Jensen", "Ole Riis", "Ida"]
    assert names_in("Vi lovede anna et svar.", names_of(RECORD)) == ["anna"]
    assert names_in("Bøghs sag lå i indbakken.", ["Bøghs"]) == ["Bøghs"]


def test_what_is_written_like_a_name_is_asked_about() -> None:
    assert names_in("Vi ringede til Peter Holm om sagen.", []) == ["Peter Holm"]


def test_units_are_no_people() -> None:
    known = ["Jobcenter København", "Anna Ancher Plejehjem"]
    assert names_in("Jobcenter København svarede ikke.", [], known) == []
    assert names_in("Det var på Anna Ancher Plejehjem.", ["Anna Jensen"], known) == []
