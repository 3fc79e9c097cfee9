"""Who the municipality and the authorities around it are, and how a person reaches them.

Every name, number, address and opening hour is data with its source, its confidence and the day it was
checked. What no source says is a silence: the text then tells where to find it, never a guess.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from knowledge._organisation_contacts import (
    Address,
    Contact,
    Frozen,
    Hours,
    Name,
    Sourced,
    Text,
    Way,
    Weekday,
)
from knowledge.sources import SOURCES_FILE, load_sources

DATA = Path(__file__).parent / "organisation_data"

FIELDS = ("name", "phone", "email", "web", "address", "hours")


class OrganisationError(ValueError):
    """The organisation's data breaks one of its own rules; the message says where."""


class UnknownContact(KeyError):
    """Somebody asked for a contact or a field that the organisation does not have."""


class Silence(Frozen):
    """A subject on which the municipality's source says nothing, told as it is."""

    topic: str
    text: Text
    sources: tuple[str, ...] = Field(min_length=1)


class Organisation(Frozen):
    """One municipality with the authorities that its citizens are sent to."""

    id: str
    name: Name
    profile: Literal["complete", "partial", "general"]
    silences: tuple[Silence, ...] = ()
    contacts: Mapping[str, Contact]
    forvaltninger: tuple[str, ...] = ()
    words: Mapping[str, Text]

    def contact(self, contact_id: str) -> Contact:
        """The contact with this id.

        Raises:
            UnknownContact: there is none.
        """
        try:
            return self.contacts[contact_id]
        except KeyError:
            raise UnknownContact(f"{self.id}: no contact {contact_id!r}") from None

    def forvaltning(self, forvaltning_id: str) -> Contact:
        """The forvaltning, or the silence that stands in its place in this municipality.

        Raises:
            UnknownContact: the id is not that of a forvaltning.
        """
        contact = self.contact(forvaltning_id)
        if contact.kind != "forvaltning":
            raise UnknownContact(f"{self.id}: {forvaltning_id!r} is not a forvaltning")
        return contact

    def opening_hours(self, contact_id: str) -> Hours | None:
        """When the contact is open, or None when no source says."""
        return self.contact(contact_id).hours

    def placeholder(self, key: str, lang: str) -> str:
        """The text for `contact.field` in an article; says where to look when nothing is known.

        Raises:
            UnknownContact: no such contact or field.
        """
        contact_id, _, field = key.partition(".")
        contact = self.contact(contact_id)
        if field not in FIELDS:
            raise UnknownContact(f"{self.id}: no field {field!r} in {key!r}")
        return self._field(contact, field, lang)

    def reach(self, contact_id: str, lang: str) -> str:
        """One line with every way to reach a contact, for a result card or a letter."""
        contact = self.contact(contact_id)
        known = [self._own(contact, field, lang) for field in FIELDS[1:]]
        known[0] = known[0] or self._number_of_another(contact, lang)
        return " · ".join(filter(None, known)) or self._where_to_look(contact, "reach", lang)

    def _field(self, contact: Contact, field: str, lang: str) -> str:
        return self._own(contact, field, lang) or self._elsewhere(contact, field, lang)

    def _own(self, contact: Contact, field: str, lang: str) -> str:
        if field == "name":
            return contact.name.of(lang)
        if field == "hours":
            return self._marked(self._week(contact.hours, lang), contact.hours, lang)
        found = contact.values(field)
        return "; ".join(self._marked(self._way(way, lang), way, lang) for way in found)

    def _elsewhere(self, contact: Contact, field: str, lang: str) -> str:
        if field == "phone" and (number := self._number_of_another(contact, lang)):
            return number
        if field == "web" and contact.kind in ("adviser", "municipality", "forvaltning", "help"):
            return self._say("find_web_municipal", lang)
        return self._where_to_look(contact, field, lang)

    def _number_of_another(self, contact: Contact, lang: str) -> str:
        """The number that stands in for one's own, with the name of whose it is; else nothing."""
        other = self.contact(contact.via) if contact.via else None
        number = self._own(other, "phone", lang) if other else ""
        if other is None or not number:
            return ""
        return self._say("via", lang).format(name=other.name.of(lang), value=number)

    def _where_to_look(self, contact: Contact, field: str, lang: str) -> str:
        where = contact.where.of(lang) if contact.where else self._say("where", lang)
        return self._say(f"find_{field}", lang).format(where=where)

    def _way(self, way: Way | Address, lang: str) -> str:
        if isinstance(way, Address):
            return way.value.of(lang)
        return f"{way.label.of(lang)} {way.value}" if way.label else way.value

    def _marked(self, text: str, value: Sourced | None, lang: str) -> str:
        """The text with its doubt in words: its own caveat, or the mark of an unverified value."""
        if value is None or not text:
            return ""
        if value.caveat:
            return f"{text} ({value.caveat.of(lang)})"
        if value.confidence == "unverified":
            return f"{text} ({self._say('unverified', lang)})"
        return text

    def _week(self, hours: Hours | None, lang: str) -> str:
        if hours is None:
            return ""
        if hours.always:
            return self._say("always", lang)
        return ", ".join(
            self._say("span", lang).format(
                days=self._days(span.days, lang),
                opens=_clock(span.opens),
                closes=_clock(span.closes),
            )
            for span in hours.spans
        )

    def _days(self, days: tuple[Weekday, ...], lang: str) -> str:
        first, last = self._say(days[0], lang), self._say(days[-1], lang)
        return first if len(days) == 1 else self._say("days", lang).format(first=first, last=last)

    def _say(self, key: str, lang: str) -> str:
        return self.words[key].of(lang)


