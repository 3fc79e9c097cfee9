"""The decision: the first row that holds decides, and where a row before it is unsettled nothing is decided.

Rows are data, in the order of their precedence. A gap raises: there is no default route.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.rules.model import DeadlineRule, Note, Rule, Rulebook


class RuleGapError(LookupError):
    """No row answers this matter on this day; a person has to."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the table says of one part: the row, and the deadlines that belong to it."""

    rule: Rule
    deadlines: tuple[DeadlineRule, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows in force on a day."""

    rules: tuple[Rule, ...]
    deadlines: Mapping[str, DeadlineRule]
    notes: tuple[Note, ...]

    def decide(self, known: Mapping[str, str]) -> Leaf | None:
        """The deciding row with its deadlines; None while something still matters that is not known.

        Raises:
            RuleGapError: every row is ruled out.
        """
        for rule in self.rules:
            holds = rule.when.evaluate(known)
            if holds is None:
                return None
            if holds:
                return self._leaf(rule, known)
        raise RuleGapError("no row holds")

    def _leaf(self, rule: Rule, known: Mapping[str, str]) -> Leaf | None:
        active: list[DeadlineRule] = []
        for name in rule.deadlines:
            shown = self.deadlines[name].when.evaluate(known)
            if shown is None:
                return None
            if shown:
                active.append(self.deadlines[name])
        return Leaf(rule, tuple(active))


def table_on(book: Rulebook, day: dt.date) -> Table:
    """The rows that are in force on a day.

    Raises:
        RuleGapError: the rulebook knows no text for that day.
    """
    if not any(edition.valid.covers(day) for edition in book.editions):
        raise RuleGapError(f"{book.municipality}: no edition on {day}")
    return Table(
        rules=tuple(rule for rule in book.rules if rule.valid.covers(day)),
        deadlines=book.deadlines,
        notes=book.notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Presumption:
    """The ordinary case of a variable, for a provisional picture only; never for a certain answer."""

    variable: str
    value: str
    given: Mapping[str, str]


def presume(known: Mapping[str, str], presumptions: Sequence[Presumption]) -> dict[str, str]:
    """What is known, filled up with the ordinary case of everything else."""
    filled = dict(known)
    for presumption in presumptions:
        if presumption.variable in filled:
            continue
        if all(filled.get(name) == value for name, value in presumption.given.items()):
            filled[presumption.variable] = presumption.value
    return filled
