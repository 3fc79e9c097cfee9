"""Reads what one clause of a message states, by the patterns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from knowledge.reading.answers import is_time_alone
from knowledge.reading.clauses import FEW_WORDS, Clause, signs
from knowledge.reading.dates_found import Found
from knowledge.reading.gathered import HAPPENS, Gathered, day_of
from knowledge.reading.patterns import Pattern, load_patterns
from knowledge.rules.facts import PAST_DATES

# The longest period at whose end something can have been promised.
LONGEST_DUE = dt.timedelta(days=62)


def read_clause(
    message: str, clause: Clause, before: list[Clause], times: list[Found], gathered: Gathered,
    known: Mapping[str, Any], today: dt.date, again: bool = False,
) -> None:  # fmt: skip
    """Keep what the clause states; `again`: only what could not be kept before the rest was read."""
    inside = [t for t in times if clause.start <= t.start < clause.start + len(clause.text)]
    if (
        not again
        and gathered.undated
        and len(inside) == 1
        and (is_time_alone(clause.text, clause.start, inside[0]) or _is_rest_of_name(clause))
    ):
        # 'I have complained, it was late in August'.
        gathered.claimed.add(inside[0].start)
        day = day_of(gathered.undated, inside[0], today)
        gathered.take(gathered.undated, day.isoformat(), clause.text)
        return
    for pattern in patterns_in(kinds_of(clause)):
        if again and (pattern.fact != "forvaltning_replied" or pattern.fact in gathered.facts):
            continue
        if pattern.sibling and not any(pattern.sibling.search(other.text) for other in before):
            continue
        found = pattern.found_in(clause.text)
        if found is None or _is_only_wished(pattern, clause, found.end()):
            continue
        if pattern.by_writer and _is_anothers(clause.text, found, before):
            continue
        if pattern.message_unless is not None and pattern.message_unless.search(message):
            continue
        if pattern.fact is None:
            _take_concern(pattern, clause, gathered)
            continue
        _take_fact(pattern, clause, inside, gathered, known, today)


def _is_rest_of_name(clause: Clause) -> bool:
    """'To the centre for insurance / and social benefits on 5 May': a name with 'and' in it was cut in two."""
    few = len(clause.text.split()) <= 2 * FEW_WORDS
    is_told = clause.own or signs()["says"].search(clause.text) is not None
    return few and not is_told and signs()["rest"].search(clause.text) is not None


def kinds_of(clause: Clause) -> frozenset[str]:
    """What keeps a clause from stating something about the writer's own matter."""
    kinds = {
        "question": clause.question, "conditional": clause.conditional, "hearsay": clause.hearsay,
        "other_person": clause.other_person,
    }  # fmt: skip
    return frozenset(kind for kind, is_so in kinds.items() if is_so)


@cache
def patterns_in(kinds: frozenset[str]) -> tuple[Pattern, ...]:
    """The patterns that count in this kind of saying, in their order."""
    return tuple(pattern for pattern in load_patterns() if kinds <= pattern.also_in)


def _is_only_wished(pattern: Pattern, clause: Clause, end: int) -> bool:
    """Whether the clause wishes for it; what stands before the wish has happened.

    'I want to complain' has not happened; 'I want to be anonymous' is a wish that is a fact.
    """
    past = pattern.date in PAST_DATES or pattern.fact == "forvaltning_replied"
    if not (clause.wish and past) or "wish" in pattern.also_in:
        return False
    wish = signs()["wish"].search(clause.text)
    return wish is None or end > wish.start()


def _is_anothers(text: str, found: re.Match[str], earlier: list[Clause]) -> bool:
    """'The man upstairs has complained': whether somebody else did what was found."""
    sign = signs()
    behind, before = text[found.end() :], text[: found.start()]
    if sign["writer_behind"].search(behind):
        return False
    if not (sign["another_behind"].search(behind) or sign["another_before"].search(before)):
        return False
    # 'My husband had to take leave. Yesterday he complained': he is one of the writer's.
    is_he = sign["he_behind"].search(behind) or sign["he_before"].search(before)
    return not (is_he and any(sign["kin"].search(clause.text) for clause in earlier))


