"""Notices words of danger in a message in another language than Danish and English."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

WORDS = Path(__file__).parent / "foreign_danger.yaml"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    rows: dict[str, list[str]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return {code: re.compile("|".join(row)) for code, row in rows.items()}


def foreign_danger(text: str) -> str | None:
    """The ISO code of the language in which the text may tell of danger or need, however short it is."""
    low = text.lower()
    return next((code for code, words in _patterns().items() if words.search(low)), None)
