"""Reads a letter from an authority: from whom, what it is, what it decides, and how it may be appealed.

What a letter does not say is left open; that guidance is missing is said of what was pasted, never of what was not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.articles import Lang
from knowledge.reading.clauses import folded
from knowledge.reading.dates_found import find_times
from knowledge.reading.letter_guidance import Appeal, Limit, is_board, read_appeal, read_limits
from knowledge.reading.letter_parts import Part, explain_parts
from knowledge.reading.letter_words import (
    dates_made_plain,
    joined,
    letter_signs,
    names_in,
    quote,
    sentences,
)
from knowledge.rules.subjects import SubjectMatch

Kind = Literal["decision", "hearing", "information", "complaint_reply", "unclear"]
LOOK = Path(__file__).parent / "letter_look.yaml"
# The head of a letter, in characters, names who wrote it; the end does so too.
HEAD, END = 450, 220
# A line of more words is a sentence.
MOST_IN_HEADING = 14
# Areas that cut across the administrations begin so.
ACROSS = "tvaer_"
# Before a day that stands alone, such as a place and a weekday.
MOST_BEFORE_DATE = 3


@dataclass(frozen=True, slots=True)
class LetterReading:
    """What was found in a letter."""

    kind: Kind
    # Of the names that were found, the most particular last.
    authority: tuple[str, ...] = ()
    municipality: str | None = None
    # The day the letter gives for itself; never the day it was received.
    date: dt.date | None = None
    # The line that says what it is about, masked in the same way.
    heading: str = ""
    # The sentence that says what was decided or planned, with numbers and names masked.
    decided: str | None = None
    appeal: Appeal | None = None
    limits: tuple[Limit, ...] = ()
    paragraphs: tuple[str, ...] = ()
    delivery: str | None = None
    promised_by: dt.date | None = None
    # The citizen gets all that was asked for: then no guidance is required.
    granted: bool = False
    parts: tuple[Part, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def deadline(self) -> Limit | None:
        """The limit that counts: the one for an appeal, else the first."""
        of_appeal = [limit for limit in self.limits if limit.is_for == "appeal"]
        return next(iter((*of_appeal, *self.limits)), None)

    @property
    def is_final(self) -> bool:
        """A board above the authority has decided, and nobody is above it: no limit runs with the municipality."""
        return (
            self.kind == "decision" and is_board(self.authority)
            and (self.appeal is None or self.appeal.guidance in ("missing", "says_final"))
        )  # fmt: skip

    @property
    def is_of_the_state(self) -> bool:
        """An agency of the state wrote it, and no municipality stands in it."""
        agency = letter_signs()["of_the_state"].search(next(iter(self.authority), ""))
        return agency is not None and self.municipality is None and not is_board(self.authority)

    @property
    def missing_guidance(self) -> bool:
        """A decision that may be appealed says nothing of how, where it should have."""
        return (
            self.kind == "decision" and not self.granted and not self.is_final
            and self.appeal is not None and self.appeal.guidance in ("missing", "incomplete", "doubtful")
            # Who knows the body and the limit can complain; how to write is a smaller thing.
            and self.appeal.lacks != ("how",)
        )  # fmt: skip


@cache
def _look() -> Mapping[str, Any]:
    rows: dict[str, Any] = yaml.safe_load(LOOK.read_text(encoding="utf-8"))
    return rows


def looks_like_letter(text: str) -> bool:
    """Whether this is a letter from an authority, pasted, and not a message of the citizen's own."""
    look = _look()
    if len(text.split()) < look["fewest_words"]:
        return False
    plain = folded(text)
    if len(re.findall(look["own"], plain)) > len(re.findall(look["theirs"], plain)):
        return False
    found = sum(re.search(sign, plain) is not None for sign in look["signs"].values())
    return bool(found >= look["fewest_signs"])


