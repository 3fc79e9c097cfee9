"""One part of a matter with its decided row, and what explaining it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.organisation import Organisation
from knowledge.rules.deadlines import Days
from knowledge.rules.facts import Facts
from knowledge.rules.model import Area, Cited, Edition, Rulebook
from knowledge.rules.routing import Leaf
from knowledge.rules.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What explaining needs besides the matter itself."""

    book: Rulebook
    organisation: Organisation
    elsewhere: Organisation | None
    edition: Edition
    days: Days
    wording: Wording
    usual_way: Cited  # what most areas say about anything but the decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the matter with its decided row and what is known of it."""

    facts: Facts
    area: Area | None
    concern: str | None
    known: Mapping[str, str]
    leaf: Leaf
    certain: bool
