"""Reads the cases that a jurist writes, and says where an assessment differs from what a case expects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from knowledge.guidance import Assessment, assess, load_profile
from knowledge.rules.assessment import Outcome
from knowledge.rules.facts import FactError

FOLDER = Path(__file__).parent / "cases"
TODAY = dt.date(2026, 11, 21)


def read_cases() -> list[dict[str, Any]]:
    """Every case of every file."""
    return [
        case
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or []
    ]


def run_case(case: Mapping[str, Any]) -> Assessment:
    """The assessment of a case's facts."""
    profile = load_profile(case.get("served", "koebenhavn"))
    return assess(case["facts"], profile, today=TODAY)


def differences(case: Mapping[str, Any]) -> list[str]:
    """Where the engine and the case disagree; empty when they agree."""
    expected = case["expect"]
    try:
        found = run_case(case)
    except FactError as error:
        refused = expected.get("refused")
        return [] if refused == error.field else [f"refused {error.field}, expected {refused}"]
    if "refused" in expected:
        return [f"expected {expected['refused']} to be refused"]
    return [*_outcomes(expected, found), *_missing(expected, found)]


def _outcomes(expected: Mapping[str, Any], found: Assessment) -> Iterator[str]:
    rows = expected.get("outcomes")
    if rows is None:
        return
    if len(rows) != len(found.outcomes):
        yield f"{len(rows)} outcomes expected, got {[(o.rule, o.concern) for o in found.outcomes]}"
        return
    for row, outcome in zip(rows, found.outcomes, strict=True):
        yield from _outcome(row, outcome)


def _outcome(row: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    to = outcome.recipient
    actual = {
        "route": outcome.route.value,
        "concern": outcome.concern,
        "certain": outcome.certain,
        "row": outcome.rule,
        "to": to.contact_id if to else None,
    }
    for name in actual.keys() & row.keys():
        if row[name] != actual[name]:
            yield f"{name}: expected {row[name]!r}, got {actual[name]!r}"
    if lacking := set(row.get("basis", ())) - {basis.source for basis in outcome.basis}:
        yield f"basis lacks {sorted(lacking)}"
    if "deadlines" in row:
        yield from _deadlines(row["deadlines"], outcome)
    if unknown := set(row) - {*actual, "basis", "deadlines"}:
        yield f"the case names {sorted(unknown)}, which no outcome has"


def _deadlines(rows: list[Mapping[str, Any]], outcome: Outcome) -> Iterator[str]:
    found = {deadline.kind: deadline for deadline in outcome.deadlines}
    if not {row["kind"] for row in rows} <= set(found) or (found and not rows):
        yield f"deadlines: expected {[row['kind'] for row in rows]}, got {list(found)}"
        return
    for row in rows:
        deadline = found[row["kind"]]
        for name in row.keys() - {"kind"}:
            if row[name] != getattr(deadline, name):
                yield f"{row['kind']}.{name}: {row[name]} expected, got {getattr(deadline, name)}"


def _missing(expected: Mapping[str, Any], found: Assessment) -> Iterator[str]:
    missing = set(found.missing)
    if "missing" in expected and set(expected["missing"]) != missing:
        yield f"missing: expected {sorted(expected['missing'])}, got {sorted(missing)}"
    if lacking := set(expected.get("missing_has", ())) - missing:
        yield f"missing should have {sorted(lacking)}"
    if needless := set(expected.get("missing_lacks", ())) & missing:
        yield f"missing should lack {sorted(needless)}"
