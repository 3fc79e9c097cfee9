"""How near two utterances are: what a near-copy shares with its model are runs of letters."""

from __future__ import annotations

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


def nearest(text: str, others: Iterable[str]) -> float:
    """How near the nearest of the others is: the shared part of all runs of both (Jaccard)."""
    own = grams(text)
    return max((len(own & other) / len(own | other) for other in map(grams, others)), default=0.0)
