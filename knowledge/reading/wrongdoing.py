"""Notices an employee or supplier who is about to report wrongdoing, before the message is stored.

Recall counts: whoever is warned without need loses a moment, whoever is not warned may lose their anonymity. Plain
signs are looked for first; what has none is weighed by a reader that learnt from many messages.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from knowledge.reading.clauses import folded
from knowledge.reading.letters import looks_like_letter
from knowledge.reading.wrongdoing_reader import load_reader

FILE = Path(__file__).parent / "wrongdoing.yaml"
# A parent's letter about a caseworker or a teacher has much of a report in it, and nobody inside who tells; so has what
# somebody tells of how they were treated themselves.
LETTER_WORDS = 30
OWN_LEEWAY = 1.25


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: re.compile(pattern) for name, pattern in rows.items()}


def screen_wrongdoing(text: str) -> bool:
    """Whether this may be somebody inside who tells of something unlawful or seriously wrong."""
    plain, signs = folded(text), _signs()
    if signs["meaning"].search(plain):
        return False
    if signs["always"].search(plain):
        return True
    if signs["tip"].search(plain) and not signs["inside"].search(plain):
        return False
    wrong = signs["wrong"].search(signs["harmless"].sub(" ", plain)) is not None
    if wrong and signs["inside"].search(plain):
        return True
    if signs["person"].search(plain) or (
        signs["danger"].search(plain) and not signs["inside"].search(plain)
    ):
        # Help comes before all else, and only the reader's guess is against it.
        return False
    # An answer to a question tells too little to warn about, and a pasted letter is an authority's own words.
    if (signs["bare"].search(plain) and not wrong) or looks_like_letter(text):
        return False
    is_letter = len(plain.split()) >= LETTER_WORDS and signs["family"].search(plain)
    is_own = (is_letter or signs["self"].search(plain)) and not signs["inside"].search(plain)
    return load_reader().hears(text, leeway=OWN_LEEWAY if is_own else 0.0)
