"""Which cases reach which row, note, deadline, subject area and leaf of the tables: all of them should be reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.guidance import assess, load_profile
from knowledge.rules.diagram import build_diagram
from knowledge.rules.facts import FactError
from knowledge.rules.integrity import periods
from knowledge.rules.model import Area
from knowledge.rules.routing import table_on


@dataclass(frozen=True, slots=True)
class Case:
    """A matter that somebody wrote down: its name, the municipality that serves it, its facts."""

    name: str
    served: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Everything that can be reached, with the cases that do."""

    reached_by: Mapping[str, tuple[str, ...]]

    @property
    def unreached(self) -> list[str]:
        """What no case reaches."""
        return [item for item, cases in self.reached_by.items() if not cases]

    @property
    def share(self) -> float:
        """How much is reached, from 0 to 1."""
        return 1 - len(self.unreached) / len(self.reached_by)


def cover(cases: Iterable[Case], municipalities: Iterable[str], today: dt.date) -> Coverage:
    """Runs every case and notes what it passed through."""
    found: dict[str, list[str]] = {item: [] for name in municipalities for item in reachable(name)}
    for case in cases:
        for item in passed_through(case, today):
            if item in found:
                found[item].append(case.name)
    return Coverage({item: tuple(dict.fromkeys(names)) for item, names in found.items()})


def reachable(municipality: str) -> list[str]:
    """The rows, leaves, notes and deadlines of a municipality, and the subject areas."""
    book = load_profile(municipality).book
    items = [f"area {area}" for area in book.areas]
    items += [f"{municipality} note {note.id}" for note in book.notes]
    for day in periods(book):
        for leaf in build_diagram(table_on(book, day)).leaves:
            kinds = [deadline.id for deadline in leaf.deadlines]
            if not any(_fits(kinds, area) for area in book.areas.values()):
                continue  # no subject area gives these deadlines together
            items.append(f"row {leaf.rule.id}")
            items.append(_leaf(leaf.rule.id, kinds))
            items += [f"{municipality} deadline {kind}" for kind in kinds]
    return list(dict.fromkeys(items))


def passed_through(case: Case, today: dt.date) -> set[str]:
    """Everything that a case reaches."""
    try:
        assessment = assess(case.facts, load_profile(case.served), today=today)
    except FactError:
        return set()
    items = {f"area {assessment.subject}"} if assessment.subject else set()
    for outcome in assessment.outcomes:
        items |= {f"row {outcome.rule}", _leaf(outcome.rule, outcome.leaf)}
        items |= {f"{case.served} note {note}" for note in outcome.notes}
        items |= {f"{case.served} deadline {deadline.kind}" for deadline in outcome.deadlines}
    return items


def _fits(kinds: Collection[str], area: Area) -> bool:
    """Whether an area gives all the deadlines of a leaf that come from areas."""
    looks_again = area.decision.reconsideration
    given = {
        "appeal": area.has_countable_deadline,
        "reconsideration": bool(looks_again.required and looks_again.length),
        "answer": area.answer_time is not None,
        "answer_complaint": area.answer_time is not None,
    }
    return all(given.get(kind, True) for kind in kinds)


def _leaf(rule: str, kinds: Iterable[str]) -> str:
    return f"leaf {rule}: {', '.join(kinds) or '-'}"
