"""Reads the guidance on appeal in a letter (forvaltningsloven § 25), and the limits that the letter sets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.reading.clauses import folded
from knowledge.reading.dates_found import find_times
from knowledge.reading.letter_words import dates_made_plain, letter_signs, plain_signs, quote
from knowledge.rules.deadlines import add_months

Kind = Literal["complete", "incomplete", "doubtful", "missing", "says_final"]
Aim = Literal["appeal", "comments", "reply", "payment", "act"]
# In this order a limit is told from another: what it says first of all is what it is for.
AIMS: tuple[Aim, ...] = ("appeal", "comments", "payment", "act", "reply")
NUMBERS = {
    "en": 1, "én": 1, "et": 1, "one": 1, "to": 2, "two": 2, "tre": 3, "three": 3, "fire": 4, "four": 4,
    "fem": 5, "five": 5, "seks": 6, "six": 6, "otte": 8, "eight": 8, "ti": 10, "ten": 10, "fjorten": 14,
    "fourteen": 14,
}  # fmt: skip
# The limit for appeals to Ankestyrelsen; another one in the letter cannot be trusted.
BOARD, BOARD_DAYS = "Ankestyrelsen", 28


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit for the citizen, as the letter states it."""

    text: str
    is_for: Aim
    # From the day the letter was received, from the day it gives for itself, or a day of its own.
    counts_from: Literal["receipt", "letter_date", "date"] | None
    date: dt.date | None
    # The letter says that there is no limit.
    none: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Appeal:
    """What the letter says of trying the decision."""

    guidance: Kind
    body: str | None
    # 'authority', or the body that the appeal goes straight to.
    send_to: str | None
    # Of what has to be there: body, deadline, how.
    lacks: tuple[str, ...] = ()
    # Why the guidance cannot be trusted: a body that is gone, or a limit that is not the law's.
    doubts: tuple[str, ...] = ()
    said: str = ""


def read_limits(
    said: Sequence[str], written: dt.date | None, today: dt.date, names: frozenset[str]
) -> list[Limit]:
    """The limits of the letter, in its order."""
    signs = letter_signs()
    limits: list[Limit] = []
    before = ""
    for sentence in said:
        limit = _limit_of(sentence, before, written, today, names, signs)
        if limit is not None:
            limits.append(limit)
        before = sentence
    return limits


def _limit_of(
    sentence: str, before: str, written: dt.date | None, today: dt.date, names: frozenset[str],
    signs: Any,
) -> Limit | None:  # fmt: skip
    words = signs["deadline"]
    said = quote(sentence, names)
    if signs["guidance"]["no_deadline"].search(sentence):
        match = signs["guidance"]["no_deadline"].search(sentence)
        return Limit(match[0], "appeal", None, None, none=True, said=said)
    if words["not_the_citizens"].search(sentence):
        return None
    # The words of an appeal may stand in the sentence before: 'You can appeal to X. The limit is four weeks.'
    aim = _aim(sentence, words)
    if (
        aim in (None, "reply")
        and words["appeal"].search(before)
        and re.search(r"(?i)\bfrist|limit|deadline", sentence)
    ):
        aim = "appeal"
    if aim is None:
        return None
    length = words["length"].search(sentence)
    if length and aim == "appeal" and words["limit"].search(sentence):
        return _of_length(length, sentence, written, said, words)
    day = words["day"].search(sentence)
    if day is None:
        return None
    rest = dates_made_plain(sentence[day.start() :])
    after = folded(rest)
    found = [time for time in find_times(after, today) if time.exact and time.kind == "ago"]
    if found:
        return Limit(
            _as_written(rest, after, found[0].start, found[0].end), aim, "date",
            found[0].first, said=said,
        )  # fmt: skip
    if length and words["limit"].search(sentence):
        return Limit(length[0], aim, None, None, said=said)
    return None


def _aim(sentence: str, words: Any) -> Aim | None:
    return next((aim for aim in AIMS if words[aim].search(sentence)), None)


def _of_length(
    length: re.Match[str], sentence: str, written: dt.date | None, said: str, words: Any
) -> Limit:
    if words["from_letter"].search(sentence):
        date = _moved(written, length) if written else None
        return Limit(length[0], "appeal", "letter_date", date, said=said)
    counted: Literal["receipt"] | None = (
        "receipt" if words["from_receipt"].search(sentence) else None
    )
    return Limit(length[0], "appeal", counted, None, said=said)


