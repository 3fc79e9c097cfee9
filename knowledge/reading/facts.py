"""Reads the facts that a message states of the writer's own matter.

Precision comes first: what is hearsay, asked, supposed or somebody else's is no fact, and what is in doubt is given
as `unsure`, to be asked about. The patterns are data (patterns/, signs.yaml, short_answers.yaml, times.yaml).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from knowledge.articles import Lang
from knowledge.reading.answers import is_time_alone, promised, read_answer
from knowledge.reading.clauses import FEW_WORDS, Clause, clauses, folded, signs
from knowledge.reading.dates_found import Found, find_times
from knowledge.reading.patterns import Pattern, load_patterns
from knowledge.reading.spelling import mended
from knowledge.rules.facts import DATES, PAST_DATES

# Which end of a period is safe for the citizen: their own limits are counted from the first day, the
# authority's from the last.
# Kinds of complaint that are about something that happened on a day.
HAPPENS = frozenset({"conduct", "discrimination", "practical"})
FIRST_DAY = ("decision_received", "event_date")
# What a matter that ended long ago says nothing of, now that another is told of.
OF_A_MATTER = frozenset({
    "complainant",
    "complained_to_forvaltning", "complained_how", "forvaltning_replied", "is_decision", "delivery",
    "appeal_guidance_missing", "pending_elsewhere", "ongoing", *PAST_DATES, "promised_by",
})  # fmt: skip
# Two of these that contradict each other leave it open which is meant.
SINGLE = frozenset({
    "complained_to_forvaltning", "delivery", "is_decision", "has_mandate", "politically_decided",
})  # fmt: skip
LONGEST_DUE = dt.timedelta(days=62)
LONG_AGO = dt.timedelta(days=550)


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


@dataclass(slots=True)
class _Gathered:
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
    # The sentences that tell of something that happened.
    happened: set[int] = field(default_factory=set)
    # What was said one way and then the other.
    contradicted: set[str] = field(default_factory=set)

    def take(self, fact: str, value: Any, said: str) -> None:
        """Keeps a fact; two that contradict each other make it unsure."""
        if self.former and fact in OF_A_MATTER:
            return
        if fact in self.facts and self.facts[fact] != value and not fact.endswith("_how"):
            self.unsure[fact] = value
            if fact in SINGLE and self.spans.get(fact) != said.strip():
                self.contradicted.add(fact)
            return
        self.facts.setdefault(fact, value)
        self.spans.setdefault(fact, said.strip())

    def concern(self, concern: str) -> None:
        """Keeps a kind of complaint once."""
        if concern not in self.concerns:
            self.concerns.append(concern)


def read_facts(
    text: str, *, today: dt.date, lang: Lang, asked: str | None = None,
    known: Mapping[str, Any] | None = None,
) -> Reading:  # fmt: skip
    """The facts that `text` states, as seen from `today`; `asked` is the question it answers, if any."""
    del lang  # the patterns of both languages are read: people mix them
    known = known or {}
    plain = mended(folded(text))
    gathered = _Gathered()
    said = clauses(plain)
    times = [time for time in find_times(plain, today) if not _is_denied(plain, time)]
    former = _former(plain, said, times, today)
    for at, clause in enumerate(said):
        gathered.former = clause.sentence in former
        _read_clause(plain, clause, said[:at], times, gathered, known, today)
    told_of = gathered.spans.get("complained_to_forvaltning")
    same = {clause.sentence for clause in said if clause.text.strip() == told_of}
    for at, clause in enumerate(said):
        if clause.sentence not in same:
            continue
        # 'She never came back to me on the complaint I sent': what it needs is told after it.
        gathered.former = clause.sentence in former
        _read_clause(plain, clause, said[:at], times, gathered, known, today, again=True)
    _read_way_before(said, gathered)
    _read_day_before(said, times, gathered, today)
    _read_together(said, gathered, known, today)
    if asked is None or asked not in DATES:
        _read_times_left(
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


def _former(plain: str, said: list[Clause], times: list[Found], today: dt.date) -> set[int]:
    """The sentences that tell of a matter of before, if any."""
    sign = signs()
    former = {clause.sentence for clause in said if sign["former"].search(clause.text)}
    closed = [clause.sentence for clause in said if sign["closed"].search(clause.text)]
    former |= {clause.sentence for clause in said if closed and clause.sentence <= closed[-1]}
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


def _is_denied(plain: str, time: Found) -> bool:
    """'On the 9th, not the 6th', 'she died in April': such a time states nothing of the matter."""
    before = plain[: time.start]
    return any(signs()[sign].search(before) is not None for sign in ("denied", "life"))


def _read_clause(
    message: str, clause: Clause, before: list[Clause], times: list[Found], gathered: _Gathered,
    known: Mapping[str, Any], today: dt.date, again: bool = False,
) -> None:  # fmt: skip
    inside = [t for t in times if clause.start <= t.start < clause.start + len(clause.text)]
    if (
        not again
        and gathered.undated
        and len(inside) == 1
        and (is_time_alone(clause.text, clause.start, inside[0]) or _is_rest_of_name(clause))
    ):
        # 'I have complained, it was late in August'.
        gathered.claimed.add(inside[0].start)
        day = _day_of(gathered.undated, inside[0], today)
        gathered.take(gathered.undated, day.isoformat(), clause.text)
        return
    for pattern in load_patterns():
        if not _is_read_here(pattern, clause):
            continue
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


def _read_way_before(said: list[Clause], gathered: _Gathered) -> None:
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


def _read_day_before(
    said: list[Clause], times: list[Found], gathered: _Gathered, today: dt.date
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


def _is_read_here(pattern: Pattern, clause: Clause) -> bool:
    kinds = {
        "question": clause.question, "conditional": clause.conditional, "hearsay": clause.hearsay,
        "other_person": clause.other_person,
    }  # fmt: skip
    return not any(is_so and kind not in pattern.also_in for kind, is_so in kinds.items())


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


def _take_concern(pattern: Pattern, clause: Clause, gathered: _Gathered) -> None:
    if pattern.needs_who and gathered.facts.get("complainant") not in pattern.needs_who:
        return
    if pattern.concern:
        gathered.concern(pattern.concern)
    if pattern.concern in HAPPENS:
        gathered.happened.add(clause.sentence)
    if pattern.feedback:
        gathered.take("wants", "feedback", "")


def _take_fact(
    pattern: Pattern, clause: Clause, inside: list[Found], gathered: _Gathered,
    known: Mapping[str, Any], today: dt.date,
) -> None:  # fmt: skip
    fact = pattern.fact
    if fact is None:
        return
    if pattern.needs and not (gathered.facts.get(pattern.needs) or known.get(pattern.needs)):
        return
    if pattern.date == "decision_received":
        inside = [t for t in inside if not _is_the_letters(clause, t)]
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
        day = _day_of(pattern.date, time, today)
        if pattern.future and signs()["overdue"].search(clause.text):
            day = min(time.last, today)
        gathered.take(pattern.date, day.isoformat(), clause.text)
        if pattern.future and day > today:
            # A promise that is still to be kept is no complaint.
            return
    if pattern.concern and pattern.date_only:
        gathered.concern(pattern.concern)


def _is_the_letters(clause: Clause, time: Found) -> bool:
    """'The refusal is dated 3 November': the day that it bears, not the day that it came."""
    return signs()["dated"].search(clause.text[: time.start - clause.start]) is not None


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


def _day_of(fact: str, time: Found, today: dt.date) -> dt.date:
    if fact == "promised_by":
        return promised(time, today)
    return time.first if fact in FIRST_DAY else min(time.last, today)


def _read_together(
    said: list[Clause], gathered: _Gathered, known: Mapping[str, Any], today: dt.date
) -> None:
    """What follows from several things that were said together."""
    facts = gathered.facts
    for fact in gathered.contradicted:
        said_first = facts.pop(fact, None)
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
    if (facts.get("is_decision") and decided) or any(
        clause.states and signs()["got_it"].search(clause.text) for clause in said
    ):
        # They applied, and got it or were refused: nobody waits any more.
        facts.pop("waiting_since", None)
    content = any(signs()["content"].search(clause.text) for clause in said)
    if content:
        gathered.concerns = [one for one in gathered.concerns if one != "decision"]
    if facts.get("is_decision") and not gathered.concerns and not content:
        gathered.concern("decision")
    if "praise" in gathered.concerns and len(gathered.concerns) > 1:
        gathered.concerns.remove("praise")
        facts.pop("wants", None)


def _read_times_left(
    said: list[Clause], times: list[Found], gathered: _Gathered, known: Mapping[str, Any],
    today: dt.date,
) -> None:  # fmt: skip
    """The one time that no word of its own claimed: when the decision came, or when it happened.

    Only where a decision, or something that happened, is told of, and only one time can be meant.
    """
    sign = signs()
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
            and (fact != "decision_received" or sign["arrival"].search(clause.text))
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
            gathered.take(fact, _day_of(fact, time, today).isoformat(), clause.text)
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


def _undated_facts(gathered: _Gathered, known: Mapping[str, Any]) -> list[str]:
    """The dates that are still to be told of what the message tells, the surer first."""
    facts = {**known, **gathered.facts}
    undated = []
    if facts.get("is_decision") and "decision_received" not in facts:
        undated.append("decision_received")
    if set(gathered.concerns) & HAPPENS and "event_date" not in facts:
        undated.append("event_date")
    return undated


def _leave_out_the_impossible(facts: dict[str, Any], today: dt.date) -> None:
    for fact in PAST_DATES:
        if fact in facts and facts[fact] > today.isoformat():
            del facts[fact]
