"""Reads a message as the answer to the question that was just asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.reading.dates_found import Found
from knowledge.reading.patterns import with_groups
from knowledge.reading.times_near import length_alone
from knowledge.rules.facts import DATES, PAST_DATES, YES_NO

FILE = Path(__file__).parent / "short_answers.yaml"
# Words. A yes at the head of a long story may belong to anything.
SHORT = 12
FIRST_DAY = ("decision_received", "event_date")
FAR_AHEAD = 100  # days


@dataclass(frozen=True, slots=True)
class Answer:
    """What the message says to the question, beside what it states on its own."""

    facts: dict[str, Any] = field(default_factory=dict)
    kind: Literal["dont_know", "skip"] | None = None
    corrected: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()


@cache
def _short() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(with_groups(FILE.read_text(encoding="utf-8")))
    return loaded


def _says(asked: str, yes: bool, plain: str) -> bool:
    """Whether an answer without a yes or no means one of them."""
    pattern = _short()["says"].get(asked, {}).get("yes" if yes else "no")
    return pattern is not None and re.search(pattern, plain) is not None


def is_time_alone(text: str, start: int, time: Found) -> bool:
    """Whether a clause holds nothing but a time."""
    rest = text[: time.start - start] + text[time.end - start :]
    return re.match(_short()["time_alone"], rest) is not None


def promised(time: Found, today: dt.date) -> dt.date:
    """The last day of a time that may lie ahead: without a year, the one that is nearest."""
    if not time.yearless:
        return time.last
    years = [time.last]
    for year in (time.last.year - 1, time.last.year + 1):
        try:
            years.append(time.last.replace(year=year))
        except ValueError:
            continue
    # What was promised is told of when it is near or has gone by, seldom long before.
    likely = [day for day in years if (day - today).days <= FAR_AHEAD]
    return min(likely or years, key=lambda day: abs((day - today).days))


def read_answer(
    plain: str, asked: str | None, known: Mapping[str, Any], times: list[Found], today: dt.date,
    stated: Mapping[str, Any],
) -> Answer:  # fmt: skip
    """The answer to `asked` in a folded message; `stated` is what the message already states by itself."""
    short = _short()
    correction = _corrected_date(plain, known, times, today, stated)
    if correction is not None:
        return correction
    forgotten = _forgotten(plain, known, stated)
    if forgotten is not None:
        return forgotten
    if asked is None or re.search(short["objection"], plain):
        return Answer()
    if asked not in stated:
        if re.match(short["dont_know"], plain):
            return Answer(kind="dont_know")
        if re.match(short["skip"], plain):
            return Answer(kind="skip")
    if plain.endswith("?"):
        return Answer()
    facts: dict[str, Any] = {}
    if asked not in stated:
        value = _value(plain, asked, times, today)
        if value is not None:
            facts[asked] = value
    return _with_what_is_along(plain, asked, facts, times, today, stated)


def _with_what_is_along(
    plain: str, asked: str, facts: dict[str, Any], times: list[Found], today: dt.date,
    stated: Mapping[str, Any],
) -> Answer:  # fmt: skip
    """Adds the day and the way that a short answer gives beside what was asked for."""
    along = _short()["along"].get(asked, {})
    # 'By digital post' answers how the complaint was sent, not how a decision came.
    withdrawn = {"complained_how": "delivery", "delivery": "complained_how"}.get(asked)
    is_short = len(plain.split()) <= SHORT
    if along and is_short and facts.get(asked) is not False and stated.get(asked) is not False:
        choice, date = along.get("choice"), along.get("date")
        if choice and choice not in stated:
            value = _value(plain, choice, times, today)
            if value is not None:
                facts[choice] = value
        if date and date not in stated and not any(fact in stated for fact in DATES):
            value = _value(plain, date, times, today)
            if value is not None:
                facts[date] = value
        if facts and asked in YES_NO and asked not in stated:
            facts.setdefault(asked, True)
    return Answer(facts=facts, withdrawn=frozenset({withdrawn} if withdrawn else ()))


def _forgotten(plain: str, known: Mapping[str, Any], stated: Mapping[str, Any]) -> Answer | None:
    """'Forget that': what is said again with it and was true is so no longer."""
    if not re.search(_short()["forget"], plain):
        return None
    back = {
        fact: False for fact, value in stated.items() if value is True and known.get(fact) is True
    }
    back |= {
        fact: False
        for fact, named in _short()["forgotten"].items()
        if known.get(fact) is True and fact not in stated and re.search(named, plain)
    }
    return Answer(facts=back, corrected=frozenset(back)) if back else None


def _value(plain: str, asked: str, times: list[Found], today: dt.date) -> Any:
    short = _short()
    if asked in YES_NO:
        if len(plain.split()) > SHORT:
            return None
        if re.match(short["yes"], plain):
            return True
        if re.match(short["no"], plain):
            return False
        said = [yes for yes in (True, False) if _says(asked, yes, plain)]
        return said[0] if len(said) == 1 else None
    if asked in DATES:
        return _day_answered(plain, asked, times, today)
    choices = short["choices"].get(asked, {})
    # 'Not in writing, only by phone'.
    affirmed = re.sub(r"\b(?:ikke|not)(?: \w+){1,2}(?=,)", "", plain)
    chosen = [value for value, pattern in choices.items() if re.search(pattern, affirmed)]
    return chosen[0] if len(chosen) == 1 and len(plain.split()) <= SHORT else None


def _day_answered(plain: str, asked: str, times: list[Found], today: dt.date) -> str | None:
    if asked == "waiting_since" and not times:
        day = length_alone(plain, today)
        return day.isoformat() if day else None
    fitting = [t for t in times if t.kind != "length" or asked == "waiting_since"]
    if asked in PAST_DATES:
        fitting = [t for t in fitting if t.first <= today]
    if len(fitting) != 1:
        return None
    if asked == "promised_by":
        return promised(fitting[0], today).isoformat()
    return (fitting[0].first if asked in FIRST_DAY else min(fitting[0].last, today)).isoformat()


def _corrected_date(
    plain: str, known: Mapping[str, Any], times: list[Found], today: dt.date,
    stated: Mapping[str, Any],
) -> Answer | None:  # fmt: skip
    """'No, it was in April': a new day for the one date that is known."""
    if not re.search(_short()["correction"], plain) or len(plain.split()) > SHORT:
        return None
    dates = [fact for fact in known if fact in PAST_DATES]
    if len(dates) != 1 or len(times) != 1 or any(fact in stated for fact in DATES):
        return None
    fact, time = dates[0], times[0]
    if time.first > today:
        return None
    day = time.first if fact in FIRST_DAY else min(time.last, today)
    return Answer(facts={fact: day.isoformat()}, corrected=frozenset({fact}))
