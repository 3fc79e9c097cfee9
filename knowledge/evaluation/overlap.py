"""Finds evaluation questions that are nearly in the training text: they would measure memory, not skill."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from knowledge.text.folding import shingles

LIMIT = 0.5


@dataclass(frozen=True, slots=True)
class Overlap:
    """A question, the text it is too near to, and how near."""

    question: str
    text: str
    share: float


def near_duplicates(
    questions: Iterable[str], texts: Iterable[str], limit: float = LIMIT
) -> Iterator[Overlap]:
    """Compare every question with every text by the Jaccard share of their folded 5-grams."""
    known = list(dict.fromkeys(texts))
    sizes: list[int] = []
    holders: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(known):
        own = shingles(text)
        sizes.append(len(own))
        for shingle in own:
            holders[shingle].append(number)
    for question in questions:
        own = shingles(question)
        shared: Counter[int] = Counter()
        for shingle in own:
            shared.update(holders.get(shingle, ()))
        for number, count in shared.most_common(3):
            share = count / (len(own) + sizes[number] - count)
            if share > limit:
                yield Overlap(question, known[number], share)
