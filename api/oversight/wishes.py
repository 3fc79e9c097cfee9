"""What a reader of statistics wants to see, as it stands in the address: a period, a place, a subject. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from api.oversight.vocabulary import load_vocabulary

EVERYTHING = "all"
NONE = "none"
# Any answer, any outcome: but one there is.
ANY = "any"
FACETS = {
    "kind": "kinds", "theme": "themes", "main": "mains", "channel": "channels",
    "language": "languages",
}  # fmt: skip
TEXT_LENGTH = 300
QUARTER = re.compile(r"(\d{4})-Q([1-4])")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
TIMINGS = ("in_time", "late", ANY)


@cache
def load_measures() -> Mapping[str, int]:
    """What is hidden, and how much can be chosen."""
    found: dict[str, int] = yaml.safe_load(
        (Path(__file__).parent / "measures.yaml").read_text(encoding="utf-8")
    )
    return found


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter, a year or all time; months by their first day, both included."""

    id: str
    first: dt.date
    last: dt.date

    @classmethod
    def read(cls, text: str, today: dt.date) -> Period:
        """A period by its id; the quarter of today where it cannot be read."""
        quarter = QUARTER.fullmatch(text)
        if text == EVERYTHING:
            return cls(text, dt.date(1970, 1, 1), dt.date(2999, 12, 1))
        if quarter and int(quarter[1]) > 1970:
            year, number = int(quarter[1]), int(quarter[2])
            return cls(text, dt.date(year, 3 * number - 2, 1), dt.date(year, 3 * number, 1))
        if re.fullmatch(r"\d{4}", text) and int(text) > 1970:
            return cls(text, dt.date(int(text), 1, 1), dt.date(int(text), 12, 1))
        return cls.read(f"{today.year}-Q{(today.month + 2) // 3}", today)

    @property
    def previous(self) -> Period | None:
        """The period of the same length before this one."""
        if self.id == EVERYTHING:
            return None
        before = self.first - dt.timedelta(days=1)
        text = f"{before.year}-Q{(before.month + 2) // 3}" if "Q" in self.id else str(before.year)
        return Period.read(text, before)


def periods(today: dt.date) -> list[Period]:
    """What can be chosen: the newest quarters, the newest years, all."""
    sizes = load_measures()
    found, one = [], Period.read("", today)
    for _ in range(sizes["quarters"]):
        found.append(one)
        one = one.previous or one
    found += [Period.read(str(today.year - back), today) for back in range(sizes["years"])]
    return [*found, Period.read(EVERYTHING, today)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The filters; the statistics use the upper ones, the list of contacts all of them."""

    period: str = ""
    forvaltning: str = ""
    unit: str = ""
    inquiry: str = ""
    informal: str = ""
    topic: str = ""
    month: str = ""
    outcome: str = ""
    timing: str = ""
    unanswered: str = ""
    state: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wish:
        """From an address; what cannot be understood is left out."""
        words = load_vocabulary()
        told = {one.name: query.get(one.name, "").strip()[:TEXT_LENGTH] for one in fields(cls)}
        facet, _, value = told["topic"].partition(":")
        known = facet in FACETS and (not value or value in words.ids(FACETS[facet]))
        allowed: dict[str, Any] = {
            "inquiry": words.ids("inquiries"), "informal": ("yes", "no"), "timing": TIMINGS,
            "outcome": (*words.ids("outcomes"), ANY), "unanswered": ("yes",),
            "state": ("proposed", "confirmed"),
        }  # fmt: skip
        for name, values in allowed.items():
            told[name] = told[name] if told[name] in values else ""
        told["topic"] = told["topic"] if known else ""
        told["month"] = told["month"] if MONTH.fullmatch(told["month"]) else ""
        return cls(**told)

    @property
    def facet(self) -> tuple[str, str] | None:
        """The chosen subject: of which facet, and which."""
        facet, _, value = self.topic.partition(":")
        return (facet, value) if facet else None

    def with_(self, **values: str) -> Wish:
        """The same with other filters as well."""
        return Wish(**{one.name: getattr(self, one.name) for one in fields(self)} | values)

    def query(self, lang: str, **more: str) -> str:
        """As it stands in an address."""
        pairs = {one.name: getattr(self, one.name) for one in fields(self)} | more
        pairs = {name: value for name, value in pairs.items() if value}
        if lang == "en":
            pairs["lang"] = "en"
        return f"?{urlencode(pairs)}" if pairs else ""
