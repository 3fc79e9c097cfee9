from __future__ import annotations

from knowledge.text.readability import count_words, lix


def test_lix_is_words_per_sentence_plus_share_of_long_words() -> None:
    assert lix("Du kan klage. Skriv til os.") == 3.0
    assert lix("Forvaltningen afgør.") == 52.0


def test_an_abbreviation_ends_no_sentence() -> None:
    assert lix("Se § 7, stk. 2, i loven.") == lix("Se § 7, stk 2, i loven.")


def test_no_words_no_number() -> None:
    assert lix("") == 0.0
    assert count_words("et to 3") == 2
