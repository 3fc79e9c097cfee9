"""What guidance says of a conversation's facts, for the staff who take it over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.errors import InvalidInput
from api.guidance.service import GuidanceService

# The slot of the bot's domain that holds the facts.
FACTS = "facts"
# Whose deadlines make a conversation urgent.
CITIZENS = "citizen"


@dataclass(frozen=True)
class Briefed:
    """The facts, the assessment as JSON, the nearest day that the citizen must not miss, and what it comes to."""

    facts: Mapping[str, Any]
    assessment: dict[str, Any] | None = None
    deadline: dt.date | None = None
    lines: tuple[str, ...] = ()


class GuidanceBriefing:
    """Assesses what a conversation holds; facts that do not fit together give no assessment, and no error."""

    def __init__(self, guidance: GuidanceService) -> None:
        self.guidance = guidance

    def __call__(self, slots: Mapping[str, Any], day: dt.date, lang: str) -> Briefed:
        """The brief of a conversation's slots as of a day."""
        held = slots.get(FACTS)
        facts = dict(held) if isinstance(held, Mapping) else {}
        if not facts:
            return Briefed(facts={})
        try:
            found = self.guidance.assess({**facts, "today": day.isoformat()}, lang)
        except InvalidInput:
            return Briefed(facts=facts)
        running = [
            deadline.latest_safe_date
            for outcome in found.outcomes
            for deadline in outcome.deadlines
            if deadline.whose == CITIZENS and not deadline.passed
        ]
        return Briefed(
            facts=facts,
            assessment=found.as_json(self.guidance.sources, lang),
            deadline=min(running, default=None),
            lines=tuple(outcome.explanation for outcome in found.outcomes[:2]),
        )
