"""Says which fact a day belongs to that somebody tells: by what the matter is about, and by what was told before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from actions.matter import Matter
from actions.signs import Sign, day_alone, is_question, shows
from knowledge.articles import Lang
from knowledge.reading import names_time, read_facts
from knowledge.reading.answers import is_time_alone
from knowledge.reading.clauses import folded
from knowledge.reading.dates_found import find_times
from knowledge.rules.facts import DATES, PAST_DATES

# A message of at most so many words may be a mere day.
SHORT = 6
# Which day matters for a kind of complaint, and so is meant by a day that stands alone.
DAYS: Mapping[str, str] = {
    "decision": "decision_received", "conduct": "event_date", "discrimination": "event_date",
    "practical": "event_date", "process": "waiting_since",
}  # fmt: skip


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
