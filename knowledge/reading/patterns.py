"""The patterns that say which facts a clause states, read from data once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "patterns.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One way to state something; the keys are explained at the top of the data file."""

    when: re.Pattern[str]
    unless: re.Pattern[str] | None
    # Must not stand anywhere in the message.
    message_unless: re.Pattern[str] | None = None
    fact: str | None = None
    value: Any = None
    # The fact that a time in the same clause belongs to.
    date: str | None = None
    # The statement holds nothing without its time.
    date_only: bool = False
    # Its time may lie ahead.
    future: bool = False
    # A kind of complaint that is stated, with the fact or alone.
    concern: str | None = None
    feedback: bool = False
    # Kinds of saying in which it is read all the same.
    also_in: frozenset[str] = frozenset()
    # Counts only together with another fact of the message (or known, or asked for).
    needs: str | None = None
    needs_who: tuple[str, ...] = ()
    # Words that stand in a clause before it.
    sibling: str | None = None

    def found_in(self, text: str) -> re.Match[str] | None:
        """Where the clause states it."""
        match = self.when.search(text)
        if match is None or (self.unless is not None and self.unless.search(text)):
            return None
        return match


@cache
def load_patterns(file: Path = FILE) -> tuple[Pattern, ...]:
    """All patterns, in the order of the data."""
    return tuple(_pattern(row) for row in yaml.safe_load(file.read_text(encoding="utf-8")))


def _pattern(row: dict[str, Any]) -> Pattern:
    known = {
        "fact", "value", "when", "unless", "message_unless", "date", "date_only", "future", "concern",
        "concern_if", "feedback", "in", "needs", "needs_or_asked", "needs_who", "sibling",
    }  # fmt: skip
    if unknown := row.keys() - known:
        raise ValueError(f"a pattern has unknown keys: {sorted(unknown)}")
    unless, message_unless = row.get("unless"), row.get("message_unless")
    return Pattern(
        when=re.compile(row["when"]),
        unless=re.compile(unless) if unless else None,
        message_unless=re.compile(message_unless) if message_unless else None,
        fact=row.get("fact"), value=row.get("value"), date=row.get("date"),
        date_only=row.get("date_only", False), future=row.get("future", False),
        concern=row.get("concern"), feedback=row.get("feedback", False),
        also_in=frozenset(row.get("in", ())),
        needs=row.get("needs") or row.get("needs_or_asked"),
        needs_who=tuple(row.get("needs_who", ())), sibling=row.get("sibling"),
    )  # fmt: skip
