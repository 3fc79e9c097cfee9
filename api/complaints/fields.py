"""What can be filled in, as data: how a place of the record is read, written, checked and shown.

The card in the chat, the pages of /klage, the staff's form, the receipt and the letter all come from the same list.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from babel.dates import format_date
from pydantic import TypeAdapter

from api.masking import mask_cpr
from knowledge.guidance import Profile
from knowledge.rules.dates_text import parse_date_text
from knowledge.rules.loader import load_questions

FIELDS_FILE = Path(__file__).parent / "fields.yaml"
LOCALES = {"da": "da_DK", "en": "en_GB"}
NOT_KNOWN = "unknown"
PRAISE = ["praise"]
NEVER_HERE = "wrongdoing"

Kind = Literal["text", "textarea", "email", "phone", "choice", "choices", "date", "yesno", "grant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in both languages."""

    da: str
    en: str

    def of(self, lang: str) -> str:
        """The text in the language."""
        return self.en if lang == "en" else self.da


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer to choose."""

    value: str
    da: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A condition: the place has that value, or has it among its values."""

    pointer: str
    has: str | bool

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether the record fulfils it."""
        found = get(record, self.pointer)
        return self.has in found if isinstance(found, list) else bool(found == self.has)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in."""

    pointer: str
    kind: Kind
    label: Text
    help: Text | None = None
    options: tuple[Choice, ...] = ()
    source: str | None = None
    required: bool = False
    required_when: When | None = None
    max: int | None = None
    light: bool = False
    when: When | None = None
    channel: str | None = None
    autocomplete: str | None = None

    def shown(self, record: Mapping[str, Any], channel: str) -> bool:
        """Whether it is asked for, as the record stands."""
        if self.channel is not None and self.channel != channel:
            return False
        if not self.light and is_light(record):
            return False
        return self.when is None or self.when.holds(record)

    def needed(self, record: Mapping[str, Any]) -> bool:
        """Whether nothing can be sent without it, as the record stands."""
        held = self.required_when is None or self.required_when.holds(record)
        return self.required and held


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields that belong together under one heading."""

    id: str
    step: int
    title: Text
    fields: tuple[Field, ...] = field(default=())


@cache
def load_sections() -> tuple[Section, ...]:
    """All sections, in order."""
    raw = yaml.load(FIELDS_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for section in raw["sections"]:
        for one in section["fields"]:
            one["source"] = one.pop("from", None)
    return TypeAdapter(tuple[Section, ...]).validate_python(raw["sections"])


def all_fields() -> list[Field]:
    """Every field, in order."""
    return [one for section in load_sections() for one in section.fields]


def field_at(pointer: str) -> Field | None:
    """The field of a place, if that place can be filled in."""
    return next((one for one in all_fields() if one.pointer == pointer), None)


def is_light(record: Mapping[str, Any]) -> bool:
    """Whether this is praise or a suggestion alone, which asks for less."""
    return bool(get(record, "/complaint/categories") == PRAISE)


def options_of(one: Field, profile: Profile, lang: str) -> list[dict[str, str]]:
    """The choices of a field, from its own row or from what the municipality has."""
    if one.source == "areas":
        pairs = [(area.id, area.name.of(lang)) for area in profile.book.areas.values()]
    elif one.source == "forvaltninger":
        organisation = profile.organisation
        pairs = [(name, organisation.contact(name).name.of(lang)) for name in organisation.forvaltninger]  # fmt: skip
    elif one.source == "concerns":
        single = [row for row in load_questions()["concerns"]["options"] if len(row["value"]) == 1]
        pairs = [(row["value"][0], row["label"][lang]) for row in single if row["value"][0] != NEVER_HERE]  # fmt: skip
    else:
        pairs = [(choice.value, choice.en if lang == "en" else choice.da) for choice in one.options]
    return [{"value": value, "label": label} for value, label in pairs]


def get(record: Mapping[str, Any], pointer: str) -> Any:
    """What stands at a place, or None."""
    here: Any = record
    for part in pointer.strip("/").split("/"):
        if not isinstance(here, Mapping) or part not in here:
            return None
        here = here[part]
    return here


def value_of(one: Field, record: Mapping[str, Any]) -> Any:
    """What the citizen has filled in: a plain value, whatever the record makes of it."""
    found = get(record, one.pointer)
    if isinstance(found, Mapping):
        return found.get("granted") if one.kind == "grant" else found.get("value", found.get("text"))  # fmt: skip
    return found


class CannotBe(ValueError):
    """What was filled in cannot stand there; `kind` is the sort of fault."""

    def __init__(self, pointer: str, kind: str) -> None:
        super().__init__(f"{pointer}: {kind}")
        self.pointer = pointer
        self.kind = kind


def with_value(
    record: Mapping[str, Any], one: Field, raw: Any, *, profile: Profile, now: dt.datetime,
    today: dt.date,
) -> dict[str, Any]:  # fmt: skip
    """A copy of the record with one place filled in; nothing, or an empty text, takes it out again.

    Raises:
        CannotBe: a choice that is none, a day that is none, a text that is too long.
    """
    changed = copy.deepcopy(dict(record))
    value = _read(one, raw, profile, now, today)
    parts = one.pointer.strip("/").split("/")
    here = changed
    for part in parts[:-1]:
        inner = here.get(part)
        if not isinstance(inner, dict):
            inner = here[part] = {}
        here = inner
    if value is None:
        here.pop(parts[-1], None)
    else:
        here[parts[-1]] = value
    return _pruned(changed)


def _read(one: Field, raw: Any, profile: Profile, now: dt.datetime, today: dt.date) -> Any:
    if raw is None or raw in ("", []):
        return None
    if one.kind == "choices":
        given = raw if isinstance(raw, list) else [raw]
        return list(dict.fromkeys(_chosen(one, item, profile) for item in given if item != "")) or None  # fmt: skip
    if one.kind == "choice":
        return _chosen(one, raw, profile)
    if one.kind in ("yesno", "grant"):
        yes = _yes(one, raw)
        return {"granted": yes, "at": now.isoformat()} if one.kind == "grant" else yes
    text = str(raw).replace("\x00", "").replace("\r\n", "\n").strip()
    if one.max is not None and len(text) > one.max:
        raise CannotBe(one.pointer, "too_long")
    if not text:
        return None
    if one.kind == "date":
        return _date(one, text, today)
    # A number is taken out before anything is kept, in drafts too.
    return mask_cpr(text)


def _chosen(one: Field, raw: Any, profile: Profile) -> str:
    allowed = {option["value"] for option in options_of(one, profile, "da")}
    if not isinstance(raw, str) or raw not in allowed:
        raise CannotBe(one.pointer, "wrong")
    return raw


def _yes(one: Field, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if raw not in ("true", "false"):
        raise CannotBe(one.pointer, "wrong")
    return bool(raw == "true")


def _date(one: Field, text: str, today: dt.date) -> dict[str, str]:
    day = parse_date_text(text, today)
    if day is None:
        raise CannotBe(one.pointer, "not_a_date")
    if day > today:
        raise CannotBe(one.pointer, "future_date")
    return {"value": day.isoformat(), "precision": "day"}


def _pruned(record: dict[str, Any]) -> dict[str, Any]:
    """Without the empty boxes that taking things out leaves behind."""
    kept = {key: _pruned(value) if isinstance(value, dict) else value for key, value in record.items()}  # fmt: skip
    return {key: value for key, value in kept.items() if value != {}}


def text_of(
    one: Field, record: Mapping[str, Any], profile: Profile, lang: str, yes_no: Sequence[str]
) -> str:
    """What was filled in, as a person reads it; `yes_no` are the words for yes and no."""
    value = value_of(one, record)
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return yes_no[0] if value else yes_no[1]
    if one.kind == "date":
        return day_text(str(value), lang)
    labels = {option["value"]: option["label"] for option in options_of(one, profile, lang)}
    if value == NOT_KNOWN and labels and value not in labels:
        # Nobody answered it; the record says so in its own word.
        return ""
    if isinstance(value, list):
        # The answers have commas of their own.
        return "; ".join(labels.get(str(item), str(item)) for item in value)
    return labels.get(str(value), str(value))


def day_text(day: str | dt.date, lang: str) -> str:
    """A day in words; a text that is no day stays as it is."""
    try:
        read = day if isinstance(day, dt.date) else dt.date.fromisoformat(day)
    except ValueError:
        return str(day)
    return format_date(read, "full", locale=LOCALES["en" if lang == "en" else "da"])