def days_of(limit: Limit) -> int | None:
    """How many days a limit lasts; a month counts as thirty."""
    match = letter_signs()["deadline"]["length"].search(limit.text)
    if match is None:
        return None
    number, unit = _number(match["n"]), match["u"].lower()
    return number * (7 if unit[0] in "uw" else 30 if unit[0] == "m" else 1)


def _number(written: str) -> int:
    return int(written) if written.isdigit() else NUMBERS[written.lower()]


def _moved(day: dt.date, match: re.Match[str]) -> dt.date:
    number, unit = _number(match["n"]), match["u"].lower()
    if unit[0] == "m":
        return add_months(day, number)
    return day + dt.timedelta(days=number * (7 if unit[0] in "uw" else 1))


def _as_written(text: str, plain: str, start: int, end: int) -> str:
    """The words of a time as the letter has them; folding may have moved their places."""
    flat = " ".join(text.split())
    place = 0
    ends: list[int] = []
    for letter in flat:
        ends.append(place)
        place += len(folded(letter)) or 1
    first = next((at for at, where in enumerate(ends) if where >= start), 0)
    last = next((at for at, where in enumerate(ends) if where >= end), len(flat))
    return re.sub(r"^(?:den|the|d\.)\s+", "", flat[first:last].strip(" .,"))


def read_appeal(
    text: str, said: Sequence[str], limits: Sequence[Limit], names: frozenset[str]
) -> Appeal:
    """Whether the guidance on appeal is there, and what it lacks."""
    signs = letter_signs()["guidance"]
    limit = next((limit for limit in limits if limit.is_for == "appeal"), None)
    final = next((one for one in said if signs["final"].search(one)), None)
    right = [one for one in said if signs["right"].search(one) and not signs["final"].search(one)]
    if not right and final is not None:
        return Appeal("says_final", None, None, said=quote(final, names))
    heading = signs["heading"].search(text) is not None
    if not right and limit is None and not heading:
        return Appeal("missing", None, None)
    flat = " ".join(text.split())
    about = " ".join(
        one for one in said if letter_signs()["deadline"]["appeal"].search(one) or _body(one)[0]
    )
    # Who made the decision may be a board too: the one that is complained to comes first.
    body, gone = _body(" ".join(right)) if _body(" ".join(right))[0] else _body(about)
    how = signs["how"].search(about) or signs["how"].search(
        flat[flat.find(right[0]) if right else 0 :]
    )
    lacks = tuple(
        part for part, there in (("body", body), ("deadline", limit), ("how", how)) if not there
    )
    doubts = _doubts(body, gone, limit)
    send_to = _send_to(about, body)
    shown = right[0] if right else (limit.said if limit else "")
    kind: Kind = "doubtful" if doubts else "incomplete" if lacks else "complete"
    return Appeal(kind, body, send_to, lacks, doubts, quote(shown, names))


def _body(text: str) -> tuple[str | None, bool]:
    """The body that tries the decision, and whether it no longer does so for anybody."""
    low = text.lower()
    found = [
        (low.find(name.lower()), name, gone)
        for names, gone in ((plain_signs()["bodies"], False), (plain_signs()["gone_bodies"], True))
        for name in names
        if name.lower() in low
    ]
    if not found:
        return None, False
    _, name, gone = min(found)
    return plain_signs()["also_called"].get(name, name), gone


def is_board(authority: Sequence[str]) -> bool:
    """Whether the first who stands in the letter's head is one who tries the decisions of others."""
    boards = {name.casefold() for name in plain_signs()["bodies"]}
    return bool(authority) and authority[0].casefold() in boards


def _doubts(body: str | None, gone: bool, limit: Limit | None) -> tuple[str, ...]:
    doubts: list[str] = []
    if gone:
        doubts.append("body")
    if limit is not None and not limit.none:
        days = days_of(limit)
        if limit.counts_from == "letter_date":
            doubts.append("counts_from")
        if body == BOARD and days is not None and days < BOARD_DAYS:
            doubts.append("length")
    return tuple(doubts)


def _send_to(about: str, body: str | None) -> str | None:
    signs = letter_signs()["guidance"]
    if signs["direct"].search(about):
        return body
    return "authority" if signs["to_authority"].search(about) else None
