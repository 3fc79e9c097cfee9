"""Turns facts into classes: the finitely many differences that the rules can tell apart.

A date becomes the band it lies in (within a year or over, ten working days passed or running); a subject becomes
what the rules ask of it. A variable whose facts are not known has no class: nothing is assumed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from knowledge.rules.deadlines import (
    Days,
    add_length,
    authority_deadline,
    is_unusually_long,
    one_year_later,
)
from knowledge.rules.facts import CONCERNS, ENUMS, Facts
from knowledge.rules.model import Area, Limits

YES, NO = "yes", "no"
SWITCH = (YES, NO)
PERSONNEL = (
    "employment"  # an area of this kind is about employment whatever the complaint is called
)

# Every variable a row may read, and its classes. The order is that of the precedence: it keeps the diagrams small.
DOMAINS: Mapping[str, tuple[str, ...]] = {
    "acute": SWITCH,
    "concern": CONCERNS,
    "complainant": ENUMS["complainant"],
    "municipality": ENUMS["municipality"],
    "elsewhere": SWITCH,
    "wants": ENUMS["wants"],
    "decision_named": SWITCH,
    "is_decision": SWITCH,
    "has_statutory_appeal": SWITCH,
    "area_deadline": SWITCH,
    "area_personnel": SWITCH,
    "pending_elsewhere": ENUMS["pending_elsewhere"],
    "politically_decided": SWITCH,
    "decided_by": ENUMS["decided_by"],
    "directly_affected": SWITCH,
    "has_mandate": SWITCH,
    "ongoing": SWITCH,
    "event_age": ("within_year", "over_year"),
    "wait": ("none", "short", "long"),
    "promise": ("kept", "broken_twice"),
    "area_answer": SWITCH,
    "area_reconsideration": SWITCH,
    "complained_to_forvaltning": SWITCH,
    "forvaltning_replied": SWITCH,
    "complained_how": ENUMS["complained_how"],
    "reply_time": ("running", "passed"),
}

# Which facts settle a variable that is not a fact itself, in the order in which they are asked for.
SETTLED_BY: Mapping[str, tuple[str, ...]] = {
    "concern": ("concerns",),
    "decision_named": ("concerns",),
    "elsewhere": ("subject",),
    "has_statutory_appeal": ("subject", "has_statutory_appeal"),
    "area_deadline": ("subject",),
    "area_personnel": ("subject",),
    "area_answer": ("subject",),
    "area_reconsideration": ("subject",),
    "event_age": ("event_date",),
    "wait": ("waiting_since",),
    "promise": ("waiting_since", "promised_by"),
    "reply_time": ("complained_on",),
}

# What a note may read besides: these change no route and no date, so no question is ever asked for them.
NOTE_DOMAINS: Mapping[str, tuple[str, ...]] = {
    **DOMAINS,
    "wants_anonymity": SWITCH,
    "appeal_guidance_missing": SWITCH,
    "delivery": ENUMS["delivery"],
    "appeal_state": ("running", "soon", "passed"),
}


def settled_by(variable: str) -> tuple[str, ...]:
    """The facts that can settle a variable."""
    return SETTLED_BY.get(variable, (variable,))


def classify(
    facts: Facts, area: Area | None, days: Days, limits: Limits, concern: str | None
) -> dict[str, str]:
    """The class of every variable that is settled by what is known, for one concern."""
    known: dict[str, str] = {}
    for name in ("municipality", "complainant", "wants", "pending_elsewhere", "decided_by",
                 "complained_how"):  # fmt: skip
        if (value := getattr(facts, name)) is not None:
            known[name] = value
    for name in ("acute", "ongoing", "is_decision", "has_statutory_appeal", "politically_decided",
                 "directly_affected", "has_mandate", "complained_to_forvaltning",
                 "forvaltning_replied"):  # fmt: skip
        if (switch := getattr(facts, name)) is not None:
            known[name] = YES if switch else NO
    if concern is not None:
        known["concern"] = concern
        named = concern == "decision" or "decision" in (facts.concerns or ())
        known["decision_named"] = YES if named else NO
        if (
            named
        ):  # a complaint over a decision says that there is one, for every part of the matter
            known.setdefault("is_decision", YES)
    if facts.complained_on is not None:  # a day of complaint says that there was one
        known.setdefault("complained_to_forvaltning", YES)
    known |= _of_area(area, known)
    return known | _of_dates(facts, area, days, limits)


def _of_area(area: Area | None, known: Mapping[str, str]) -> dict[str, str]:
    if area is None:
        return {}
    looks_again = area.decision.reconsideration
    found = {
        "elsewhere": YES if area.elsewhere else NO,
        "area_deadline": YES if area.has_countable_deadline else NO,
        "area_personnel": YES if area.concern == PERSONNEL else NO,
        "area_answer": YES if area.answer_time else NO,
        "area_reconsideration": YES if looks_again.required and looks_again.length else NO,
    }
    if "has_statutory_appeal" not in known and area.has_statutory_appeal is not None:
        found["has_statutory_appeal"] = YES if area.has_statutory_appeal else NO
    return found


def _of_dates(facts: Facts, area: Area | None, days: Days, limits: Limits) -> dict[str, str]:
    found: dict[str, str] = {}
    if facts.event_date is not None:
        old = _is_after(facts.today, one_year_later, facts.event_date)
        found["event_age"] = "over_year" if old else "within_year"
    if facts.waiting_since is not None:
        found |= _of_wait(facts, facts.waiting_since, area, days, limits)
    if facts.complained_on is not None:
        passed = _is_after(
            facts.today,
            lambda start: authority_deadline(start, limits.reply, days, moves=True).date,
            facts.complained_on,
        )
        found["reply_time"] = "passed" if passed else "running"
    return found


def _is_after(today: dt.date, last_day: Callable[[dt.date], dt.date], start: dt.date) -> bool:
    """Whether a last day lies behind us; one beyond the end of the calendar does not."""
    try:
        return today > last_day(start)
    except OverflowError:
        return False


def _of_wait(
    facts: Facts, since: dt.date, area: Area | None, days: Days, limits: Limits
) -> dict[str, str]:
    if since == facts.today:
        return {"wait": "none"}
    try:
        promised = facts.promised_by
        if promised is None and area is not None and area.answer_time is not None:
            promised = add_length(since, area.answer_time.length, days, cautious=True)
        long, broken = is_unusually_long(
            since, promised, facts.today,
            months=limits.long_wait_months, times=limits.times_the_promise,
        )  # fmt: skip
    except OverflowError:
        return {"wait": "short", "promise": "kept"}
    found = {"wait": "long" if long else "short"}
    if broken is not None:
        found["promise"] = "broken_twice" if broken else "kept"
    return found
