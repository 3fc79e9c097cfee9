"""Which English tokens a Danish token stands for: IBM model 1, by expectation maximisation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ROUNDS = 12


def align(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]], rounds: int = ROUNDS
) -> tuple[Ints, Ints, Floats]:
    """Return (Danish token, English token, probability of the English given the Danish)."""
    left, right, pair = _combinations(pairs)
    keys, link = np.unique(left * (int(right.max(initial=0)) + 1) + right, return_inverse=True)
    width = int(right.max(initial=0)) + 1
    danish, english = keys // width, keys % width
    # Each Danish token in a sentence shares out one unit over the English tokens of that sentence.
    place = _places(pairs)
    chance = np.ones(len(keys))
    for _ in range(rounds):
        weight = chance[link]
        share = weight / np.bincount(place, weight)[place]
        counts = np.bincount(link, share, minlength=len(keys))
        # An English token explained by many Danish ones is no good translation of any of them.
        chance = counts / np.bincount(english, counts)[english]
    given = counts / np.bincount(danish, counts)[danish]
    return danish, english, given


def _combinations(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]],
) -> tuple[Ints, Ints, Ints]:
    left, right, pair = [], [], []
    for number, (danish, english) in enumerate(pairs):
        left.append(np.repeat(np.asarray(danish, np.int64), len(english)))
        right.append(np.tile(np.asarray(english, np.int64), len(danish)))
        pair.append(np.full(len(danish) * len(english), number, np.int64))
    return np.concatenate(left), np.concatenate(right), np.concatenate(pair)


def _places(pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> Ints:
    """Number each Danish token of each sentence."""
    places, start = [], 0
    for danish, english in pairs:
        places.append(np.repeat(np.arange(start, start + len(danish)), len(english)))
        start += len(danish)
    return np.concatenate(places).astype(np.int64)
