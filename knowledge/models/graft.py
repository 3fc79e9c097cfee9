"""Gives each Danish token an input row made of the English rows it stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from knowledge.models.alignment import align
from knowledge.models.corpus import Corpus, Pair
from knowledge.models.vocabulary import TAIL, build_tokenizer, folded_words, new_tokens

Rows = npt.NDArray[np.float32]
ROW_NAME = "embeddings.word_embeddings.weight"
# A token is the weighted mean of at most this many English rows.
MOST_ROWS = 4
# Long blocks align loosely and cost much.
LONGEST = 60


def base_vocabulary(folder: Path) -> list[str]:
    """Return the English tokens in the order of their rows."""
    return (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()


def base_rows(folder: Path) -> Rows:
    """Return the English input rows."""
    from safetensors.numpy import load_file

    return np.asarray(load_file(folder / "model.safetensors")[ROW_NAME], dtype=np.float32)


def graft(corpus: Corpus, folder: Path) -> tuple[list[str], Rows]:
    """Return the whole vocabulary and its rows, English first."""
    english = base_vocabulary(folder)
    rows = base_rows(folder)
    tokens = [*english, *new_tokens(corpus.danish, english)]
    tokenizer = build_tokenizer(tokens)
    plain = Tokenizer.from_file(str(folder / "tokenizer.json"))
    plain.no_padding()
    whole = _encoded(corpus.pairs, tokenizer, plain)
    pieces = _encoded(corpus.pairs, _pieces_only(tokens, english), plain)
    grown = np.vstack([rows, np.zeros((len(tokens) - len(english), rows.shape[1]), np.float32)])
    _fill(grown, len(english), tokens, _weights([*whole, *pieces]), rows)
    _blend_shared(grown, tokens[: len(english)], corpus, _weights(whole), rows)
    return tokens, grown


def _pieces_only(tokens: Sequence[str], english: Sequence[str]) -> _Renumbered:
    """Make a tokenizer without whole long words, so that pieces and tails learn a meaning too."""
    known = set(english)
    kept = [t for t in tokens if t in known or t.startswith(TAIL) or len(t) <= 7]
    numbers = {token: number for number, token in enumerate(tokens)}
    small = build_tokenizer(kept)
    return _Renumbered(small, [numbers[token] for token in kept])


class _Renumbered:
    """A tokenizer whose ids are those of another vocabulary."""

    def __init__(self, tokenizer: Tokenizer, ids: Sequence[int]) -> None:
        self._tokenizer, self._ids = tokenizer, ids
        tokenizer.no_padding()

    def encode(self, text: str, add_special_tokens: bool = True) -> Any:
        encoding = self._tokenizer.encode(text, add_special_tokens=add_special_tokens)
        return _Encoding([self._ids[n] for n in encoding.ids])


class _Encoding:
    def __init__(self, ids: list[int]) -> None:
        self.ids = ids


def _encoded(pairs: Sequence[Pair], danish: Any, english: Any) -> list[tuple[list[int], list[int]]]:
    encoded = []
    for pair in pairs:
        left = danish.encode(pair.danish, add_special_tokens=False).ids[:LONGEST]
        right = english.encode(pair.english, add_special_tokens=False).ids[:LONGEST]
        if left and right:
            encoded.append((left, right))
    return encoded


def _weights(pairs: Sequence[tuple[list[int], list[int]]]) -> dict[int, list[tuple[int, float]]]:
    """Return the best few English tokens of each Danish token."""
    danish, english, given = align(pairs)
    best: dict[int, list[tuple[int, float]]] = {}
    for n in np.lexsort((-given, danish)):
        own = best.setdefault(int(danish[n]), [])
        if len(own) < MOST_ROWS:
            own.append((int(english[n]), float(given[n])))
    return best


def _mean(weights: Sequence[tuple[int, float]], rows: Rows) -> Rows:
    total = sum(weight for _, weight in weights)
    mixed = sum((rows[n] * np.float32(weight / total) for n, weight in weights), rows[0] * 0)
    return np.asarray(mixed, dtype=np.float32)


def _fill(
    grown: Rows,
    first: int,
    tokens: Sequence[str],
    weights: dict[int, list[tuple[int, float]]],
    rows: Rows,
) -> None:
    numbers = {token: number for number, token in enumerate(tokens)}
    middle = rows[1000:].mean(axis=0)
    for number in range(first, len(tokens)):
        token = tokens[number]
        word = numbers.get(token.removeprefix(TAIL))
        if number in weights:
            grown[number] = _mean(weights[number], rows)
        elif token.startswith(TAIL) and word in weights:
            grown[number] = _mean(weights[word], rows)  # the same word at the end of a compound
        else:
            grown[number] = middle


def _blend_shared(
    grown: Rows,
    english: Sequence[str],
    corpus: Corpus,
    weights: dict[int, list[tuple[int, float]]],
    rows: Rows,
) -> None:
    """Words spelled alike in both languages get both meanings, by how common each is with us."""
    danish_count = Counter(word for text in corpus.danish for word in folded_words(text))
    english_count = Counter(word for text in corpus.english for word in folded_words(text))
    for number, token in enumerate(english):
        here = danish_count[token]
        if here and number in weights:
            share = np.float32(here / (here + english_count[token]))
            grown[number] = share * _mean(weights[number], rows) + (1 - share) * rows[number]