def read_letter(text: str, *, today: dt.date, lang: Lang) -> LetterReading:
    """What the letter says, as seen from `today`; the explanations are in `lang`."""
    plain = joined(text)
    said = tuple(sentences(plain))
    names = names_in(text)
    written = _date_of(plain, today)
    limits = tuple(read_limits(said, written, today, names))
    kind = _kind_of(plain, said)
    appeal = read_appeal(plain, said, limits, names)
    granted = letter_signs()["kind"]["granted"].search(plain) is not None
    paragraphs = tuple(dict.fromkeys(
        " ".join(match[0].split()) for match in letter_signs()["paragraph"].finditer(plain)
    ))  # fmt: skip
    reading = LetterReading(
        kind=kind, authority=_authority_of(plain), municipality=_municipality_of(plain), date=written,
        heading=_heading(plain, names), decided=_decided(said, kind, names), appeal=appeal, limits=limits,
        paragraphs=paragraphs,
        delivery=_first(letter_signs()["delivery"], plain), promised_by=_promised(said, today),
        granted=granted and kind == "decision",
    )  # fmt: skip
    return _with(reading, lang)


def subject_of_letter(
    reading: LetterReading, text: str, find: Callable[[str], SubjectMatch]
) -> str | None:
    """The area that the letter is about: by its heading, else by what was decided, else by all of it."""
    matches = [find(words) for words in (reading.heading, reading.decided or "", text) if words]
    # 'Refusal of access to documents' in a building case: what the heading leaves open is asked, never guessed.
    heading = matches[0] if matches and reading.heading else None
    among = {area for area in (*heading.candidates, heading.area) if area} if heading else set()
    if not all(area.startswith(ACROSS) for area in among):
        among = set()
    certain = [match.area for match in matches if match.area is not None]
    only = [match.candidates[0] for match in matches if len(match.candidates) == 1]
    return next((area for area in (*certain, *only) if not among or area in among), None)


def without_instance(reading: LetterReading, lang: Lang) -> LetterReading:
    """As read where nobody above tries the decision: what the letter says of complaining is all it has to say."""
    if reading.appeal is None or reading.appeal.guidance != "incomplete":
        return reading
    facts = {n: value for n, value in reading.facts.items() if n != "appeal_guidance_missing"}
    said = replace(
        reading, appeal=replace(reading.appeal, guidance="complete", lacks=()), facts=facts
    )
    return replace(said, parts=tuple(explain_parts(said, lang)))


def _with(reading: LetterReading, lang: Lang) -> LetterReading:
    """With the facts for guidance and what each part means."""
    facts: dict[str, Any] = {}
    if reading.kind in ("decision", "hearing", "complaint_reply"):
        facts["is_decision"] = reading.kind == "decision"
    if reading.kind == "decision" and reading.appeal is not None and not reading.granted:
        if reading.appeal.guidance == "complete":
            facts["appeal_guidance_missing"] = False
        elif reading.missing_guidance:
            facts["appeal_guidance_missing"] = True
    if reading.delivery is not None and reading.kind == "decision":
        facts["delivery"] = reading.delivery
    if reading.municipality is not None:
        facts["municipality"] = reading.municipality
    if reading.promised_by is not None:
        facts["promised_by"] = reading.promised_by.isoformat()
    return replace(reading, facts=facts, parts=tuple(explain_parts(reading, lang)))


def _kind_of(text: str, said: Sequence[str]) -> Kind:
    """A decision where one was made; a plan to make one is a hearing."""
    signs = letter_signs()["kind"]
    made = any(
        signs["decision"].search(sentence) and not signs["not_yet"].search(sentence) for sentence in said
    ) or any(
        signs["decision"].search(line) and not signs["hearing"].search(line)
        and not signs["not_yet"].search(line)
        for line in text.split("\n")
    )  # fmt: skip
    hears, replies = signs["hearing"].search(text), signs["reply"].search(text)
    if signs["of_board"].search(text):
        return "decision"
    if signs["receipt"].search(text) and not letter_signs()["guidance"]["heading"].search(text):
        return "information"
    if replies and not (made and _may_be_appealed(said)):
        return "complaint_reply"
    if made:
        return "decision"
    if hears:
        return "hearing"
    if replies:
        return "complaint_reply"
    if letter_signs()["guidance"]["heading"].search(text):
        return "decision"
    return "information" if signs["information"].search(text) else "unclear"


