"""Reads places in a complaint, for the tables that say what stands where in another system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
MAPPINGS = HERE / "mappings"
TEMPLATES = HERE / "templates"


@dataclass(frozen=True)
class TicketMapping:
    """How a complaint stands as a ticket with custom fields; the file explains each part."""

    key: str
    fields: dict[str, list[str]]
    subject: list[str]
    starts: list[str]
    due_whose: str
    statuses: dict[str, str]


def load_mapping(name: str) -> TicketMapping:
    """The mapping for one system."""
    text = (MAPPINGS / f"{name}.yaml").read_text(encoding="utf-8")
    return TicketMapping(**yaml.safe_load(text))


def first(document: Any, pointers: Sequence[str]) -> Any:
    """What stands at the first of the pointers that holds something, or nothing."""
    for pointer in pointers:
        value = at(document, pointer)
        if value not in (None, "", [], {}):
            return value
    return None


def at(document: Any, pointer: str) -> Any:
    """What stands at a JSON pointer, or nothing."""
    place = document
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(place, dict):
            place = place.get(key)
        elif isinstance(place, list) and key.isdigit() and int(key) < len(place):
            place = place[int(key)]
        else:
            return None
    return place


def earliest_deadline(document: dict[str, Any], whose: str) -> str | None:
    """The first day among the deadlines of one side, as an ISO date."""
    deadlines = document.get("deadlines") or []
    days = [str(one["date"]) for one in deadlines if one.get("whose") == whose and one.get("date")]
    return min(days, default=None)


def render_text(template: str, **values: Any) -> str:
    """A text for another system, made from one of the templates."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=False,  # noqa: S701  # plain text, never a page
    )  # fmt: skip
    return environment.get_template(template).render(**values).strip() + "\n"


def heading(event_type: str) -> str:
    """The first line of what is added to a case for a kind of event."""
    text = (TEMPLATES / "headings.yaml").read_text(encoding="utf-8")
    return str(yaml.safe_load(text).get(event_type, event_type))
