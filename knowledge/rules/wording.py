"""Dates, lengths and small phrases in Danish and English, put together from data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.rules.model import Length


@dataclass(frozen=True, slots=True)
class Wording:
    """The phrases of one language."""

    lang: str
    phrases: Mapping[str, Any]

    def say(self, key: str, **values: str) -> str:
        """A phrase with its values put in.

        Raises:
            KeyError: no such phrase, or a value it needs is missing.
        """
        return str(self.phrases[key]).format(**values)

    def date(self, day: dt.date) -> str:
        """A date as people write it, with its weekday."""
        return str(self.phrases["date"]).format(
            weekday=self.phrases["weekdays"][day.weekday()],
            day=day.day,
            month=self.phrases["months"][day.month - 1],
            year=day.year,
        )

    def length(self, length: Length) -> str:
        """A length as people say it: four weeks, ten working days."""
        forms = self.phrases[f"length_{length.unit}"]
        if length.amount == 1:
            return str(forms["one"])
        number = self.phrases["numbers"].get(length.amount, length.amount)
        return str(forms["other"]).format(n=number)


def capitalise(text: str) -> str:
    """The text with a capital first letter, the rest left alone."""
    return text[:1].upper() + text[1:]


def sentences(*parts: str) -> str:
    """Sentences joined by one space, empty ones left out."""
    return " ".join(part.strip() for part in parts if part and part.strip())


def once(texts: list[str]) -> tuple[str, ...]:
    """The texts in order, each said only once and none empty."""
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
