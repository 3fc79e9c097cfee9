"""Folds the many ways one Danish word is typed into one spelling, and finds its words."""

from __future__ import annotations

import re
import unicodedata
from typing import List, NamedTuple

# Both keyboards are met: `klage på afgørelse` and `klage paa afgoerelse` must read alike.
LETTERS = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "u", "ß": "ss"}
)

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

# `heeeeelp` and `help` differ in feeling, not in meaning; two of a letter are kept for real doubles.
STRETCHED = re.compile(r"(\w)\1{2,}")


class Word(NamedTuple):
    """A folded word and where it stood in the text."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """One spelling for case, æ/ae, ø/oe, å/aa, accents and stretched letters."""
    lowered = STRETCHED.sub(r"\1\1", unicodedata.normalize("NFC", text).lower())
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", lowered.translate(LETTERS))
        if not unicodedata.combining(letter)
    )


def words(text: str) -> List[Word]:
    """The folded words of a text; signs and emoji alone give none."""
    return [Word(fold(m.group()), m.start(), m.end()) for m in WORD.finditer(text)]
