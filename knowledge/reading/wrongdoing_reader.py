"""Weighs the words of a message: how much it sounds like somebody inside who tells of wrongdoing.

The weights come from `knowledge.reading.wrongdoing_training`; nothing but numpy is needed to use them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.text.folding import char_ngrams, squeeze, words

FILE = Path(__file__).with_name("wrongdoing.npz")
LETTER_SIZES = (3, 4, 5)
# Two words that stand this near each other count as a pair.
REACH = 3
# What is told may stand in a long story, so each piece of so many sentences is weighed as well as the whole.
PIECE = 2
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")

Grams = tuple[Counter[int], ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of n-grams: their hashes in order, how rare each is, and what it weighs."""

    keys: NDArray[np.uint32]
    rarity: Floats
    weights: Floats

    def weigh(self, grams: Counter[int]) -> float:
        """What these n-grams say together."""
        places, values = self.vector(grams)
        return float(values @ self.weights[places])

    def vector(self, grams: Counter[int]) -> tuple[NDArray[np.intp], Floats]:
        """The places of the known n-grams, and their values as a vector of length one."""
        hashes = np.fromiter(grams.keys(), dtype=np.uint32, count=len(grams))
        counts = np.fromiter(grams.values(), dtype=np.float64, count=len(grams))
        places = np.searchsorted(self.keys, hashes)
        places[places == len(self.keys)] = 0
        known = self.keys[places] == hashes
        places = places[known]
        values = (1.0 + np.log(counts[known])) * self.rarity[places]
        length = np.sqrt(values @ values)
        return places, values / length if length else values


@dataclass(frozen=True, slots=True)
class Reader:
    """All that was learnt, and from which weight on a message is taken for a report."""

    blocks: tuple[Block, ...]
    bias: float
    threshold: float
    # Of the texts and settings it was trained with.
    fingerprint: str

    def hears(self, text: str, *, leeway: float = 0.0) -> bool:
        """Whether this may be a report; with `leeway` it must weigh so much more to be one."""
        return self.weight(text) > self.threshold + leeway

    def weight(self, text: str) -> float:
        """The weight of the message, or of the piece of it that weighs most."""
        return max(
            self.bias + sum(b.weigh(g) for b, g in zip(self.blocks, grams, strict=True))
            for grams in pieces(text)
        )


def pieces(text: str) -> Iterator[Grams]:
    """The n-grams of the whole message, then of each few sentences."""
    each = [sentence_grams(sentence) for sentence in sentences(text)]
    yield together(each)
    if len(each) > PIECE:
        for start in range(len(each) - PIECE + 1):
            yield together(each[start : start + PIECE])


def parts(text: str) -> Iterator[str]:
    """Each few sentences in a row of a message that has more, as they are weighed by themselves."""
    each = sentences(text)
    if len(each) > PIECE:
        for start in range(len(each) - PIECE + 1):
            yield " ".join(each[start : start + PIECE])


def sentences(text: str) -> list[str]:
    """The sentences and lines of a message."""
    return [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]


def together(sentences: Sequence[Grams]) -> Grams:
    """The n-grams of several sentences as if they were one."""
    sums: Grams = (Counter(), Counter(), Counter())
    for grams in sentences:
        for total, part in zip(sums, grams, strict=True):
            total.update(part)
    return sums


def sentence_grams(sentence: str) -> Grams:
    """The hashed n-grams of a sentence: of letters, of words in a row, of words near each other."""
    said = words(squeeze(sentence))
    line = ["^", *said, "$"]
    rows = [*line, *(f"{a} {b}" for a, b in zip(line, line[1:], strict=False))]
    pairs = [
        f"{first} {later}"
        for place, first in enumerate(said)
        for later in said[place + 2 : place + REACH + 1]
    ]
    return _hashed(char_ngrams(sentence, LETTER_SIZES)), _hashed(rows), _hashed(pairs)


def _hashed(grams: Sequence[str]) -> Counter[int]:
    return Counter(crc32(gram.encode()) for gram in grams)


@cache
def load_reader(file: Path = FILE) -> Reader:
    """Read what training stored."""
    with np.load(file, allow_pickle=False) as stored:
        blocks = tuple(
            Block(
                stored[f"keys_{kind}"],
                stored[f"rarity_{kind}"].astype(np.float64),
                stored[f"weights_{kind}"].astype(np.float64),
            )
            for kind in range(int(stored["kinds"]))
        )
        return Reader(
            blocks, float(stored["bias"]), float(stored["threshold"]), str(stored["fingerprint"])
        )
