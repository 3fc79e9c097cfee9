"""What has been found so far in one message, and what that says of what comes next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from knowledge.reading.answers import promised
from knowledge.reading.dates_found import Found
from knowledge.rules.facts import PAST_DATES

# Kinds of complaint that are about something that happened on a day.
HAPPENS = frozenset({"conduct", "discrimination", "practical"})
# Which end of a period is safe for the citizen: their own limits are counted from the first day, the
# authority's from the last.
FIRST_DAY = ("decision_received", "event_date")
# What a matter that ended long ago says nothing of, now that another is told of.
OF_A_MATTER = frozenset({
    "complainant", "complained_to_forvaltning", "complained_how", "forvaltning_replied",
    "is_decision", "delivery", "appeal_guidance_missing", "pending_elsewhere", "ongoing", *PAST_DATES, "promised_by",
})  # fmt: skip
# Two of these that contradict each other leave it open which is meant.
SINGLE = frozenset({
    "complained_to_forvaltning", "delivery", "is_decision", "has_mandate", "politically_decided",
})  # fmt: skip
# What lies longer back than this was another time, where the message speaks of two.
LONG_AGO = dt.timedelta(days=550)


@dataclass(slots=True)
class Gathered:
    """What has been found so far in one message."""

    facts: dict[str, Any] = field(default_factory=dict)
    spans: dict[str, str] = field(default_factory=dict)
    unsure: dict[str, Any] = field(default_factory=dict)
    concerns: list[str] = field(default_factory=list)
    # Where the times begin that belong to a fact.
    claimed: set[int] = field(default_factory=set)
    # The date that belongs to what was said last, where its time was not said with it.
    undated: str | None = None
    # What is read now belongs to a matter that ended long ago.
    former: bool = False
    # What is read now takes back what was said before it: 'by post, or no, in the digital mail'.
    corrects: bool = False
    # The sentences that tell of something that happened.
    happened: set[int] = field(default_factory=set)
    # Kinds of complaint that only a time since when somebody waits speaks of.
    waited_only: set[str] = field(default_factory=set)
    # What was said one way and then the other.
    contradicted: set[str] = field(default_factory=set)

    def take(self, fact: str, value: Any, said: str) -> None:
        """Keeps a fact; two that contradict each other make it unsure."""
        if self.former and fact in OF_A_MATTER:
            return
        if self.corrects and fact in self.facts:
            del self.facts[fact], self.spans[fact]
        if fact in self.facts and self.facts[fact] != value and not fact.endswith("_how"):
            self.unsure[fact] = value
            if fact in SINGLE and self.spans.get(fact) != said.strip():
                self.contradicted.add(fact)
            return
        self.facts.setdefault(fact, value)
        self.spans.setdefault(fact, said.strip())

    def concern(self, concern: str, *, by_wait: bool = False) -> None:
        """Keeps a kind of complaint once; `by_wait`: nothing speaks of it but a time since when somebody waits."""
        if not by_wait:
            self.waited_only.discard(concern)
        elif concern not in self.concerns:
            self.waited_only.add(concern)
        if concern not in self.concerns:
            self.concerns.append(concern)


def day_of(fact: str, time: Found, today: dt.date) -> dt.date:
    """The day of a time that counts for a fact."""
    if fact == "promised_by":
        return promised(time, today)
    return time.first if fact in FIRST_DAY else min(time.last, today)
