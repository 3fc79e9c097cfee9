"""How near two utterances are: what a near-copy shares with its model are runs of letters."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache

from bot.components.folding import words

LENGTH = 5


@cache
def grams(text: str) -> frozenset[str]:
    """The runs of five letters of the folded text."""
    folded = f" {' '.join(word.text for word in words(text))} "
    return frozenset(
        folded[start : start + LENGTH] for start in range(max(1, len(folded) - LENGTH + 1))
    )


class Taught:
    """Texts that others are held beside; an index by runs of letters, since there are thousands."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs = [grams(text) for text in texts]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for place, runs in enumerate(self._runs):
            for run in runs:
                self._holders[run].append(place)

    def nearest(self, text: str) -> float:
        """How near the nearest is: the shared part of all runs of both (Jaccard)."""
        own = grams(text)
        shared = Counter(place for run in own for place in self._holders.get(run, ()))
        return max(
            (n / (len(own) + len(self._runs[place]) - n) for place, n in shared.items()),
            default=0.0,
        )
