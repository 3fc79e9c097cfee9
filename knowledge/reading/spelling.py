"""Mends the spelling of a folded message where patterns need it: contractions, spoken forms, a slip of the finger."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

FILE = Path(__file__).parent / "spelling.yaml"
_WORD = re.compile(r"[a-z]{5,}")
# No word is so long, and patterns would be slow on it.
_ENDLESS = re.compile(r"(\w{60})\w+")
# Letters; a word this long may have two slips.
LONG = 9


@cache
def _data() -> tuple[list[tuple[re.Pattern[str], str]], list[str], frozenset[str]]:
    """What is written out, the words that are mended to, and the words that are right as they are."""
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    written_out = [(re.compile(row[0]), str(row[1])) for row in data["written_out"]]
    known: list[str] = data["known"]
    # Another form of a known word is no slip.
    forms = {word + ending for word in known for ending in ("", *data["endings"])}
    return written_out, known, frozenset(forms | set(data["other"]))


def mended(text: str) -> str:
    """The folded text with what people write out of haste in the one spelling that is read."""
    written_out, _, _ = _data()
    text = _ENDLESS.sub(r"\1", text)
    for pattern, instead in written_out:
        text = pattern.sub(instead, text)
    return _WORD.sub(lambda match: _mended_word(match[0]), text)


def _mended_word(word: str) -> str:
    # Looked up anew each time: a store of words would keep what people wrote, names among it.
    _, known, right = _data()
    if word in right:
        return word
    slips = 2 if len(word) >= LONG else 1
    found = process.extractOne(word, known, scorer=OSA.distance, processor=None, score_cutoff=slips)
    return found[0] if found and found[0][0] == word[0] else word
