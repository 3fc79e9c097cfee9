"""Answers of actions are accepted and refused as Rasa's own check does."""

from __future__ import annotations

import itertools
import unittest
from typing import Any
from unittest import mock

from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot import fast_validator

# One event of each kind that is read straight through, with all it may hold.
EVENTS: list[dict[str, Any]] = [
    {"event": "slot", "name": "a", "value": None},
    {
        "event": "action",
        "policy": "p",
        "confidence": 0.5,
        "name": "a",
        "hide_rule_turn": True,
        "action_text": "t",
    },
    {"event": "session_started"},
    {"event": "followup", "name": "action_guide"},
    {"event": "pause"},
    {"event": "resume"},
]
# What may stand where something else belongs.
VALUES: list[Any] = [None, True, 1, 0.5, "x", [], {}, [1], {"a": 1}]
RESULTS: list[Any] = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "x"}]},
    {"events": [{"event": "slot", "value": 1}], "responses": []},
    {"events": [{"event": "slot", "name": "a"}], "responses": []},
    {"events": [{"name": "no event"}], "responses": []},
    {"events": [{"event": "bot", "text": "x"}], "responses": []},
    {"events": [{"event": "user", "text": 1}], "responses": []},
    {"events": [{"event": "unknown"}], "responses": []},
    {"events": "no list"},
    {"responses": [1]},
    {"something": "else"},
    {},
    [],
    None,
    "text",
]


def answers() -> list[Any]:
    """Right answers, and each with one field replaced or gone."""
    found = list(RESULTS)
    for event, always in itertools.product(EVENTS, ({}, {"timestamp": None, "metadata": {}})):
        whole = {**event, **always}
        changed = [whole]
        for name in [*whole, "timestamp", "metadata", "unheard_of"]:
            changed.append({key: value for key, value in whole.items() if key != name})
            changed += [{**whole, name: value} for value in VALUES]
        found += [{"events": [EVENTS[0], one], "responses": []} for one in changed]
    found += [{"events": [], name: value} for name in ("events", "responses") for value in VALUES]
    found += [{"events": [value], "responses": []} for value in VALUES]
    found += [{"events": [], "responses": [{}, value]} for value in VALUES]
    return found


class FastValidator(unittest.TestCase):
    def setUp(self) -> None:
        self.original = RemoteAction._validate_action_result
        self.addCleanup(setattr, RemoteAction, "_validate_action_result", self.original)

    def verdicts(self, asked: list[Any]) -> list[str]:
        action = RemoteAction("a", None)
        found: list[str] = []
        for answer in asked:
            try:
                found.append(str(action._validate_action_result(answer)))
            except ValidationError as error:
                found.append(error.message.split(". Failed to validate")[0])
        return found

    def test_same_verdicts_in_the_same_words(self) -> None:
        before = self.verdicts(RESULTS)
        fast_validator.install()
        assert RemoteAction._validate_action_result is not self.original
        assert self.verdicts(RESULTS) == before
        assert "True" in before
        assert len(set(before)) > 6

    def test_nothing_is_read_straight_through_that_the_schema_refuses(self) -> None:
        asked = answers()
        through = [fast_validator.plainly_right(answer) for answer in asked]
        with mock.patch.object(fast_validator, "plainly_right", return_value=False):
            fast_validator.install()
            right = [verdict == "True" for verdict in self.verdicts(asked)]
        assert all(is_right for is_right, passed in zip(right, through, strict=True) if passed)
        assert through.count(True) > 100
        assert right.count(False) > 100

    def test_the_usual_answers_are_read_straight_through(self) -> None:
        for event in EVENTS:
            assert fast_validator.plainly_right({"events": [event], "responses": [{}]}), event
        assert fast_validator.plainly_right({})


if __name__ == "__main__":
    unittest.main()
