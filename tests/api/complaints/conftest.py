"""A complete complaint as a client sends it, and ways to change it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

CHOICE = {"granted": True, "at": "2026-11-20T10:00:00+01:00"}
RECORD: dict[str, Any] = {
    "language": "da",
    "target": {"area": "bif_kontanthjaelp"},
    "complaint": {
        "categories": ["process"],
        "themes": ["sagsbehandlingstid-og-manglende-svar"],
        "subject": "Intet svar på min ansøgning",
        "description": "Jeg søgte i august og har rykket to gange uden svar.",
        "occurred": {"from": {"value": "2026-08-03", "precision": "day"}, "ongoing": True},
        "desired_outcome": {"codes": ["svar", "fremskynde_sag"]},
    },
    "prior_complaint": {"status": "no"},
    "complainant": {
        "type": "borger",
        "identification": {"method": "self_declared"},
        "name": "Anna Jensen",
        "contact": {"email": "anna@example.org"},
    },
    "consent": {
        "privacy_notice": {"version": "2026-11", "shown_at": "2026-11-20T09:59:00+01:00"},
        "forward_to_recipient": CHOICE,
    },
    "provenance": {"confirmed_by_complainant": True, "confirmed_at": "2026-11-20T10:00:00+01:00"},
}


def changed(**places: Any) -> dict[str, Any]:
    """The record with other values at dotted places (`complaint__categories=[...]`); None takes one out."""
    record = copy.deepcopy(RECORD)
    for place, value in places.items():
        here = record
        *path, last = place.split("__")
        for part in path:
            here = here.setdefault(part, {})
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    return record


@pytest.fixture
def record() -> dict[str, Any]:
    return copy.deepcopy(RECORD)
