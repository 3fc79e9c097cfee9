"""When somebody is alerted, as data: the built-in numbers, or those of a file of one's own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "alerts.yaml"


class LimitsError(ValueError):
    """A file of limits that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Around the last day of an answer."""

    near_working_days: int


@dataclass(frozen=True, slots=True)
class Rising:
    """When complaints of a unit rise more than chance explains."""

    recent_weeks: int
    past_weeks: int
    least_past_weeks: int
    false_discovery_rate: float
    least_recent: int
    least_ratio: float
    hold_days: int


@dataclass(frozen=True, slots=True)
class RouteGap:
    """When complaints have nobody to go to."""

    days: int
    of_one_area: int
    of_no_area: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """When questions of one meaning are many."""

    days: int
    least: int


@dataclass(frozen=True, slots=True)
class Limits:
    """All of them."""

    answer: Answer
    rising: Rising
    route_gap: RouteGap
    unanswered: Unanswered


_PARTS: dict[str, Any] = {
    "answer": Answer, "rising": Rising, "route_gap": RouteGap, "unanswered": Unanswered,
}  # fmt: skip


def load_limits(own: Path | None = None) -> Limits:
    """The limits that are built in, with the numbers of a file of one's own.

    Raises:
        LimitsError: the file cannot be read, names what does not exist, or a number that cannot be.
    """
    built_in = _read(FILE)
    changed = _read(own) if own is not None else {}
    made = {}
    for name, kind in _PARTS.items():
        given = changed.pop(name, {})
        if not isinstance(given, dict):
            raise LimitsError(f"{own}: {name} must hold lines like `days: 30`")
        known = {one.name for one in fields(kind)}
        if unknown := sorted(map(str, set(given) - known)):
            raise LimitsError(f"{own}: {name}: no such number: {', '.join(unknown)}")
        values = built_in[name] | given
        for key, value in values.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise LimitsError(f"{own}: {name}.{key} must be a number above 0")
        made[name] = kind(**values)
    if changed:
        raise LimitsError(f"{own}: no such part: {', '.join(sorted(map(str, changed)))}")
    return Limits(**made)


def _read(file: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LimitsError(f"{file}: cannot be read ({type(error).__name__})") from None
    if not isinstance(raw, dict):
        raise LimitsError(f"{file}: must hold parts like `answer`")
    return raw
