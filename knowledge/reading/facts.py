"""Reads the facts that a message states of the writer's own matter.

Precision comes first: what is hearsay, asked, supposed or somebody else's is no fact, and what is in doubt is given
as `unsure`, to be asked about. The patterns are data (patterns/, signs.yaml, short_answers.yaml, times.yaml).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from knowledge.articles import Lang
from knowledge.reading.answers import read_answer
from knowledge.reading.clauses import clauses, folded, signs
from knowledge.reading.dates_found import Found, find_times
from knowledge.reading.facts_clauses import read_clause
from knowledge.reading.facts_together import (
    former_sentences,
    read_day_before,
    read_times_left,
    read_together,
    read_way_before,
)
from knowledge.reading.gathered import Gathered
from knowledge.reading.spelling import mended
from knowledge.rules.facts import DATES, PAST_DATES

# Years: what is older nobody has lived through, and was not meant.
LONGEST_AGO = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says: facts as the contract names them, and how they were found."""

    facts: dict[str, Any] = field(default_factory=dict)
    # The words that each fact was read from, as folded text.
    spans: dict[str, str] = field(default_factory=dict)
    # Facts that were known and are taken back or changed.
    corrected: frozenset[str] = frozenset()
    # What the message may mean; to be confirmed before it is used.
    unsure: dict[str, Any] = field(default_factory=dict)
    answer: Literal["dont_know", "skip"] | None = None
    # Several kinds of complaint in one message.
    concerns_mixed: bool = False


def read_facts(
    text: str, *, today: dt.date, lang: Lang, asked: str | None = None,
    known: Mapping[str, Any] | None = None,
) -> Reading:  # fmt: skip
    """The facts that `text` states, as seen from `today`; `asked` is the question it answers, if any."""
    del lang  # the patterns of both languages are read: people mix them
    known = known or {}
    plain = _as_meant(mended(folded(text)), today)
    gathered = Gathered()
    said = clauses(plain)
    times = [time for time in find_times(plain, today) if not _is_denied(plain, time)]
    former = former_sentences(plain, said, times, today)
    for at, clause in enumerate(said):
        gathered.former = clause.sentence in former
        gathered.corrects = signs()["takes_back"].match(clause.text) is not None
        read_clause(plain, clause, said[:at], times, gathered, known, today)
    gathered.corrects = False
    told_of = gathered.spans.get("complained_to_forvaltning")
    same = {clause.sentence for clause in said if clause.text.strip() == told_of}
    for at, clause in enumerate(said):
        if clause.sentence not in same:
            continue
        # 'She never came back to me on the complaint I sent': what it needs is told after it.
        gathered.former = clause.sentence in former
        read_clause(plain, clause, said[:at], times, gathered, known, today, again=True)
    gathered.former = False
    read_way_before(said, gathered)
    read_day_before(said, times, gathered, today)
    read_together(said, gathered, known, today)
    if asked is None or asked not in DATES:
        read_times_left(
            [c for c in said if c.sentence not in former], times, gathered, known, today
        )
    answer = read_answer(plain, asked, known, times, today, gathered.facts)
    for fact, value in answer.facts.items():
        gathered.facts[fact] = value
        gathered.spans[fact] = plain
    for fact in answer.withdrawn:
        if fact not in answer.facts:
            gathered.facts.pop(fact, None)
    _leave_out_the_impossible(gathered.facts, today)
    corrected = {
        fact for fact, value in gathered.facts.items() if fact in known and known[fact] != value
    }
    if gathered.concerns:
        gathered.facts["concerns"] = list(gathered.concerns)
    return Reading(
        facts=gathered.facts, spans=gathered.spans,
        corrected=frozenset(corrected | answer.corrected), unsure=gathered.unsure,
        answer=answer.kind, concerns_mixed=len(gathered.concerns) > 1,
    )  # fmt: skip


def names_time(text: str, today: dt.date) -> bool:
    """Whether a message names any day, time or period; without one, no day can be read from it."""
    return bool(find_times(mended(folded(text)), today))


def _is_denied(plain: str, time: Found) -> bool:
    """'On the 9th, not the 6th', 'she died in April': such a time states nothing of the matter."""
    before = plain[: time.start]
    return any(signs()[sign].search(before) is not None for sign in ("denied", "life"))


def _as_meant(plain: str, today: dt.date) -> str:
    """'In March. No, it was in April': the text with the second time alone, where the first one stands."""
    kept, end = "", 0
    for before, time in pairwise(find_times(plain, today)):
        if signs()["said_again"].fullmatch(plain, before.end, time.start):
            kept += plain[end : before.start]
            end = time.start
    return kept + plain[end:]


def _leave_out_the_impossible(facts: dict[str, Any], today: dt.date) -> None:
    for fact in PAST_DATES:
        longest = today.replace(year=today.year - LONGEST_AGO, day=1).isoformat()
        if fact in facts and not longest <= facts[fact] <= today.isoformat():
            del facts[fact]
