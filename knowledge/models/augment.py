"""Makes a written question sound as people type it: slips, dropped words, a story around it."""

from __future__ import annotations

import random
from collections.abc import Sequence

# Shares of the questions that are changed in each way; the rest are asked as written.
SLIPS, DROPS, STORIES = 0.3, 0.2, 0.25
_DIALECT = {
    "jeg": "a",
    "ikke": "it",
    "mig": "mæ",
    "til": "te",
    "kan": "ka",
    "skal": "ska",
    "det": "de",
}
DIALECT = 0.12


def vary(question: str, draw: random.Random, around: Sequence[str]) -> str:
    """Return a question as somebody in a hurry, in a rage or in Jutland would write it."""
    words = question.split()
    if draw.random() < DIALECT:
        words = [_DIALECT.get(word.lower(), word) for word in words]
    if len(words) > 4 and draw.random() < DROPS:
        words = [word for word in words if draw.random() > 0.25] or words
    if draw.random() < SLIPS:
        words = [_slip(word, draw) if draw.random() < 0.3 else word for word in words]
    text = " ".join(words)
    if around and draw.random() < STORIES:
        before, after = draw.choice(around), draw.choice(around)
        text = draw.choice((f"{before} {text}", f"{text} {after}", f"{before} {text} {after}"))
    return text


def _slip(word: str, draw: random.Random) -> str:
    """Swap, drop or double one letter of a longer word."""
    if len(word) < 4:
        return word
    place = draw.randrange(1, len(word) - 1)
    kind = draw.randrange(3)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    return word[:place] + word[place] + word[place:]
