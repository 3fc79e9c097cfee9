"""The facts of a matter, as far as they are known. None always means not known, never no.

Whatever cannot be a fact is refused by the name of its field; the words for that are data (`texts/*/problems.yaml`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

CONCERNS = (
    "decision", "process", "practical", "conduct", "discrimination", "wrongdoing",
    "service_level", "employment", "praise",
)  # fmt: skip

ENUMS: Mapping[str, tuple[str, ...]] = {
    "municipality": ("koebenhavn", "gentofte", "other"),
    "complainant": (
        "citizen", "company", "representative", "employee", "supplier", "bystander",
    ),
    "wants": ("complaint", "guidance", "finish_case", "feedback"),
    "delivery": ("digital_post", "letter", "oral"),
    "complained_how": ("written", "oral"),
    "pending_elsewhere": ("none", "court", "ombudsman", "tilsyn", "ankestyrelsen", "other"),
    "decided_by": ("council", "committee"),
}  # fmt: skip

# Things that have happened, and so cannot lie after the day of the assessment.
PAST_DATES = ("event_date", "waiting_since", "decision_received", "complained_on")
DATES = (*PAST_DATES, "promised_by", "today")

YES_NO = (
    "ongoing", "is_decision", "has_statutory_appeal", "appeal_guidance_missing",
    "complained_to_forvaltning", "forvaltning_replied", "politically_decided",
    "directly_affected", "has_mandate", "wants_anonymity", "acute",
)  # fmt: skip

LONGEST_TEXT = 4000  # characters; more is a whole letter, not the name of a subject
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class FactError(ValueError):
    """A value that cannot be a fact: the field, and the kind of fault."""

    def __init__(self, field: str, kind: str) -> None:
        super().__init__(f"{field}: {kind}")
        self.field = field
        self.kind = kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that has been told so far; the day of the assessment is always known."""

    today: dt.date
    municipality: str | None = None
    complainant: str | None = None
    concerns: tuple[str, ...] | None = None
    wants: str | None = None
    subject: str | None = None
    subject_text: str | None = None
    event_date: dt.date | None = None
    ongoing: bool | None = None
    waiting_since: dt.date | None = None
    promised_by: dt.date | None = None
    is_decision: bool | None = None
    has_statutory_appeal: bool | None = None
    decision_received: dt.date | None = None
    delivery: str | None = None
    appeal_guidance_missing: bool | None = None
    complained_to_forvaltning: bool | None = None
    complained_on: dt.date | None = None
    complained_how: str | None = None
    forvaltning_replied: bool | None = None
    pending_elsewhere: str | None = None
    politically_decided: bool | None = None
    decided_by: str | None = None
    directly_affected: bool | None = None
    has_mandate: bool | None = None
    wants_anonymity: bool | None = None
    acute: bool | None = None

    def known(self, fact: str) -> bool:
        """Whether the citizen, or somebody for them, has told this."""
        return getattr(self, fact) is not None

    def with_(self, **values: Any) -> Facts:
        """The same matter with more known."""
        return replace(self, **values)

    def as_json(self) -> dict[str, Any]:
        """The known facts as the contract writes them."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: _plain(value) for name, value in told.items() if value is not None}


NAMES = tuple(f.name for f in fields(Facts))


def parse_facts(raw: Mapping[str, Any], *, today: dt.date, areas: Collection[str]) -> Facts:
    """Reads facts as the contract writes them; `today` counts where none is given.

    Raises:
        FactError: an unknown name, or a value that the fact cannot have.
    """
    for name in raw:
        if name not in NAMES:
            raise FactError(str(name), "unknown_fact")
    told = {name: value for name, value in raw.items() if value is not None}
    read = {name: _read(name, value, areas) for name, value in told.items()}
    facts = Facts(**({"today": today} | read))
    for name in PAST_DATES:
        day = getattr(facts, name)
        if day is not None and day > facts.today:
            raise FactError(name, "future_date")
    return facts


def _read(name: str, value: Any, areas: Collection[str]) -> Any:
    if name in YES_NO:
        return _yes_no(name, value)
    if name in DATES:
        return _date(name, value)
    if name == "concerns":
        return _concerns(value)
    if not isinstance(value, str):
        raise FactError(name, "not_text")
    if name == "subject_text":
        return _text(name, value)
    allowed: Collection[str] = areas if name == "subject" else ENUMS[name]
    if value not in allowed:
        raise FactError(name, "unknown_value")
    return value


def _yes_no(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise FactError(name, "not_yes_or_no")
    return value


def _date(name: str, value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        raise FactError(name, "not_a_date")
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise FactError(name, "not_a_date") from None


def _concerns(value: Any) -> tuple[str, ...] | None:
    """The kinds of complaint, each once; an empty list says no more than none at all."""
    if not isinstance(value, list | tuple):
        raise FactError("concerns", "not_a_list")
    if any(not isinstance(item, str) or item not in CONCERNS for item in value):
        raise FactError("concerns", "unknown_value")
    return tuple(dict.fromkeys(value)) or None


def _text(name: str, value: str) -> str | None:
    if len(value) > LONGEST_TEXT:
        raise FactError(name, "too_long")
    return value.strip() or None


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
