"""The published schemas, and whether a record holds to them.

Areas and forvaltninger are lists of the deployment: they are put into the schema when it is served.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from api.masking import holds_cpr
from knowledge.guidance import Profile

FOLDER = Path(__file__).parent / "schema"
VERSION = "1.0"
# The forvaltning of a complaint whose writer does not know which one it is.
UNKNOWN = "unknown"
# Fields that hold what a machine made; their digits mean nothing.
MACHINE_MADE = frozenset(
    {"id", "sha256", "notice_sha256", "related_ids", "supersedes", "conversation_id", "at"}
)

# What the schema's rules mean to a person; every other one is `wrong`.
KINDS = {
    "maxLength": "too_long",
    "maxItems": "too_long",
    "minLength": "missing",
    "minItems": "missing",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one place of a record: a JSON pointer and the kind of fault."""

    pointer: str
    kind: str


@cache
def raw_schema(name: str) -> dict[str, Any]:
    """A schema as it lies in the folder: `complaint` or `notice`."""
    loaded: dict[str, Any] = json.loads(
        (FOLDER / f"{name}-{VERSION}.json").read_text(encoding="utf-8")
    )
    return loaded


def published_schema(name: str, profile: Profile) -> dict[str, Any]:
    """The schema with this deployment's areas and forvaltninger in it."""
    schema = dict(raw_schema(name))
    areas = sorted(profile.book.areas)
    forvaltninger = sorted({*_forvaltninger(profile), UNKNOWN})
    schema["$defs"] = schema["$defs"] | {
        "area": {"enum": areas},
        "forvaltning": {"enum": forvaltninger},
    }
    return schema


def _forvaltninger(profile: Profile) -> set[str]:
    named = {area.forvaltning.id for area in profile.book.areas.values() if area.forvaltning.id}
    return named | set(profile.organisation.forvaltninger)


class RecordCheck:
    """Checks records against one schema of one deployment."""

    def __init__(self, name: str, profile: Profile) -> None:
        self.schema = published_schema(name, profile)
        self._validator = Draft202012Validator(
            self.schema, format_checker=Draft202012Validator.FORMAT_CHECKER
        )

    def shape_faults(self, record: Mapping[str, Any]) -> list[Fault]:
        """Places that hold another kind of thing than they can: a text where a list belongs, and the like."""
        errors = self._validator.iter_errors(record)
        return [
            Fault(_pointer(error.absolute_path), "wrong")
            for error in errors
            if error.validator == "type"
        ]

    def faults(self, record: Mapping[str, Any]) -> list[Fault]:
        """Everything that is wrong, CPR numbers first; the values themselves are never repeated."""
        found = cpr_faults(record)
        seen = {fault.pointer for fault in found}
        for error in self._validator.iter_errors(record):
            for fault in _faults(error):
                if fault.pointer not in seen:
                    seen.add(fault.pointer)
                    found.append(fault)
        return found


def _faults(error: Any) -> Iterator[Fault]:
    place = _pointer(error.absolute_path)
    rule = error.validator_value
    if error.validator == "required":
        yield from (Fault(f"{place}/{name}", "missing") for name in rule if name not in error.instance)  # fmt: skip
    elif error.validator == "not" and "cpr" in str(rule):
        yield Fault(place, "cpr")
    elif error.validator == "anyOf" and place.endswith("/contact"):
        yield Fault(place, "no_way_to_reach")
    elif error.validator == "additionalProperties":
        unknown = [
            name for name in error.instance if name not in error.schema.get("properties", {})
        ]
        yield from (Fault(f"{place}/{name}"[:120], "unknown") for name in unknown)
    else:
        yield Fault(place, KINDS.get(str(error.validator), "wrong"))


def cpr_faults(value: Any, place: str = "") -> list[Fault]:
    """Every place where something is written like a CPR number, in keys as well as in values."""
    if isinstance(value, str):
        return [Fault(place, "cpr")] if holds_cpr(value) else []
    found: list[Fault] = []
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if holds_cpr(str(key)):
                found.append(Fault(place, "cpr"))
            elif key not in MACHINE_MADE and not str(key).endswith("_at"):
                found.extend(cpr_faults(inner, f"{place}/{key}"))
    elif isinstance(value, list | tuple):
        for at, inner in enumerate(value):
            found.extend(cpr_faults(inner, f"{place}/{at}"))
    return found


def canonical(record: Mapping[str, Any]) -> bytes:
    """The one way to write a record as bytes, for hashes."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(record)).hexdigest()


def _pointer(path: Any) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
