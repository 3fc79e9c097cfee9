"""The patterns that say which facts a clause states, read from data once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "patterns"
# What a later pattern needs is read before it.
FILES = (
    "complaining", "answer", "decision", "arrival", "waiting", "persons", "elsewhere", "concerns",
)  # fmt: skip
# Letters before what was found in which a negation belongs to it, unless another thought begins in between.
BEFORE = 24
BREAK = re.compile(r"[,:;.]|\b(?:og|men|at|som|der|hvor|and|but|that|who)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One way to state something; the keys are explained in patterns/README.md."""

    when: re.Pattern[str]
    unless: re.Pattern[str] | None
    # Must not stand anywhere in the message.
    message_unless: re.Pattern[str] | None = None
    # Negations that must not stand in or beside what is found: right before it, or as the next word.
    near_not: re.Pattern[str] | None = None
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
    # Nobody else did it, as far as the clause says.
    by_writer: bool = False
    # Words that stand in a clause before it.
    sibling: re.Pattern[str] | None = None

    def found_in(self, text: str) -> re.Match[str] | None:
        """Where the clause states it."""
        for found in self.when.finditer(text):
            if not self._is_negated(text, found):
                # What would speak against it is looked for only where something was found: in few clauses.
                against = self.unless is not None and self.unless.search(text)
                return None if against else found
        return None

    def _is_negated(self, text: str, match: re.Match[str]) -> bool:
        if self.near_not is None:
            return False
        before = BREAK.split(text[max(0, match.start() - BEFORE) : match.start()])[-1]
        behind = " ".join(text[match.end() :].split(maxsplit=1)[:1])
        return self.near_not.search(f"{before}{match[0]} {behind}") is not None


@cache
def load_patterns(folder: Path = FOLDER) -> tuple[Pattern, ...]:
    """All patterns, in the order of the files and of their rows."""
    groups = load_groups(folder)
    return tuple(
        _pattern(row, groups)
        for name in FILES
        for row in yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    )


@cache
def load_groups(folder: Path = FOLDER) -> Mapping[str, str]:
    """The groups of words that patterns name, each as one expression."""
    words: dict[str, str] = yaml.safe_load((folder / "words.yaml").read_text(encoding="utf-8"))
    return {name: re.sub(r"\|\s+", "|", listed) for name, listed in words.items()}


def _compiled(expression: str | list[str] | None, groups: Mapping[str, str]) -> Any:
    if expression is None:
        return None
    whole = expression if isinstance(expression, str) else "|".join(expression)
    return re.compile(with_groups(whole, groups))


def with_groups(expression: str, groups: Mapping[str, str] | None = None) -> str:
    """The expression with the words of each group that it names."""
    named = load_groups() if groups is None else groups
    return re.sub(r"\{([a-z_]+)\}", lambda name: f"(?:{named[name[1]]})", expression)


def _pattern(row: dict[str, Any], groups: Mapping[str, str]) -> Pattern:
    known = {
        "fact", "value", "when", "unless", "message_unless", "near_not", "date", "date_only", "future",
        "concern", "concern_if", "feedback", "in", "needs", "needs_or_asked", "needs_who", "sibling", "by",
    }  # fmt: skip
    if unknown := row.keys() - known:
        raise ValueError(f"a pattern has unknown keys: {sorted(unknown)}")
    return Pattern(
        when=_compiled(row["when"], groups),
        unless=_compiled(row.get("unless"), groups),
        message_unless=_compiled(row.get("message_unless"), groups),
        near_not=_compiled(r"\b(?:{not}|{none})\b", groups) if row.get("near_not") else None,
        fact=row.get("fact"), value=row.get("value"), date=row.get("date"),
        date_only=row.get("date_only", False), future=row.get("future", False),
        concern=row.get("concern"), feedback=row.get("feedback", False),
        also_in=frozenset(row.get("in", ())),
        by_writer=row.get("by") == "writer",
        needs=row.get("needs") or row.get("needs_or_asked"),
        needs_who=tuple(row.get("needs_who", ())), sibling=_compiled(row.get("sibling"), groups),
    )  # fmt: skip
