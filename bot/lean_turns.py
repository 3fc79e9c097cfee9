"""Lets the bot listen as soon as the last action of its turn has run.

Rasa asks its policies after every action what comes next. With us that is written down: a rule names its actions, and
after the last of them the citizen has the word. So the policies are asked only where a rule goes on.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, FrozenSet, List, Set, Text

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    DEFAULT_ACTION_NAMES,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.io import read_yaml_file

from bot.environment import BOT

PREDICTION = "TurnIsOver"


def install() -> None:
    """Makes Rasa's processor listen after an action that nothing follows."""
    ask_policies = MessageProcessor._predict_next_with_tracker
    if getattr(ask_policies, "ends_turns", False):
        return
    followed = followed_actions(BOT / "data")

    def listen_or_ask(self: MessageProcessor, tracker: DialogueStateTracker) -> PolicyPrediction:
        if tracker.followup_action is None and ends_turn(tracker.latest_action_name, followed):
            return PolicyPrediction.for_action_name(self.domain, ACTION_LISTEN_NAME, PREDICTION)
        return ask_policies(self, tracker)

    listen_or_ask.ends_turns = True  # type: ignore[attr-defined]
    MessageProcessor._predict_next_with_tracker = listen_or_ask


def ends_turn(latest: Any, followed: FrozenSet[Text]) -> bool:
    """Whether the action that ran last was one of ours, and no rule or story goes on after it."""
    return bool(latest) and latest not in DEFAULT_ACTION_NAMES and latest not in followed


def followed_actions(data: Path) -> FrozenSet[Text]:
    """The actions that some rule or story follows with another one in the same turn."""
    found: Set[Text] = set()
    for path in sorted([*data.glob("rules/*.yml"), *data.glob("stories/*.yml")]):
        told = read_yaml_file(path)
        for story in [*told.get("rules", []), *told.get("stories", [])]:
            steps: List[Any] = story["steps"]
            for step, following in zip(steps, steps[1:], strict=False):
                if "action" in step and "intent" not in following:
                    found.add(step["action"])
    return frozenset(found)
