from __future__ import annotations

from knowledge.search.snippet import mark, snippet

TEXT = "Først noget andet. Du kan klage efter § 7, stk. 2, i loven. Husk fristen.\n- Skriv en dato."


def test_the_sentence_that_shares_most_is_shown_first() -> None:
    assert snippet(TEXT, "hvordan klager jeg").startswith(
        "Du kan klage efter § 7, stk. 2, i loven."
    )


def test_a_snippet_has_an_end() -> None:
    cut = snippet("Ord " * 200, "ord")
    assert len(cut) <= 260
    assert cut.endswith("…")


def test_words_of_the_question_are_marked_in_any_form() -> None:
    marked = [piece for piece, hit in mark("Klagen blev afgjort af kommunen.", "klage over") if hit]
    assert marked == ["Klagen"]


def test_small_words_are_not_marked() -> None:
    assert not any(hit for _, hit in mark("Hvad kan jeg gøre?", "hvad kan jeg"))


def test_marking_loses_no_letter() -> None:
    assert "".join(piece for piece, _ in mark(TEXT, "klage lov")) == TEXT
