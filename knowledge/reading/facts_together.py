"""Reads what follows from several clauses of a message together, and what none of them says alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from knowledge.reading.answers import is_time_alone
from knowledge.reading.clauses import FEW_WORDS, Clause, signs
from knowledge.reading.dates_found import Found
from knowledge.reading.facts_clauses import is_of_own_act
from knowledge.reading.gathered import HAPPENS, LONG_AGO, Gathered, day_of
from knowledge.reading.patterns import load_patterns


def former_sentences(
    plain: str, said: list[Clause], times: list[Found], today: dt.date
) -> set[int]:
    """The sentences that tell of a matter of before, if any."""
    sign = signs()
    former = {clause.sentence for clause in said if sign["former"].search(clause.text)}
    closed = [clause.sentence for clause in said if sign["closed"].search(clause.text)]
    former |= {clause.sentence for clause in said if closed and clause.sentence <= closed[-1]}
    firsts = {clause.sentence: clause for clause in reversed(said)}
    of_kin = {number for number, first in firsts.items() if sign["kins_time"].search(first.text)}
    mine = [number for number, first in firsts.items() if sign["mine_now"].search(first.text)]
    former |= {number for number in of_kin if mine and number < max(mine)}
    if sign["another_now"].search(plain):
        former |= {clause.sentence for clause in said if sign["settled"].search(clause.text)}
    if sign["ended"].search(plain):
        long_ago = [t for t in times if t.kind == "ago" and t.last < today - LONG_AGO]
        former |= {
            clause.sentence
            for clause in said
            for time in long_ago
            if clause.start <= time.start < clause.start + len(clause.text)
            and not sign["lasting"].search(clause.text)
        }
        former |= {clause.sentence for clause in said if sign["back_then"].search(clause.text)}
    return former


def read_way_before(said: list[Clause], gathered: Gathered) -> None:
    """'I called the manager and complained': how it was done stands in the clause before."""
    complained = gathered.spans.get("complained_to_forvaltning")
    if not gathered.facts.get("complained_to_forvaltning") or "complained_how" in gathered.facts:
        return
    for before, clause in pairwise(said):
        if clause.text.strip() != complained or not (before.states and before.own):
            continue
        if before.sentence != clause.sentence:
            continue
        for pattern in load_patterns():
            if pattern.fact == "complained_how" and pattern.found_in(before.text):
                gathered.take("complained_how", pattern.value, before.text)


def read_day_before(
    said: list[Clause], times: list[Found], gathered: Gathered, today: dt.date
) -> None:
    """'I wrote to the manager the same evening and complained': the day stands in the clause before."""
    complained = gathered.spans.get("complained_to_forvaltning")
    if not gathered.facts.get("complained_to_forvaltning") or "complained_on" in gathered.facts:
        return
    for before, clause in pairwise(said):
        goes_on = signs()["goes_on"].match(clause.text) or len(clause.text.split()) <= FEW_WORDS
        if clause.text.strip() != complained or not goes_on:
            continue
        inside = [t for t in times if before.start <= t.start < before.start + len(before.text)]
        free = [t for t in inside if t.start not in gathered.claimed and t.kind != "length"]
        if before.states and before.own and len(free) == 1 and free[0].first <= today:
            gathered.claimed.add(free[0].start)
            gathered.take("complained_on", min(free[0].last, today).isoformat(), before.text)


def read_together(
    said: list[Clause], gathered: Gathered, known: Mapping[str, Any], today: dt.date
) -> None:
    """What follows from several things that were said together."""
    facts = gathered.facts
    for fact in gathered.contradicted:
        said_first = facts.pop(fact, None)
        if fact == "complained_to_forvaltning" and not said_first and "complained_on" in facts:
            # 'I did not complain then, but I did on 1 November': a day is surer.
            facts[fact] = gathered.unsure.pop(fact)
        if fact == "complained_to_forvaltning" and said_first:
            # 'I complained in 2020, and I have not complained yet': that was another time.
            before = facts.pop("complained_on", None)
            if before is not None and before < (today - LONG_AGO).isoformat():
                facts[fact] = gathered.unsure.pop(fact)
            for belongs in ("complained_how", "forvaltning_replied"):
                facts.pop(belongs, None)
    if facts.get("complained_to_forvaltning") is False:
        for fact in ("complained_on", "complained_how", "forvaltning_replied"):
            facts.pop(fact, None)
    if facts.get("is_decision") is False:
        facts.pop("decision_received", None)
        facts.pop("delivery", None)
    decided = facts.get("waiting_since", "9") < facts.get("decision_received", "")
    applied = signs()["applied"].search(gathered.spans.get("waiting_since", "")) is not None
    if (facts.get("is_decision") and decided and applied) or any(
        clause.states and signs()["got_it"].search(clause.text) for clause in said
    ):
        # They applied, and got it or were refused: nobody waits any more.
        facts.pop("waiting_since", None)
        gathered.concerns = [one for one in gathered.concerns if one not in gathered.waited_only]
    content = any(signs()["content"].search(clause.text) for clause in said)
    if content:
        gathered.concerns = [one for one in gathered.concerns if one != "decision"]
    if facts.get("is_decision") and not gathered.concerns and not content:
        gathered.concern("decision")
    if "praise" in gathered.concerns and len(gathered.concerns) > 1:
        gathered.concerns.remove("praise")
        facts.pop("wants", None)


def _may_have_come(clause: Clause, time: Found) -> bool:
    """Whether a decision can have come at the time of this clause."""
    return signs()["arrival"].search(clause.text) is not None and not is_of_own_act(clause, time)


def read_times_left(
    said: list[Clause], times: list[Found], gathered: Gathered, known: Mapping[str, Any],
    today: dt.date,
) -> None:  # fmt: skip
    """The one time that no word of its own claimed: when the decision came, or when it happened.

    Only where a decision, or something that happened, is told of, and only one time can be meant.
    """
    for fact in _undated_facts(gathered, known):
        fitting = [
            (clause, time)
            for clause in said
            if clause.states and _tells(clause)
            for time in times
            if clause.start <= time.start < clause.start + len(clause.text)
            and time.start not in gathered.claimed
            and time.kind == "ago"
            and today - LONG_AGO < time.last
            and time.first <= today
            and (fact != "decision_received" or _may_have_come(clause, time))
        ]
        # 'It was yesterday', said on its own, goes before whatever else was when.
        alone = [
            (c, t) for c, t in fitting if is_time_alone(c.text, c.start, t) and _is_whole(c, said)
        ]
        fitting = alone if len(alone) == 1 else fitting
        if fact == "event_date" and len(fitting) > 1:
            fitting = [(c, t) for c, t in fitting if c.sentence in gathered.happened]
        if len(fitting) == 1:
            clause, time = fitting[0]
            gathered.take(fact, day_of(fact, time, today).isoformat(), clause.text)
            return


def _is_whole(clause: Clause, said: list[Clause]) -> bool:
    """Whether a clause is a sentence of its own."""
    return sum(other.sentence == clause.sentence for other in said) == 1


def _tells(clause: Clause) -> bool:
    """Whether a time in this clause can be when something happened: of a wish, only what it complains of."""
    sign = signs()
    complains_of = sign["complains_of"].search(clause.text)
    told = clause.text[complains_of.end() :] if complains_of else clause.text
    return (not clause.wish or complains_of is not None) and not sign["other_time"].search(told)


def _undated_facts(gathered: Gathered, known: Mapping[str, Any]) -> list[str]:
    """The dates that are still to be told of what the message tells, the surer first."""
    facts = {**known, **gathered.facts}
    undated = []
    if facts.get("is_decision") and "decision_received" not in facts:
        undated.append("decision_received")
    if set(gathered.concerns) & HAPPENS and "event_date" not in facts:
        undated.append("event_date")
    return undated
