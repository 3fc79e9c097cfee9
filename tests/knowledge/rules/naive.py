"""A second, plain reading of the tables, written apart from the engine: YAML in, row out, by looking at everything.

It shares no code with the diagram or the conditions. Where a variable is not known it tries every class of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import knowledge.rules

FOLDER = Path(knowledge.rules.__file__).parent
Outcome = tuple[str, frozenset[str]]


@cache
def rows(municipality: str) -> list[dict[str, Any]]:
    """The rows of a municipality that hold today, as they stand in the file."""
    text = (FOLDER / "vedtaegt" / municipality / "rules.yaml").read_text(encoding="utf-8")
    return [row for row in yaml.safe_load(text)["rules"] if "last" not in row["valid"]]


@cache
def deadlines(municipality: str) -> dict[str, dict[str, Any]]:
    """The deadline rows by id."""
    files = (FOLDER / "calendar", FOLDER / "vedtaegt" / municipality)
    return {
        row["id"]: row
        for folder in files
        for row in yaml.safe_load((folder / "deadlines.yaml").read_text(encoding="utf-8"))[
            "deadlines"
        ]
    }


def outcome(municipality: str, classes: Mapping[str, str]) -> Outcome:
    """The first row that holds, with the deadlines whose own condition holds; every class is given."""
    for row in rows(municipality):
        if holds(row["when"], classes):
            shown = (
                name
                for name in row.get("deadlines", ())
                if holds(deadlines(municipality)[name]["when"], classes)
            )
            return row["id"], frozenset(shown)
    raise AssertionError(f"no row for {classes}")


def holds(when: Mapping[str, Any], classes: Mapping[str, str]) -> bool:
    """Whether a condition as written in the file is true of these classes."""
    for key, wanted in when.items():
        if key == "any":
            true = any(holds(item, classes) for item in wanted)
        elif key == "all":
            true = all(holds(item, classes) for item in wanted)
        elif key == "not":
            true = not holds(wanted, classes)
        else:
            allowed = wanted if isinstance(wanted, list) else [wanted]
            spelled = {{True: "yes", False: "no"}.get(value, value) for value in allowed}
            true = classes[key] in spelled
        if not true:
            return False
    return True


def completions(
    known: Mapping[str, str], domains: Mapping[str, tuple[str, ...]]
) -> Iterator[dict[str, str]]:
    """Every way of settling what is not known."""
    unknown = [name for name in domains if name not in known]
    for values in itertools.product(*(domains[name] for name in unknown)):
        yield {**known, **dict(zip(unknown, values, strict=True))}


def relevant(
    municipality: str, known: Mapping[str, str], domains: Mapping[str, tuple[str, ...]]
) -> set[str]:
    """The unknown variables of which some value changes the outcome of some completion."""
    unknown = [name for name in domains if name not in known]
    results = {
        tuple(full[name] for name in unknown): outcome(municipality, full)
        for full in completions(known, domains)
    }
    found: set[str] = set()
    for place, name in enumerate(unknown):
        for values, result in results.items():
            changed = (
                results[(*values[:place], other, *values[place + 1 :])] for other in domains[name]
            )
            if any(other != result for other in changed):
                found.add(name)
                break
    return found
