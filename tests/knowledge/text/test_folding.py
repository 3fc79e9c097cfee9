from __future__ import annotations

from knowledge.text.folding import char_ngrams, fold, similarity, squeeze


def test_danish_letters_meet_their_rewritings() -> None:
    assert fold("Borgerrådgiver Ærø") == "borgerraadgiver aeroe"
    assert squeeze("borgerrådgiver") == squeeze("borgerraadgiver") == squeeze("borgerradgiver")


def test_ngrams_mark_word_ends() -> None:
    assert "_kl" in char_ngrams("klage")
    assert "ge_" in char_ngrams("klage")
    assert char_ngrams("") == []


def test_similarity_is_one_for_the_same_words_and_low_for_others() -> None:
    assert similarity("Hvor er min sag?", "hvor er MIN sag") == 1.0
    assert similarity("Hvor er min sag?", "Hvem afgør klagen") < 0.2
