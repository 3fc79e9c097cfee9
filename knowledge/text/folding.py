"""Spelling set aside: æøå and their rewritings, case, accents, and character n-grams."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ö": "oe", "ä": "ae", "ü": "u", "ß": "ss"}
)
_WORD = re.compile(r"[^\W_]+")
# People without Danish keys write oe, o or 0 for ø, ae or a for æ, aa or a for å: all meet here.
_SPELLED = re.compile(r"aa|ae|oe")
_SHORT = {"aa": "a", "ae": "a", "oe": "o"}


def words(text: str) -> list[str]:
    """Return the lower-case words and numbers of a text."""
    return _WORD.findall(text.lower())


def fold(text: str) -> str:
    """Return lower-case text where æ, ø and å are written out and accents are gone."""
    lowered = text.lower().translate(_LETTERS)
    if lowered.isascii():  # as nearly all is by now
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def squeeze(text: str) -> str:
    """Fold further so that aa, ae and oe meet a and o: for matching only, never for showing."""
    return _SPELLED.sub(lambda match: _SHORT[match[0]], fold(text))


def char_ngrams(text: str, sizes: Iterable[int] = (3, 4, 5)) -> list[str]:
    """Return the character n-grams inside each word, word ends marked with `_`."""
    grams: list[str] = []
    for word in words(squeeze(text)):
        padded = f"_{word}_"
        for size in sizes:
            grams.extend([padded[i : i + size] for i in range(max(1, len(padded) - size + 1))])
    return grams


def similarity(left: str, right: str, size: int = 5) -> float:
    """Return the Jaccard overlap of folded character n-grams across the whole texts."""
    a, b = shingles(left, size), shingles(right, size)
    return len(a & b) / len(a | b) if a | b else 0.0


def shingles(text: str, size: int = 5) -> set[str]:
    """Return the character n-grams of the folded text, across word borders."""
    joined = " ".join(words(fold(text)))
    return {joined[i : i + size] for i in range(max(1, len(joined) - size + 1))}
