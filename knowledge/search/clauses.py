"""Cuts a long question into the pieces people think in: the matter is often one sentence among many."""

from __future__ import annotations

import re

# Words. A shorter question is one piece; a longer sentence is cut where a new thought begins.
WHOLE_UP_TO = 16
SENTENCE_UP_TO = 18
SHORTEST, ENOUGH = 3, 6
# More pieces than this are a letter: what stands last is left to the reading of the whole.
MOST = 8
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")
_THOUGHT = re.compile(r",\s+(?=(?:men|og|så|for|fordi|but|and|so|because)\b)|\s+(?=(?:men|but)\b)")


def clauses(text: str) -> tuple[str, ...]:
    """Return the pieces of a long question; none for a question that is one piece already."""
    if len(text.split()) <= WHOLE_UP_TO:
        return ()
    pieces: list[str] = []
    for sentence in _SENTENCE.split(text):
        long = len(sentence.split()) > SENTENCE_UP_TO
        pieces.extend(_thoughts(sentence) if long else [sentence.strip()])
    kept = tuple(piece for piece in pieces if len(piece.split()) >= SHORTEST)[:MOST]
    return kept if len(kept) > 1 else ()


def _thoughts(sentence: str) -> list[str]:
    """Cut a long sentence at its conjunctions, into pieces that are long enough to mean something."""
    cut: list[str] = []
    gathered = ""
    for part in _THOUGHT.split(sentence):
        gathered = f"{gathered} {part}".strip()
        if len(gathered.split()) >= ENOUGH:
            cut.append(gathered)
            gathered = ""
    if gathered and cut:
        cut[-1] = f"{cut[-1]} {gathered}"
    elif gathered:
        cut.append(gathered)
    return cut
