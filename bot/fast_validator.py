"""Checks the answers of actions by the same rules as Rasa, without building them anew.

Rasa rebuilds and re-checks the same constant schema for every action it runs, and then tries on each event all the
kinds there are. Here the usual answers are read straight through; whatever is not plainly right goes to the schema,
which is built once and says what is wrong.
"""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, Tuple

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

NOTHING = type(None)
TEXT, NUMBER = (str, NOTHING), (int, float, NOTHING)
# What may stand in every event, and what in the kinds that our actions answer with.
ALWAYS: Dict[str, Tuple[type, ...]] = {"timestamp": NUMBER, "metadata": (dict, NOTHING)}
BY_KIND: Dict[str, Dict[str, Tuple[type, ...]]] = {
    "slot": {"name": (str,)},
    "action": {
        "policy": TEXT,
        "confidence": NUMBER,
        "name": TEXT,
        "hide_rule_turn": (bool,),
        "action_text": TEXT,
    },
    "session_started": {},
    "followup": {},
    "pause": {},
    "resume": {},
}
NEEDED: Dict[str, FrozenSet[str]] = {"slot": frozenset({"name", "value"})}


def install() -> None:
    """Puts the once-built validator in the place of Rasa's own."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate_action_result(self: RemoteAction, result: Dict[str, Any]) -> bool:
        if plainly_right(result):
            return True
        error = best_match(validator.iter_errors(result))
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = validate_action_result


def plainly_right(result: Any) -> bool:
    """Whether the schema has surely nothing against an answer."""
    if type(result) is not dict:
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    return (
        type(events) is list
        and type(responses) is list
        and all(type(response) is dict for response in responses)
        and all(_plain_event(event) for event in events)
    )


def _plain_event(event: Any) -> bool:
    if type(event) is not dict or type(event.get("event")) is not str:
        return False
    kind: str = event["event"]
    fields = BY_KIND.get(kind)
    return (
        fields is not None
        and event.keys() >= NEEDED.get(kind, frozenset())
        and all(type(event[name]) in types for name, types in ALWAYS.items() if name in event)
        and all(type(event[name]) in types for name, types in fields.items() if name in event)
    )
