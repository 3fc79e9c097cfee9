"""The scripts and pairs themselves: many, of every kind, and expecting only what can be checked."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.rules.facts import DATES, ENUMS, YES_NO
from knowledge.rules.loader import load_areas
from knowledge.rules.model import Route
from tests.conversations.checks import CHECKS
from tests.conversations.data import Script, letter, matters, pairs, scripts

KINDS = {
    "acute", "apart", "control", "corrections", "deadlines", "delay", "digression", "discrimination", "elsewhere",
    "employees", "english", "evasive", "filing", "happy", "letters", "mixed", "persons", "praise", "robust",
    "routes", "strangers", "tone",
}  # fmt: skip
FACTS = {*ENUMS, *YES_NO, *DATES, "concerns", "subject"}
ROUTES = {route.value for route in Route}


def test_there_are_enough_of_every_kind() -> None:
    assert len(scripts()) >= 120
    assert len(pairs()) >= 60
    assert {script.kind for script in scripts()} == KINDS
    assert max(Counter(script.id for script in scripts()).values()) == 1
    assert sum(script.lang == "en" for script in scripts()) >= 12


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.id)
def test_a_script_expects_what_can_be_checked(script: Script) -> None:
    assert script.turns
    assert set(script.expect) <= {*CHECKS, "last"}
    assert set(script.answers) <= FACTS
    for turn in script.turns:
        assert "letter" not in turn or letter(turn["letter"])
    for key in ("routes", "contains_routes", "contains_any", "never_routes"):
        assert set(script.expect.get(key, ())) <= ROUTES
    assert {route for each in script.expect.get("routes_any", ()) for route in each} <= ROUTES
    assert script.answers.get("subject", "okf_husleje") in load_areas()
    assert not set(script.expect.get("not_asked", ())) & set(script.expect.get("asked", ()))


def test_the_tellings_of_a_matter_differ() -> None:
    for matter in matters():
        assert len(set(matter.tellings.values())) == len(matter.tellings), matter.id
        assert set(matter.routes) <= ROUTES
