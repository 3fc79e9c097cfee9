"""Makes a written question sound as people type it: slips, spoken spelling, dropped words, a story around it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

# Shares of the questions that are changed in each way; the rest are asked as written.
SLIPS, DROPS, STORIES, SPOKEN = 0.3, 0.15, 0.4, 0.15
# Words. A longer text is a story already.
STORY_UP_TO = 30
MOST_BEFORE, MOST_AFTER = 3, 2


def vary(
    question: str,
    draw: random.Random,
    around: Sequence[str],
    spoken: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return a question as somebody in a hurry, in a rage or in Jutland would write it.

    `around` are sentences that say nothing of the subject, `spoken` the ways a word is written by ear.
    """
    words = question.split()
    if spoken and draw.random() < SPOKEN:
        words = [_by_ear(word, draw, spoken) for word in words]
    if 4 < len(words) <= STORY_UP_TO and draw.random() < DROPS:
        words = [word for word in words if draw.random() > 0.25] or words
    if draw.random() < SLIPS:
        words = [_slip(word, draw) if draw.random() < 0.25 else word for word in words]
    text = " ".join(words)
    if around and len(words) <= STORY_UP_TO and draw.random() < STORIES:
        before = draw.sample(around, draw.randint(0, min(MOST_BEFORE, len(around))))
        after = draw.sample(around, draw.randint(0, min(MOST_AFTER, len(around))))
        text = " ".join([*before, text, *after])
    return text


def _by_ear(word: str, draw: random.Random, spoken: Mapping[str, Sequence[str]]) -> str:
    forms = spoken.get(word.lower())
    return draw.choice(forms) if forms and draw.random() < 0.7 else word


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
