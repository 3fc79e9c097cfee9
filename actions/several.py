"""Takes two decisions told in one conversation apart: each has its own day and its own deadline."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.days import only_day
from actions.guidance_engine import Engine
from actions.matter import Matter
from actions.signs import Sign, is_question, shows

# Where one of two things told in a row may end; the point of 'the 9. november' ends nothing.
BORDER = re.compile(
    r"(?:(?<!\d)\.|[;,!])\s+|\s+(?=(?:og|samt|men|plus|and|but)\s)|\n+", re.IGNORECASE
)
# Longer messages are letters and stories; in those the times belong to what happened on the way.
AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Decision:
    """One of several decisions: the words that tell of it, and its day and its subject where they are sure."""

    text: str
    day: dt.date | None
    area: str | None


def told_apart(text: str, engine: Engine, today: dt.date) -> tuple[Decision, Decision] | None:
    """Two decisions with a subject of their own, the older first; None where there is but one.

    Two days make two decisions. Without them, the second must be told as one of its own: 'and a parking charge'.
    """
    if (
        len(text.split()) > AT_MOST
        or is_question(text)
        or not (shows(text, Sign.decided) or shows(text, Sign.refused))
    ):
        return None
    undated: tuple[Decision, Decision] | None = None
    for border in BORDER.finditer(text):
        parts = text[: border.start()], text[border.end() :]
        if not all(shows(part, Sign.decided) or shows(part, Sign.refused) for part in parts):
            continue
        first, second = (_decision(part, engine, today) for part in parts)
        if first.area == second.area:
            continue
        alone, known = _stands_alone(second.text, text), None not in (first.area, second.area)
        if first.day is not None and second.day is not None:
            if first.day != second.day and (known or alone):
                return (first, second) if first.day < second.day else (second, first)
        elif alone and known and undated is None:
            undated = (first, second) if second.day is None else (second, first)
    return undated


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


def _decision(text: str, engine: Engine, today: dt.date) -> Decision:
    return Decision(text, only_day((text,), today), engine.subject(text, told=True)[0])


def _stands_alone(second: str, whole: str) -> bool:
    """Whether words tell of a decision of their own, and not of the one before them."""
    if shows(second, Sign.complaint):
        return False
    if shows(second, Sign.new_decision):
        return True
    also = shows(second, Sign.beside) or shows(whole, Sign.two)
    return also and (shows(second, Sign.refused) or shows(second, Sign.charge))
