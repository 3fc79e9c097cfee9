"""Says what follows from what was told; all of it is shown to the citizen, who can correct it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from actions.guidance_engine import Engine
from actions.matter import Matter
from actions.signs import NOT_OURS, Sign, after, day_alone, is_question, persons_in, shows
from knowledge.articles import Lang
from knowledge.reading import names_time, read_facts
from knowledge.reading.answers import is_time_alone
from knowledge.reading.clauses import folded
from knowledge.reading.dates_found import find_times
from knowledge.rules.facts import DATES, PAST_DATES

# A message of at most so many words may be a mere day, or a mere wish to complain.
SHORT = 6
# Words of an answer that names one thing.
A_WORD = 2
# Where børne- og ungeudvalget decides: its decisions are appealed like others, and bar nothing.
COMMITTEE_DECIDES = frozenset({"sof_anbringelse"})
# Which day matters for a kind of complaint, and so is meant by a day that stands alone.
DAYS: Mapping[str, str] = {
    "decision": "decision_received", "conduct": "event_date", "discrimination": "event_date",
    "practical": "event_date", "process": "waiting_since",
}  # fmt: skip
# Facts whose answer tells as much where nobody asked for it: who says it is their own matter is affected by it.
SAY_IT_UNASKED = frozenset({"complainant"})
# What a message is taken for, where that says what the matter is about.
KINDS: Mapping[str, str] = {
    "behaviour": "conduct", "discrimination": "discrimination", "delay_no_answer": "process",
}  # fmt: skip
# What a body that tries a decision does not try with it.
NOT_TRIED = frozenset({"conduct", "process", "discrimination"})
# What stays where a matter is laid aside for another.
KEPT_FOR_ANOTHER = ("acute", "municipality", "wants")
# What stays of a complaint that became praise.
KEPT_FOR_PRAISE = ("acute", "municipality", "complainant", "subject", "subject_text")


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


def is_day(text: str, lang: Lang, today: dt.date) -> bool:
    """Whether a short text names a day or a time and nothing else."""
    return bool(_read_day(text, "event_date", {}, lang, today))


def is_day_alone(text: str, today: dt.date) -> bool:
    """Whether a text is one time, whatever it belongs to, and says nothing else."""
    plain = folded(text)
    times = find_times(plain, today)
    return len(times) == 1 and times[0].first <= today and is_time_alone(plain, 0, times[0])


def day_meant(text: str, known: Mapping[str, Any], lang: Lang, today: dt.date) -> dict[str, Any]:
    """The day that a time alone stands for, by what the matter is about; none where that is open or mixed."""
    complained = known.get("complained_to_forvaltning") and "complained_on" not in known
    if complained and shows(text, Sign.last_time):
        return _read_day(text, "complained_on", known, lang, today)
    concerns = list(known.get("concerns") or ())
    fact = DAYS.get(concerns[0]) if len(concerns) == 1 else None
    if fact is None:
        return {}
    found = _read_day(text, fact, known, lang, today)
    return found if fact not in known or _is_nearer(str(known[fact]), found.get(fact)) else {}


def day_of_complaint(
    text: str, told: Mapping[str, Any], before: Matter, today: dt.date
) -> dict[str, Any]:
    """The day of the complaint that is known of, where it is told when that was written: 'I wrote on 1 September'."""
    known = {**before.facts, **told}
    if not before.facts.get("complained_to_forvaltning") or "complained_on" in known:
        return {}
    if any(name in told for name in DATES) or not shows(text, Sign.wrote) or is_question(text):
        return {}
    day = only_day((text,), today)
    return {"complained_on": day.isoformat()} if day is not None else {}


def day_within(text: str, before: Matter, lang: Lang, today: dt.date) -> dict[str, Any]:
    """The exact day of what was told as a period before: 'last week', and then 'the 12th of November'."""
    for fact in PAST_DATES:
        known = before.facts.get(fact)
        found = _read_day(text, fact, {}, lang, today).get(fact) if known is not None else None
        if found is None or found == known:
            continue
        periods = (
            time
            for words in before.words
            for time in find_times(folded(words), today)
            if not time.exact and time.first.isoformat() == known
        )
        if any(time.first <= dt.date.fromisoformat(found) <= time.last for time in periods):
            return {fact: found}
    return {}


def _is_nearer(before: str, now: Any) -> bool:
    """Whether a day says more surely which one of a month was meant: 'in August', and then 'the 14th of August'."""
    return now is not None and now != before and before[-2:] == "01" and now[:8] == before[:8]


def day_corrected(
    text: str, known: Mapping[str, Any], lang: Lang, today: dt.date
) -> dict[str, Any]:
    """The day that is put right where only one was told."""
    days = [name for name in PAST_DATES if name in known]
    return _read_day(text, days[0], known, lang, today) if len(days) == 1 else {}


def day_of_month(text: str, before: Matter, today: dt.date) -> dict[str, Any]:
    """The day that is put right by its number alone: in the month of the one day that was told."""
    number = day_alone(text)
    days = [name for name in PAST_DATES if name in before.facts]
    if number is None or len(days) != 1 or before.asked in DATES:
        return {}
    try:
        day = dt.date.fromisoformat(str(before.facts[days[0]])).replace(day=number)
    except ValueError:
        return {}
    return {days[0]: day.isoformat()} if day <= today else {}


def day_told_before(
    before: Matter, told: Mapping[str, Any], lang: Lang, today: dt.date
) -> dict[str, Any]:
    """The day that was told before it was known what the matter is about."""
    if "concerns" not in told or "concerns" in before.facts:
        return {}
    known = {**before.facts, **told}
    for text in reversed(before.words):
        if len(text.split()) <= SHORT and (found := day_meant(text, known, lang, today)):
            return found
    return {}


def day_of_decision(asked: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """When it happened, where it is the decision alone that is complained of: when that came."""
    alone = list(known.get("concerns") or ()) == ["decision"]
    day = known.get("decision_received")
    return {asked: day} if asked == "event_date" and alone and day is not None else {}


def day_in_story(asked: str, matter: Matter, today: dt.date) -> dict[str, Any]:
    """The day that is asked for, where one day alone was named in all that was told, and no fact took it.

    The day of a decision is taken only where it was told how the decision came: 'the claim, 27 October in e-Boks'.
    """
    told = asked == "event_date" or asked == "decision_received" and "delivery" in matter.facts
    if not told or any(name in matter.facts for name in PAST_DATES):
        return {}
    if asked == "event_date" and any(shows(text, Sign.wrote) for text in matter.words):
        return {}
    day = only_day(matter.words, today)
    return {asked: day.isoformat()} if day is not None else {}


def day_of_letter(text: str, before: Matter, today: dt.date) -> dict[str, Any]:
    """The day of the decision that is complained of, where its letter is found after all."""
    wanted = (
        "decision" in (before.facts.get("concerns") or ())
        and "decision_received" not in before.facts
    )
    day = (
        only_day((text,), today)
        if wanted and shows(text, Sign.letter) and not is_question(text)
        else None
    )
    return {"decision_received": day.isoformat()} if day is not None else {}


def only_day(texts: Iterable[str], today: dt.date) -> dt.date | None:
    """The day that all these texts name, where it is one alone and not to come."""
    days = {
        found.first
        for text in texts
        for found in find_times(folded(text), today)
        if found.kind == "ago"
    }
    day = next(iter(days), None)
    return day if len(days) == 1 and day is not None and day <= today else None


def _read_day(
    text: str, fact: str, known: Mapping[str, Any], lang: Lang, today: dt.date
) -> dict[str, Any]:
    if not names_time(text, today):
        return {}
    reading = read_facts(text, today=today, lang=lang, asked=fact, known=known)
    return dict(reading.facts) if set(reading.facts) == {fact} else {}


def another_matter(before: Matter) -> Matter:
    """The matter anew: of the one that was laid aside only who writes, and what they want, still holds."""
    kept = {name: before.facts[name] for name in KEPT_FOR_ANOTHER if name in before.facts}
    return replace(before, facts=kept, asked=None, skipped=(), words=(), stage=None)


def only_praise(before: Matter) -> Matter:
    """The matter without the complaint that somebody leaves for praise; its subject stays."""
    kept = {name: before.facts[name] for name in KEPT_FOR_PRAISE if name in before.facts}
    return replace(before, facts=kept, asked=None, skipped=())
