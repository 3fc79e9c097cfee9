from __future__ import annotations

import pytest

from knowledge.search.spelling import Speller

WORDS = {"klage": 9, "afgørelse": 5, "forvaltningen": 3, "læge": 2, "sagsbehandler": 4, "min": 20}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("min klaeg", "min klage"),
        ("afgoerelse", "afgørelse"),
        ("laege", "læge"),
        ("sagsbehadler", "sagsbehandler"),
        ("forvaltingn", "forvaltningen"),
        ("min KLAGE!", "min KLAGE!"),
        ("cykel", "cykel"),
        ("mn", "mn"),
    ],
)
def test_one_slip_is_mended_and_the_rest_left_alone(written: str, meant: str) -> None:
    assert Speller(WORDS).mend(written) == meant


def test_it_knows_words_without_danish_letters() -> None:
    assert Speller(WORDS).knows("Afgorelse")
    assert not Speller(WORDS).knows("fisk")