def _clock(time: dt.time) -> str:
    return f"{time.hour}.{time.minute:02}" if time.minute else str(time.hour)


@cache
def load_organisation(
    municipality: str, folder: Path = DATA, sources: Path = SOURCES_FILE
) -> Organisation:
    """The organisation of a municipality, with the national authorities beside its own offices.

    Raises:
        OrganisationError: no such municipality, or data without source, confidence or date.
    """
    path = folder / f"{municipality}.yaml"
    if not path.is_file():
        raise OrganisationError(f"no organisation file for {municipality!r}: {path.name}")
    own, national = _read(path), _read(folder / "national.yaml")
    contacts = {**national["contacts"], **own.pop("contacts")}
    try:
        organisation = Organisation(
            id=municipality,
            contacts={key: {"id": key, **value} for key, value in contacts.items()},
            words=_read(folder / "words.yaml"),
            **own,
        )
    except ValidationError as error:
        raise OrganisationError(f"{path.name}: {error}") from error
    _check_required(organisation, _read(folder / "required.yaml")["contacts"])
    _check_references(organisation, {source.id for source in load_sources(sources)})
    return organisation


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _check_required(organisation: Organisation, required: list[str]) -> None:
    missing = sorted(set(required) - set(organisation.contacts))
    if missing:
        raise OrganisationError(f"{organisation.id}: contacts missing: {', '.join(missing)}")


def _check_references(organisation: Organisation, known: set[str]) -> None:
    """Every source is registered, and every `via` and forvaltning is a contact."""
    for contact in organisation.contacts.values():
        cited = {source for item in contact.sourced() for source in item.sources}
        if cited - known:
            raise OrganisationError(f"{contact.id}: unknown sources {sorted(cited - known)}")
        if contact.via and contact.via not in organisation.contacts:
            raise OrganisationError(f"{contact.id}: via {contact.via!r} is not a contact")
    for silence in organisation.silences:
        if set(silence.sources) - known:
            raise OrganisationError(f"{silence.topic}: unknown sources {silence.sources}")
    for forvaltning in organisation.forvaltninger:
        organisation.forvaltning(forvaltning)
