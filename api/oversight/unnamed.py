"""Looks for a citizen in a text that shall hold none: numbers are found, and what looks like a name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from api.masking import holds_cpr

# Two or more capitalised words in a row, as a name is written.
NAME = re.compile(r"\b[A-ZÆØÅÉ][a-zæøåéü]+(?:[ -][A-ZÆØÅÉ][a-zæøåéü]+)+\b")
WORD = re.compile(r"[^\W\d_]{3,}")
# A telephone number or an e-mail address.
WAY = re.compile(
    r"(?<!\d)(?:\+45 ?)?\d{2}[ .]?\d{2}[ .]?\d{2}[ .]?\d{2}(?!\d)|[^\s@]+@[^\s@]+\.[a-z]{2,}"
)


def holds_number(text: str) -> bool:
    """Whether something points to one person: a CPR number, a telephone number, a mail address."""
    return holds_cpr(text) or WAY.search(text) is not None


def names_in(text: str, own: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """What may be a person's name: words of the names in the case, and pairs of capitalised words.

    `own` are the names that stand in the case; `known` are names of places and units that are no person's.
    """
    parts = {word.casefold() for name in own for word in WORD.findall(name)}
    places = {word.casefold() for name in known for word in WORD.findall(name)}
    found = [word for word in WORD.findall(text) if word.casefold() in parts - places]
    for pair in NAME.findall(text):
        if not all(word.casefold() in places for word in WORD.findall(pair)):
            found.append(pair)
    return list(dict.fromkeys(found))


def names_of(record: Mapping[str, Any]) -> list[str]:
    """The names of people that stand in a complaint."""
    people = [record.get("complainant"), record.get("representation")]
    found: list[str] = []
    for person in people:
        _collect(person, found)
    return found


def _collect(value: Any, found: list[str]) -> None:
    if not isinstance(value, Mapping):
        return
    for key, inner in value.items():
        if key in ("name", "full_name") and isinstance(inner, str):
            found.append(inner)
        _collect(inner, found)
