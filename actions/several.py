"""Takes two decisions told in one conversation apart: each has its own day and its own deadline."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.guidance_engine import Engine
from actions.inferring import only_day
from actions.matter import Matter
from actions.signs import Sign, is_question, shows

# Where one of two things told in a row may end.
BORDER = re.compile(r"[.;,!]\s+|\s+(?=(?:og|samt|men|plus|and|but)\s)|\n+", re.IGNORECASE)
# Longer messages are letters and stories; in those the times belong to what happened on the way.
AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Decision:
    """One of several decisions: the words that tell of it, the day, and its subject."""

    text: str
    day: dt.date
    area: str


def told_apart(text: str, engine: Engine, today: dt.date) -> tuple[Decision, Decision] | None:
    """Two decisions with a day and a subject of their own, the older first; None where there is but one."""
    if len(text.split()) > AT_MOST or is_question(text) or not shows(text, Sign.decided):
        return None
    for border in BORDER.finditer(text):
        first = _decision(text[: border.start()], engine, today)
        second = _decision(text[border.end() :], engine, today) if first is not None else None
        if first is not None and second is not None and _differ(first, second):
            return (first, second) if first.day <= second.day else (second, first)
    return None


def is_another(before: Matter, told: Mapping[str, Any], text: str, engine: Engine) -> bool:
    """Whether the message tells of a second decision: of another day and of another subject than the known one."""
    known = before.facts
    if "subject" not in known or "decision_received" not in known or is_question(text):
        return False
    day = told.get("decision_received")
    if before.asked == "decision_received" or day in (None, known["decision_received"]):
        return False
    puts_right = shows(text, Sign.instead) or shows(text, Sign.takes_back)
    if puts_right or not shows(text, Sign.decided):
        return False
    area = engine.subject(text, told=True)[0]
    return area is not None and area != known["subject"]


def _decision(text: str, engine: Engine, today: dt.date) -> Decision | None:
    if not shows(text, Sign.decided):
        return None
    day = only_day((text,), today)
    # What it is about is looked for last: that takes longest.
    area = engine.subject(text, told=True)[0] if day is not None else None
    return Decision(text, day, area) if day is not None and area is not None else None


def _differ(first: Decision, second: Decision) -> bool:
    return first.day != second.day and first.area != second.area
