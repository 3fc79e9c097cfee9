"""Mends queries word by word: missing æøå, one slip of the finger, never a word we know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.text.folding import squeeze, words

_WORD = re.compile(r"[^\W\d_]+")
# Shorter words have too many neighbours one letter away.
SHORTEST = 4
LONG = 9


class Speller:
    """Knows the words of the collection and of everyday speech."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = dict(counts)
        self._by_squeezed: dict[str, str] = {}
        for word in sorted(self._counts, key=lambda w: (-self._counts[w], w)):
            self._by_squeezed.setdefault(squeeze(word), word)
        self._by_length: dict[int, list[str]] = {}
        for form in sorted(self._by_squeezed):
            if len(form) >= SHORTEST - 1:
                self._by_length.setdefault(len(form), []).append(form)

    def mend(self, text: str) -> str:
        """Return the text with unknown words replaced by the known word one slip away."""
        return _WORD.sub(lambda match: self._mended(match[0]), text)

    def knows(self, word: str) -> bool:
        """Say whether the word, or its spelling without Danish letters, is known."""
        return word.lower() in self._counts or squeeze(word) in self._by_squeezed

    def _mended(self, word: str) -> str:
        lowered = word.lower()
        if lowered in self._counts:
            return word
        squeezed = squeeze(lowered)
        if squeezed in self._by_squeezed:
            return self._by_squeezed[squeezed]
        if len(lowered) < SHORTEST:
            return word
        return self._neighbour(squeezed) or word

    def _neighbour(self, squeezed: str) -> str | None:
        slips = 2 if len(squeezed) >= LONG else 1
        near = [
            form
            for length in range(len(squeezed) - slips, len(squeezed) + slips + 1)
            for form in self._by_length.get(length, ())
        ]
        found = process.extract(
            squeezed, near, scorer=OSA.distance, processor=None, score_cutoff=slips, limit=8
        )
        if not found:
            return None
        # Close first; then the same first letter, which slips seldom hit; then the commoner word.
        best = min(found, key=lambda f: (f[1], f[0][0] != squeezed[0], -self._count(f[0]), f[0]))
        return self._by_squeezed[best[0]]

    def _count(self, squeezed: str) -> int:
        return self._counts[self._by_squeezed[squeezed]]


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count the words of all texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(word for word in words(text) if word.isalpha())
    return counts
