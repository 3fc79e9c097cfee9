"""Finds which matter a message belongs to, and how much of it is read now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from actions.guidance_engine import Engine
from actions.matter import Matter, another_matter
from actions.naming import LEAST_WORDS
from actions.several import Decision, is_another, told_apart
from actions.signs import Sign, after
from knowledge.articles import Lang
from knowledge.reading import Reading, read_facts


@dataclass(frozen=True, slots=True)
class Placed:
    """A message in its matter: what of it is read, and what that states."""

    text: str
    # The text with what waits for later.
    whole: str
    # The matter as it was before the message.
    before: Matter
    reading: Reading
    told: dict[str, Any]
    # Somebody left what they told, for this.
    laid_aside: bool = False
    # It begins a matter anew, by a decision of its own.
    is_new_decision: bool = False
    # Two decisions were told of: the one that is taken, and the one that waits.
    apart: tuple[Decision, Decision] | None = None
    # It tells of a second decision while a question of the first one is open, and waits whole.
    waits: bool = False


def place(text: str, before: Matter, engine: Engine, lang: Lang, today: dt.date) -> Placed:
    """The message in the matter it belongs to: the known one, a new one, or one that has to wait."""
    laid_aside = lays_aside(text, before)
    if laid_aside:
        before, text = another_matter(before), (after(text, Sign.dropped) or text).strip()
    apart = told_apart(text, engine, today) if "decision_received" not in before.facts else None
    whole, text = text, apart[0].text if apart is not None else text
    reading = read_facts(text, today=today, lang=lang, asked=before.asked, known=before.facts)
    told = dict(reading.facts)
    if apart is not None:
        told |= _decision(apart[0])
        before = replace(before, later=apart[1].text)
    is_new_decision = is_another(before, told, text, engine)
    if is_new_decision and before.asked is not None:
        return Placed(text, whole, replace(before, later=text), reading, {}, waits=True)
    if is_new_decision:
        before = another_matter(before)
        reading = read_facts(text, today=today, lang=lang, known=before.facts)
        told = dict(reading.facts)
    return Placed(text, whole, before, reading, told, laid_aside, is_new_decision, apart)


def lays_aside(text: str, before: Matter) -> bool:
    """Whether somebody leaves what they told for another matter, and names that."""
    rest = after(text, Sign.dropped)
    named = {"subject", "subject_text", "concerns"} & set(before.facts)
    return bool(named) and rest is not None and len(rest.split()) >= LEAST_WORDS - 1


def _decision(one: Decision) -> dict[str, Any]:
    told: dict[str, Any] = {"is_decision": True}
    if one.area is not None:
        told["subject"] = one.area
    if one.day is not None:
        told["decision_received"] = one.day.isoformat()
    return told
