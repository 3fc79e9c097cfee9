"""The building blocks of the organisation's data: names, numbers, addresses and hours, each with its source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledge.sources import Confidence

Kind = Literal["adviser", "municipality", "forvaltning", "authority", "appeal_body", "help"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WAYS = ("phone", "email", "web", "address")


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """A sentence or name in the two languages of the service."""

    da: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def of(self, lang: str) -> str:
        """The English text when English is asked for, else the Danish."""
        return self.en if lang == "en" else self.da


class Sourced(Frozen):
    """What every value carries: where it was read, how sure we are, and when it was looked at."""

    sources: tuple[str, ...] = Field(min_length=1)
    confidence: Confidence
    checked: dt.date
    caveat: Text | None = None


class Name(Sourced):
    """What the office is called."""

    da: str = Field(min_length=1)
    en: str = Field(min_length=1)
    short: str | None = None

    def of(self, lang: str) -> str:
        """The name in the language asked for."""
        return self.en if lang == "en" else self.da


class Way(Sourced):
    """One number, e-mail or web address; the label tells apart several of a kind."""

    value: str = Field(min_length=1)
    label: Text | None = None


class Address(Sourced):
    """A postal or visiting address."""

    value: Text


class Span(Frozen):
    """Weekdays that share the same hours, as local time."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    opens: dt.time
    closes: dt.time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Span:
        if self.opens >= self.closes:
            raise ValueError(f"opens at {self.opens}, closes at {self.closes}")
        return self


class Hours(Sourced):
    """Opening or telephone hours: spans of the week, or always open."""

    always: bool = False
    spans: tuple[Span, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Hours:
        if self.always == bool(self.spans):
            raise ValueError("hours are either always open or have spans")
        return self


class Contact(Frozen):
    """One office, authority or line that a person may be sent to."""

    id: str
    kind: Kind
    name: Name
    phones: tuple[Way, ...] = ()
    emails: tuple[Way, ...] = ()
    webs: tuple[Way, ...] = ()
    addresses: tuple[Address, ...] = ()
    hours: Hours | None = None
    via: str | None = None  # the contact whose ways are used when this one has none of its own
    where: Text | None = None  # where a person finds what we do not know: 'på kk.dk'
    silence: Text | None = None  # said when no source tells whether this office exists here
    note: Text | None = None

    def ways(self) -> tuple[Way | Address, ...]:
        """Every known way to reach this contact."""
        return tuple(way for field in WAYS for way in self.values(field))

    def values(self, field: str) -> tuple[Way | Address, ...]:
        """What is known for one field of an article's placeholder."""
        by_field: dict[str, tuple[Way | Address, ...]] = {
            "phone": self.phones,
            "email": self.emails,
            "web": self.webs,
            "address": self.addresses,
        }
        return by_field[field]

    def sourced(self) -> Iterator[Sourced]:
        """Everything here that must carry a source."""
        yield self.name
        yield from self.ways()
        if self.hours:
            yield self.hours

    @model_validator(mode="after")
    def _never_only_an_unverified_way(self) -> Contact:
        sure = any(way.confidence != "unverified" for way in self.ways())
        if not sure and not (self.via or self.where):
            raise ValueError(f"{self.id}: only unverified ways, and no word on where to find one")
        return self
