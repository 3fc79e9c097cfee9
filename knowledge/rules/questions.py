"""Which facts are still missing, and which of them to ask for first: worked out from the rules alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge.rules.diagram import Rest
from knowledge.rules.facts import Facts
from knowledge.rules.model import Area, DeadlineRule
from knowledge.rules.routing import Leaf
from knowledge.rules.variables import settled_by

# Recipients that are looked up in the subject area.
BY_AREA = ("area", "appeal", "elsewhere")

# Facts that another one settles as a rule: they are asked for only where that one has not settled them. So no
# question is asked whose answer could follow from the next, and the order of the questions changes nothing.
AFTER: Mapping[str, frozenset[str]] = {
    "has_statutory_appeal": frozenset({"subject", "is_decision"}),
    "is_decision": frozenset({"concerns", "subject"}),
    "decision_received": frozenset({"is_decision", "concerns"}),
    "promised_by": frozenset({"subject", "waiting_since"}),
    "complained_on": frozenset({"complained_to_forvaltning"}),
    "complained_how": frozenset({"complained_to_forvaltning"}),
    "forvaltning_replied": frozenset({"complained_to_forvaltning"}),
}
# Facts that are only asked for where another is known: nobody who cannot say whether the politicians looked at it is
# asked which of them did.
ONLY_AFTER: Mapping[str, str] = {
    "decision_received": "is_decision",
    "has_statutory_appeal": "is_decision",
    "promised_by": "waiting_since",
    "forvaltning_replied": "complained_to_forvaltning",
    "complained_how": "complained_to_forvaltning",
    "complained_on": "complained_to_forvaltning",
    "decided_by": "politically_decided",
}


def missing_facts(
    facts: Facts,
    area: Area | None,
    parts: Iterable[tuple[Rest, Mapping[str, str]]],
    ranks: Mapping[str, Rank],
    passed: Collection[str] = (),
) -> tuple[str, ...]:
    """The facts of which some value would change an outcome, in the order in which they are asked for.

    Each part comes with the ordinary case of its variables, which says whether a question comes before all others.
    What somebody has `passed` over is not asked for again, and nothing waits for it.
    """
    open_parts = list(parts)
    wanted: set[str] = set()
    for rest, _ in open_parts:
        wanted |= _behind(rest, facts) | _read_by_outcomes(rest.leaves(), facts, area)
    wanted -= {*passed, *(fact for fact, asked in ONLY_AFTER.items() if asked in passed)}
    wanted -= {fact for fact in wanted if wanted & AFTER.get(fact, frozenset())}

    def place(fact: str) -> tuple[bool, int]:
        leads = any(ranks[fact].leads(ordinary) for _, ordinary in open_parts)
        return not leads, ranks[fact].place

    return tuple(sorted(wanted, key=place))


@dataclass(frozen=True, slots=True)
class Rank:
    """A question's place, and whether, or when, it comes before all others."""

    place: int
    first: bool = False
    first_when: Mapping[str, str] = field(default_factory=dict)

    def leads(self, known: Mapping[str, str]) -> bool:
        """Whether the question comes before all others, given what is known of a part."""
        given = self.first_when
        return self.first or bool(given) and given.items() <= known.items()


def told_by(question: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """What the words of an answer tell beside the fact itself."""
    for option in question["options"]:
        if option["value"] == value:
            return dict(option.get("also", {}))
    return {}


def _behind(rest: Rest, facts: Facts) -> set[str]:
    """The unknown facts behind the variables that still matter."""
    return {
        fact
        for variable in rest.variables()
        for fact in settled_by(variable)
        if not facts.known(fact)
    }


def _read_by_outcomes(leaves: Iterable[Leaf], facts: Facts, area: Area | None) -> set[str]:
    """Facts that give an outcome its recipient or a deadline its date."""
    wanted: set[str] = set()
    for leaf in leaves:
        if leaf.rule.recipient in BY_AREA:
            wanted.add("subject")
        wanted |= {start_of(deadline, area) for deadline in leaf.deadlines}
    return {fact for fact in wanted if not facts.known(fact)}


def start_of(deadline: DeadlineRule, area: Area | None) -> str:
    """The fact a deadline runs from; an appeal over a treatment runs from the event itself."""
    appeal = area.decision.deadline if area is not None else None
    if deadline.length == "area_appeal" and appeal is not None and appeal.start == "event":
        return "event_date"
    return deadline.runs_from
