"""Gives the deadlines of an outcome their dates and the sentence that explains each, day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.rules.assessment import Deadline
from knowledge.rules.deadlines import Counted, Days, authority_deadline, citizen_deadline
from knowledge.rules.facts import Facts
from knowledge.rules.model import Area, Basis, DeadlineRule, Length, Start
from knowledge.rules.questions import start_of
from knowledge.rules.wording import Wording, sentences
from knowledge.sources import Confidence

SATURDAY = 5
State = Literal["running", "soon", "passed"]


@dataclass(frozen=True, slots=True)
class Dated:
    """A deadline with its date, how it was counted, and how near it is."""

    view: Deadline
    counted: Counted
    state: State
    outer: Length | None


def date_deadline(
    rule: DeadlineRule, facts: Facts, area: Area | None, days: Days, wording: Wording,
    appeal_body: str, soon_days: int,
) -> Dated | None:  # fmt: skip
    """The deadline with its date; None while the fact it runs from is not known, or no time can be counted."""
    start = getattr(facts, start_of(rule, area))
    length, confidence = _length(rule, area)
    if start is None or length is None:
        return None
    count = citizen_deadline if rule.whose == "citizen" else authority_deadline
    try:
        counted = count(start, length, days, moves=rule.moves_off_closed_days)
        outer = _outer(rule, area)
        if outer is not None:  # safe by the short time, too late only after the long one
            longest = citizen_deadline(start, outer, days, moves=rule.moves_off_closed_days)
            counted = replace(counted, date=longest.date)
    except OverflowError:  # past the last day that the calendar knows
        return None
    passed = facts.today > counted.date
    values = {
        "start": wording.date(start),
        "nominal": wording.date(counted.nominal),
        "date": wording.date(counted.date),
        "safe": wording.date(counted.safe),
        "length": wording.length(length),
        "appeal_body": appeal_body,
        "begun": wording.say(f"begun_{_beginning(area)}", start=wording.date(start)),
        "tried": wording.say("tried_treatment" if is_treatment(area, facts) else "tried_decision"),
    }
    text = (rule.passed if passed else rule.text).of(wording.lang).format(**values)
    doubts = _doubts(rule, counted, wording, values) if not passed else ""
    doubt = "" if confidence in (None, "verified") else wording.say(f"confidence_{confidence}")
    view = Deadline(
        kind=rule.id,
        whose=rule.whose,
        what=rule.what.of(wording.lang).format(**values),
        date=counted.date,
        latest_safe_date=counted.safe,
        basis=(*_area_basis(rule, area, wording.lang), *rule.basis),
        passed=passed,
        explanation=sentences(text, doubts, doubt, _own_words(rule, area, wording.lang)),
    )
    return Dated(view, counted, _state(counted, facts.today, soon_days), outer)


def _outer(rule: DeadlineRule, area: Area | None) -> Length | None:
    """The longest time there is, where the ordinary one runs from a day that only the citizen knows."""
    if rule.length != "area_appeal" or area is None or area.decision.deadline is None:
        return None
    return area.decision.deadline.outer


def is_treatment(area: Area | None, facts: Facts) -> bool:
    """Whether what can be tried is the treatment itself and no decision."""
    return _beginning(area) == "event" and facts.is_decision is not True


def _beginning(area: Area | None) -> Start:
    """What an appeal deadline runs from in this area."""
    deadline = area.decision.deadline if area is not None else None
    return deadline.start if deadline is not None else "received"


def _own_words(rule: DeadlineRule, area: Area | None, lang: str) -> str:
    """What the area says of its own appeal deadline besides the length."""
    if rule.length != "area_appeal" or area is None or area.decision.deadline is None:
        return ""
    words = area.decision.deadline.words
    return words.of(lang) if words is not None else ""


def _state(counted: Counted, today: dt.date, soon_days: int) -> State:
    if today > counted.date:
        return "passed"
    return "soon" if (counted.safe - today).days <= soon_days else "running"


def _doubts(rule: DeadlineRule, counted: Counted, wording: Wording, values: dict[str, str]) -> str:
    if rule.whose == "authority":
        return wording.say("doubtful_authority") if counted.doubtful else ""
    if not rule.moves_off_closed_days:
        weekend = counted.nominal.weekday() >= SATURDAY
        return wording.say("one_year_weekend") if weekend else ""
    moved = wording.say(f"moved_{counted.shift}", **values) if counted.shift != "none" else ""
    return sentences(moved, wording.say("doubtful_citizen") if counted.doubtful else "")


def _length(rule: DeadlineRule, area: Area | None) -> tuple[Length | None, Confidence | None]:
    if isinstance(rule.length, Length):
        return rule.length, None
    if area is None:
        return None, None
    if rule.length == "area_appeal":
        deadline = area.decision.deadline
        return (deadline.length, deadline.confidence) if deadline else (None, None)
    if rule.length == "area_reconsideration":
        return area.decision.reconsideration.length, area.decision.reconsideration.confidence
    if area.answer_time is None:
        return None, None
    complain = rule.length == "area_complain"
    length = area.answer_time.complain_after if complain else area.answer_time.length
    return length, area.answer_time.confidence


def _area_basis(rule: DeadlineRule, area: Area | None, lang: str) -> tuple[Basis, ...]:
    """The area's own sources for a deadline that the area gives."""
    if area is None:
        return ()
    given = {
        "area_appeal": area.decision.deadline,
        "area_answer": area.answer_time,
        "area_complain": area.answer_time,
    }.get(rule.length if isinstance(rule.length, str) else "")
    if given is None:
        return ()
    law = area.decision.law.of(lang)
    return tuple(
        Basis(source=source, paragraph=law, confidence=given.confidence) for source in given.sources
    )
