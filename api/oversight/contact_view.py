"""A contact in the reader's language: a line of the list, and all of it with its history. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from babel.dates import format_date

from api.clock import DENMARK
from api.db.oversight_models import Contact, ContactChange
from api.oversight.vocabulary import load_vocabulary
from api.words import Words
from knowledge.guidance import Profile

# The fields whose values are ids of a list of the vocabulary.
LISTED = {
    "inquiry": "inquiries", "channel": "channels", "language": "languages", "outcome": "outcomes",
    "learning": "learning_values", "kinds": "kinds", "themes": "themes", "causes": "causes",
    "citizen_effects": "citizen_effects", "municipality_effects": "municipality_effects",
}  # fmt: skip


def line(row: Contact, profile: Profile, say: Words, lang: str) -> dict[str, Any]:
    """One line of the list."""
    words = load_vocabulary()
    return {
        "id": row.id, "received": day_text(row.received_on, lang),
        "inquiry": words.name("inquiries", row.inquiry, lang),
        "matter": ", ".join(words.name("kinds", one, lang) for one in row.kinds),
        "themes": ", ".join(words.name("themes", one, lang) for one in row.themes),
        "place": place_name(row.forvaltning, profile, say, lang), "unit": row.unit,
        "channel": words.name("channels", row.channel, lang),
        "outcome": words.name("outcomes", row.outcome, lang) if row.outcome else "",
        "state": say(lang, f"states.{row.state}"), "proposed": row.state == "proposed",
    }  # fmt: skip


def shown(
    row: Contact, history: Sequence[ContactChange], profile: Profile, say: Words, lang: str
) -> dict[str, Any]:
    """What stands on its page beside the form."""
    area = profile.book.areas.get(row.area)
    return {
        "id": row.id, "version": row.version, "origin": say(lang, f"origins.{row.origin}"),
        "state": say(lang, f"states.{row.state}"), "area": area.name.of(lang) if area else "",
        "answer_days": row.answer_days, "unanswered": row.unanswered,
        "history": [
            {
                "at": one.at.astimezone(DENMARK).strftime("%d.%m.%Y %H:%M"), "actor": one.actor,
                "text": say(
                    lang, "contact.changed", field=say(lang, f"fields.{one.field}"),
                    before=value_text(one.field, one.details["before"], profile, say, lang),
                    after=value_text(one.field, one.details["after"], profile, say, lang),
                ),
            }
            for one in history
        ],
    }  # fmt: skip


def value_text(field: str, value: Any, profile: Profile, say: Words, lang: str) -> str:
    """A field's value as people read it."""
    words = load_vocabulary()
    if value in ("", None, []):
        return say(lang, "contact.empty")
    if field in LISTED:
        values = value if isinstance(value, list) else [value]
        return ", ".join(words.name(LISTED[field], str(one), lang) for one in values)
    if field == "state":
        return say(lang, f"states.{value}")
    if field == "informal":
        return say(lang, f"informal.{'yes' if value else 'no'}")
    if field == "forvaltning":
        return place_name(str(value), profile, say, lang)
    if field == "area":
        area = profile.book.areas.get(str(value))
        return area.name.of(lang) if area else str(value)
    if field in ("received_on", "answered_on"):
        return day_text(dt.date.fromisoformat(str(value)), lang)
    if isinstance(value, bool):
        return say(lang, f"contact.{'yes' if value else 'no'}")
    return str(value)


def place_name(place: str, profile: Profile, say: Words, lang: str) -> str:
    """What a forvaltning is called."""
    if not place:
        return say(lang, "no_place")
    contacts = profile.organisation.contacts
    return contacts[place].name.of(lang) if place in contacts else place


def day_text(day: dt.date, lang: str) -> str:
    """A day in a column."""
    return format_date(day, "d. MMM yyyy" if lang == "da" else "d MMM yyyy", locale=lang)
