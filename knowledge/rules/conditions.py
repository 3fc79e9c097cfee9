"""Reads a row's `when` into a condition, refusing variables and classes that do not exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knowledge.rules.model import Condition
from knowledge.rules.variables import DOMAINS


class ConditionError(ValueError):
    """A condition names something that the engine does not know."""


def read_condition(
    raw: Any, domains: Mapping[str, tuple[str, ...]] = DOMAINS, where: str = "when"
) -> Condition:
    """A mapping whose lines must all hold; `any`, `all` and `not` take conditions themselves.

    Raises:
        ConditionError: an unknown variable or class, or something that is no condition.
    """
    if not isinstance(raw, Mapping):
        raise ConditionError(f"{where}: a condition is a mapping, not {raw!r}")
    lines = [_line(str(key), value, domains, where) for key, value in raw.items()]
    return lines[0] if len(lines) == 1 else Condition("all", branches=tuple(lines))


def _line(key: str, value: Any, domains: Mapping[str, tuple[str, ...]], where: str) -> Condition:
    if key in ("any", "all"):
        if not isinstance(value, list) or not value:
            raise ConditionError(f"{where}: {key} takes a list of conditions")
        branches = tuple(read_condition(item, domains, where) for item in value)
        return Condition("any" if key == "any" else "all", branches=branches)
    if key == "not":
        return Condition("not", branches=(read_condition(value, domains, where),))
    if key not in domains:
        raise ConditionError(f"{where}: unknown fact {key!r}")
    values = value if isinstance(value, list) else [value]
    classes = frozenset(_class(item) for item in values)
    if unknown := classes - set(domains[key]):
        raise ConditionError(f"{where}: {key} is never {sorted(unknown)}")
    return Condition("is", variable=key, classes=classes)


def _class(value: Any) -> str:
    """YAML reads a bare yes or no as a truth value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
