from __future__ import annotations

from knowledge.search.clauses import MOST, clauses

STORY = (
    "Hej. Jeg bor i en lejlighed med min søn og to katte. I marts søgte jeg om en rampe ved døren. "
    "Så kom der endelig et brev, men jeg kan ikke se nogen grund til, at de siger nej, og ingen kan svare mig."
)


def test_a_short_question_is_one_piece() -> None:
    assert clauses("Hvor klager jeg over en afgørelse?") == ()


def test_a_story_is_cut_into_its_thoughts() -> None:
    pieces = clauses(STORY)
    assert "I marts søgte jeg om en rampe ved døren." in pieces
    assert "Hej." not in pieces
    assert any(piece.startswith("men jeg kan ikke se nogen grund") for piece in pieces)


def test_a_letter_has_an_end() -> None:
    assert len(clauses("Jeg har skrevet mange gange nu. " * 40)) == MOST


def test_one_endless_sentence_without_marks_is_one_piece() -> None:
    assert clauses("ord " * 40) == ()
