"""Who is told of alerts by mail: a file that whoever runs the product writes; without one, nobody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
PARTS = ("units", "kinds", "all")


class RecipientsError(ValueError):
    """A file of recipients that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Addresses by unit (an id among the organisation's contacts), by kind of alert, and for everything."""

    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    all: tuple[str, ...] = ()

    def of(self, kind: str, contact: str | None) -> tuple[str, ...]:
        """Whom one alert concerns, each once."""
        found = (*self.units.get(contact or "", ()), *self.kinds.get(kind, ()), *self.all)
        return tuple(dict.fromkeys(found))


def load_recipients(
    file: Path | None, *, contacts: frozenset[str], kinds: frozenset[str]
) -> Recipients:
    """What the file says.

    Raises:
        RecipientsError: it cannot be read, or names a unit, a kind or an address that cannot be.
    """
    if file is None:
        return Recipients()
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipientsError(f"{file}: cannot be read ({type(error).__name__})") from None
    if not isinstance(raw, dict) or not set(raw) <= set(PARTS):
        raise RecipientsError(f"{file}: may hold {', '.join(PARTS)} alone")
    return Recipients(
        units=_named(raw.get("units"), contacts, "unit", file),
        kinds=_named(raw.get("kinds"), kinds, "kind", file),
        all=_addresses(raw.get("all"), file),
    )


def _named(
    part: Any, known: frozenset[str], what: str, file: Path
) -> Mapping[str, tuple[str, ...]]:
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise RecipientsError(f"{file}: each {what} must have a list of addresses")
    if unknown := sorted(str(name) for name in part if name not in known):
        raise RecipientsError(f"{file}: no such {what}: {', '.join(unknown)}")
    return {str(name): _addresses(given, file) for name, given in part.items()}


def _addresses(given: Any, file: Path) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        raise RecipientsError(f"{file}: addresses stand in a list")
    for one in given:
        if not isinstance(one, str) or not ADDRESS.fullmatch(one):
            raise RecipientsError(f"{file}: not an address: {one}")
    return tuple(given)