def _may_be_appealed(said: Sequence[str]) -> bool:
    """Whether one sentence says that somebody above may try it; Borgerrådgiveren is not above."""
    right, insider = letter_signs()["guidance"]["right"], letter_signs()["guidance"]["no_instance"]
    return any(right.search(one) and not insider.search(one) for one in said)


def _authority_of(text: str) -> tuple[str, ...]:
    """Names in the head of the letter, else in its end."""
    for place in (text[:HEAD], text[-END:]):
        flat = "\n".join(" ".join(line.split()) for line in place.split("\n"))
        found: dict[str, int] = {}
        for pattern in letter_signs()["authorities"]:
            for match in pattern.finditer(flat):
                before = re.split(r"[.!?]\s|\n\n", flat[: match.start()])[-1]
                if letter_signs()["complained_to"].search(before):
                    continue
                name = match[0].strip(" ,")
                found.setdefault(name.title() if name.isupper() else name, match.start())
        if found:
            whole = [
                name for name in found if not any(name != one and name in one for one in found)
            ]
            in_order = sorted(whole, key=lambda name: found[name])
            return tuple({name.casefold(): name for name in reversed(in_order)}.values())[::-1]
    return ()


def _municipality_of(text: str) -> str | None:
    head = text[:HEAD] + "\n" + text[-END:]
    return _first(letter_signs()["municipalities"], head)


def _first(patterns: dict[str, re.Pattern[str]], text: str) -> str | None:
    return next((name for name, pattern in patterns.items() if pattern.search(text)), None)


def _date_of(text: str, today: dt.date) -> dt.date | None:
    """The day that stands alone on a line or after a word for it."""
    weak: dt.date | None = None
    for line in text.split("\n"):
        plain = folded(dates_made_plain(line))
        for time in find_times(plain, today):
            if not time.exact or time.kind != "ago" or time.yearless:
                continue
            before, after = plain[: time.start].strip(), plain[time.end :].strip(" .,")
            if letter_signs()["dated"].search(before):
                return time.first
            alone = not after or letter_signs()["after_date"].search(after)
            if weak is None and alone and len(before.split()) <= MOST_BEFORE_DATE:
                weak = time.first
    return weak


def _decided(said: Sequence[str], kind: Kind, names: frozenset[str]) -> str | None:
    """The sentence that holds the decision, or what is planned."""
    signs = letter_signs()["kind"]
    if kind not in ("decision", "hearing"):
        return None
    wanted = signs[kind]
    found = [
        one for one in said
        if wanted.search(one) and (kind == "hearing" or not signs["not_yet"].search(one))
        and len(one.split()) >= 5
    ]  # fmt: skip
    told = [one for one in found if re.search(r"[.!]$", one)]
    telling = [one for one in told if not letter_signs()["mere_rule"].search(one)]
    planned = [
        one for one in telling if kind == "hearing" and letter_signs()["planned"].search(one)
    ]
    chosen = next(iter((*planned, *telling, *told, *found)), None)
    return quote(chosen, names) if chosen else None


def _heading(text: str, names: frozenset[str]) -> str:
    """The short line that names the matter."""
    for line in text.split("\n"):
        if letter_signs()["heading"].search(line) and len(line.split()) <= MOST_IN_HEADING:
            return quote(line, names)
    return ""


def _promised(said: Sequence[str], today: dt.date) -> dt.date | None:
    """The day until which the authority says that it will answer."""
    words = letter_signs()
    for one in said:
        promise = words["promised"].search(one)
        if promise is None or not words["deadline"]["not_the_citizens"].search(one):
            continue
        after = folded(dates_made_plain(one[promise.start() :]))
        times = [time for time in find_times(after, today) if time.exact and time.kind == "ago"]
        if times and times[-1].first >= today:
            return times[-1].first
    return None
