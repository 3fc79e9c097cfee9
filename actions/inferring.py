"""Says what follows from what was told; all of it is shown to the citizen, who can correct it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from actions.guidance_engine import Engine
from actions.matter import Matter
from actions.signs import NOT_OURS, Sign, after, is_question, persons_in, shows
from knowledge.articles import Lang
from knowledge.reading import read_facts

# A message of at most so many words may be a mere day, or a mere wish to complain.
SHORT = 6
# Words of an answer that names one thing.
A_WORD = 2
# Where børne- og ungeudvalget decides: its decisions are appealed like others, and bar nothing.
COMMITTEE_DECIDES = frozenset({"sof_anbringelse"})
# Facts whose answer tells as much where nobody asked for it: who says it is their own matter is affected by it.
SAY_IT_UNASKED = frozenset({"complainant"})
# What a message is taken for, where that says what the matter is about.
KINDS: Mapping[str, str] = {
    "behaviour": "conduct", "discrimination": "discrimination", "delay_no_answer": "process",
}  # fmt: skip
# What a body that tries a decision does not try with it.
NOT_TRIED = frozenset({"conduct", "process", "discrimination"})


def wants_complaint(text: str, intent: str, before: Matter) -> bool:
    """Whether a few words say that somebody wants to complain."""
    if "wants" in before.facts or is_question(text):
        return False
    if shows(text, Sign.drafting):
        return True
    short = len(text.split()) <= SHORT and intent in ("complain", "affirm", "where_to_complain")
    return short and shows(text, Sign.complaining) or shows(text, Sign.willing)


def also_told(told: Mapping[str, Any], before: Matter, engine: Engine) -> dict[str, Any]:
    """With what the words of the chosen answer tell beside it; what is known already stands."""
    also: dict[str, Any] = {}
    for fact in {before.asked, *SAY_IT_UNASKED} & set(told):
        also |= engine.also(str(fact), told[str(fact)])
    return {name: value for name, value in also.items() if name not in before.facts} | dict(told)


def decided_by_its_committee(before: Matter, told: Mapping[str, Any]) -> dict[str, Any]:
    """What was told, where the committee that is spoken of makes the decisions of the area: it is no politics then."""
    subject = told.get("subject", before.facts.get("subject"))
    if subject not in COMMITTEE_DECIDES or told.get("decided_by") != "committee":
        return dict(told)
    kept = {
        name: value
        for name, value in told.items()
        if name not in ("decided_by", "politically_decided")
    }
    concerns = list(
        dict.fromkeys(["decision", *(kept.get("concerns") or before.facts.get("concerns") or ())])
    )
    return kept | {"is_decision": True, "concerns": concerns}


def there_is_a_decision(before: Matter, told: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    """The day on which a decision came says that there is one; where nobody above decides, it may be a mere letter."""
    known = {**before.facts, **told}
    if "decision_received" not in told or "is_decision" in known:
        return {}
    return {"is_decision": True} if engine.may_appeal(known.get("subject")) else {}


def beside_what_is_pending(
    text: str, told: Mapping[str, Any], lang: Lang, today: dt.date
) -> dict[str, Any]:
    """What was told: what another body tries does not bar the tone or the wait that is complained of beside it."""
    if "pending_elsewhere" not in told or told.get("is_decision"):
        return dict(told)
    rest = after(text, Sign.beside)
    beside = (
        set(read_facts(rest, today=today, lang=lang).facts.get("concerns") or ()) if rest else set()
    )
    if not beside or not set(told.get("concerns") or ()) <= beside & NOT_TRIED:
        return dict(told)
    return {name: value for name, value in told.items() if name != "pending_elsewhere"}


def decision_told(text: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What follows where a decision was told of: that it is what is complained of, and whom it concerns."""
    found: dict[str, Any] = {}
    concerns = list(told.get("concerns") or ())
    if "decision_received" in told and shows(text, Sign.refused):
        found["concerns"] = list(dict.fromkeys(["decision", *concerns]))
    if "decision_received" in told and told.get("complainant") == "company":
        # The firm that got the decision is affected by it.
        found.setdefault("directly_affected", True)
    is_there = told.get("is_decision") or "decision_received" in told
    if is_there and concerns == ["practical"] and shows(text, Sign.disagreeing):
        # A demand one disagrees with is no task that was done badly.
        found["concerns"] = ["decision"]
    return found


def decision_told_before(before: Matter, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is complained of, where a refusal was told of before and its day is told now."""
    if "decision_received" not in told or "concerns" in {**before.facts, **told}:
        return {}
    refused = any(shows(words, Sign.refused) for words in before.words)
    return {"concerns": ["decision"]} if refused else {}


def treatment_told(
    text: str, before: Matter, told: Mapping[str, Any], engine: Engine
) -> dict[str, Any]:
    """What follows where treatment went wrong: that there is somebody who tries it, and no decision is needed for that.

    Rudeness or delay that is told beside it stays a part of its own.
    """
    known = {**before.facts, **told}
    said = next((one for one in (text, *before.words) if shows(one, Sign.treated_wrongly)), None)
    if said is None or "is_decision" in known:
        return {}
    if "subject" not in known and NOT_OURS in persons_in(said):
        return {}
    if "subject" not in known:
        # Whoever treats somebody wrongly is meant as one who treats.
        near = [area for area in engine.match(said).candidates if engine.is_treatment(area)]
        if len(near) != 1:
            return {}
        named = {"subject": near[0]}
        return named | treatment_told(said, before, {**told, **named}, engine)
    if not engine.is_treatment(known["subject"]):
        return {}
    beside = [one for one in known.get("concerns") or () if one not in ("decision", "practical")]
    if shows(said, Sign.left_out):
        # Medicine that was forgotten: how it is carried out is the municipality's own matter as well.
        beside = ["practical", *beside]
    return {"concerns": ["decision", *beside], "has_statutory_appeal": True}


def refused_in_a_word(text: str, before: Matter) -> dict[str, Any]:
    """That there is a decision to complain of, where 'afslag' is all that is said."""
    alone = len(text.split()) <= A_WORD and shows(text, Sign.refused)
    if not alone or before.asked not in (None, "subject", "concerns") or "concerns" in before.facts:
        return {}
    return {"concerns": ["decision"], "is_decision": True}


def kind_meant(
    intent: str, known: Mapping[str, Any], told: Mapping[str, Any], engine: Engine
) -> dict[str, Any]:
    """What the matter is about, where its subject is a kind of complaint or the message was surely taken for one."""
    if "concerns" in known or "concerns" in told:
        return {}
    kind = engine.kind_of(told.get("subject", known.get("subject"))) or KINDS.get(intent)
    return {"concerns": [kind]} if kind is not None else {}
