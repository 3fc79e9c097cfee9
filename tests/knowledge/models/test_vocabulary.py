from __future__ import annotations

from knowledge.models.vocabulary import build_tokenizer, folded_words, new_tokens

ENGLISH = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "the", "case", *"bcdefghijklmnopqrstuvwxyz"]
DANISH = ["sagen om garantien", "en garanti er en garanti", "garanti for sagen", "tilbagemelding"]


def test_danish_letters_are_spelled_as_people_without_them_spell() -> None:
    assert folded_words("Årsag, Ærø: 12") == ["aarsag", "aeroe"]


def test_words_pieces_and_compound_tails_are_added_once() -> None:
    tokens = new_tokens(DANISH, ENGLISH)
    assert {"garanti", "##garanti", "tilbagemelding"} <= set(tokens)
    assert len(tokens) == len(set(tokens))
    assert not set(tokens) & set(ENGLISH)


def test_a_compound_nobody_wrote_is_cut_where_its_words_meet() -> None:
    tokenizer = build_tokenizer([*ENGLISH, *new_tokens(DANISH, ENGLISH)])
    tokens = tokenizer.encode("tilbagemeldinggaranti").tokens
    assert tokens == ["[CLS]", "tilbagemelding", "##garanti", "[SEP]"]


def test_the_same_word_with_and_without_danish_letters_is_the_same_tokens() -> None:
    tokenizer = build_tokenizer([*ENGLISH, *new_tokens(["afgørelse"], ENGLISH)])
    assert tokenizer.encode("Afgørelse").ids == tokenizer.encode("afgoerelse").ids