def _take_concern(pattern: Pattern, clause: Clause, gathered: Gathered) -> None:
    if pattern.needs_who and gathered.facts.get("complainant") not in pattern.needs_who:
        return
    if pattern.concern:
        gathered.concern(pattern.concern)
    if pattern.concern in HAPPENS:
        gathered.happened.add(clause.sentence)
    if pattern.feedback:
        gathered.take("wants", "feedback", "")


def _take_fact(
    pattern: Pattern, clause: Clause, inside: list[Found], gathered: Gathered,
    known: Mapping[str, Any], today: dt.date,
) -> None:  # fmt: skip
    fact = pattern.fact
    if fact is None:
        return
    if pattern.needs and not (gathered.facts.get(pattern.needs) or known.get(pattern.needs)):
        return
    if pattern.date == "decision_received":
        inside = [
            t for t in inside if not _is_the_letters(clause, t) and not is_of_own_act(clause, t)
        ]
    if pattern.date == "complained_on":
        inside = [t for t in inside if not _is_of_decision(clause, t)]
    time = _time_for(pattern, inside, today)
    if pattern.future and time is not None and not _can_be_due(clause.text, time, today):
        time = None
    if pattern.date_only and time is None:
        return
    if not pattern.date_only:
        gathered.take(fact, pattern.value, clause.text)
    if pattern.date is not None and time is None and not inside:
        gathered.undated = pattern.date
    if pattern.date is not None and time is not None:
        gathered.undated = None
        gathered.claimed.add(time.start)
        day = day_of(pattern.date, time, today)
        if pattern.future and signs()["overdue"].search(clause.text):
            day = min(time.last, today)
        gathered.take(pattern.date, day.isoformat(), clause.text)
        if pattern.future and day > today:
            # A promise that is still to be kept is no complaint.
            return
    if pattern.concern and pattern.date_only:
        gathered.concern(pattern.concern, by_wait=fact == "waiting_since")


def _is_the_letters(clause: Clause, time: Found) -> bool:
    """'The refusal is dated 3 November': the day that it bears, not the day that it came."""
    return signs()["dated"].search(clause.text[: time.start - clause.start]) is not None


def is_of_own_act(clause: Clause, time: Found) -> bool:
    """'I rang on 12 November about the refusal': the day of what the writer did about it, not the day that it came."""
    act = _act_before(clause, time)
    if act is None:
        behind = clause.text[time.end - clause.start :]
        about = signs()["about_decision"].search(clause.text)
        return about is not None and signs()["own_act_behind"].search(behind) is not None
    return signs()["came"].search(act) is None


def _is_of_decision(clause: Clause, time: Found) -> bool:
    """'I complained about the refusal that I got on 20 October': the day of the refusal, not of the complaint."""
    act = _act_before(clause, time)
    return act is not None and signs()["came"].search(act) is not None


def _act_before(clause: Clause, time: Found) -> str | None:
    """What stands between what the writer did about a decision and the time, if they did anything before it."""
    if signs()["about_decision"].search(clause.text) is None:
        return None
    before = clause.text[: time.start - clause.start]
    acts = list(signs()["own_act"].finditer(before))
    return before[acts[-1].end() :] if acts else None


def _can_be_due(text: str, time: Found, today: dt.date) -> bool:
    """Whether something can have been promised for this time; a day that has gone needs a word that says so."""
    if time.last - time.first > LONGEST_DUE:
        return False
    return time.last >= today or signs()["due"].search(text) is not None


def _time_for(pattern: Pattern, inside: list[Found], today: dt.date) -> Found | None:
    """The time of the clause that this fact can have: one that has been, or lies ahead, as the fact is."""
    if pattern.date is None:
        return None
    lasting = pattern.date == "waiting_since"
    fitting = [
        time
        for time in inside
        if (pattern.future or time.first <= today)
        and (lasting or time.kind != "length")
        and (pattern.future or time.kind != "within")
    ]
    if len(fitting) > 1:
        # 'I complained on 2 November and had an answer the week after'.
        fitting = [time for time in fitting if time.kind != "after"]
    if pattern.future and len(fitting) > 1:
        # 'I complained on Monday, she promised an answer on Friday'.
        ahead = [time for time in fitting if time.last >= today]
        fitting = ahead or fitting
    # Two times in one clause: nobody can tell which is meant.
    return fitting[0] if len(fitting) == 1 else None
