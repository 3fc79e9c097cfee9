"""What is foreseen of a message is what the trained policies say: each intent, in many states of a conversation.

Needs the trained bot, so it is run apart from the other tests in here: STAFET_TEST_MODEL names it.
"""

from __future__ import annotations

import copy
import itertools
import json
import logging
import os
import unittest
from typing import Any
from unittest import mock

from rasa.core.lock_store import InMemoryLockStore
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot import lean_predictions, logs
from bot.lean_predictions import just_said, rules_of, written_down

LISTEN = ActionExecuted("action_listen")
START = [ActionExecuted("action_session_start"), SessionStarted()]
# Values of each kind that slots of ours may hold.
VALUES = ("x", True, False, 0, 0.5, ["a"], {"topic": "housing"})


def said(intent: str | None, *entities: str, text: str = "ord") -> UserUttered:
    """A message that was understood so."""
    found = [{"entity": name, "value": "x"} for name in entities]
    return UserUttered(text, {"name": intent, "confidence": 0.4}, found)


def turn(intent: str, *actions: str) -> list[Any]:
    """A whole turn as it is kept."""
    events: list[Any] = [LISTEN, said(intent), DefinePrevUserUtteredFeaturization(False)]
    for name in actions:
        events += [ActionExecuted(name, "RulePolicy", 1.0), BotUttered("svar")]
    return [*events, SlotSet("last_question", "ord")]


class SamePredictions(unittest.TestCase):
    processor: MessageProcessor
    rasas: Any
    mine: Any

    @classmethod
    def setUpClass(cls) -> None:
        # Else each of the policies' thoughts is written out.
        logs.configure(logging.ERROR)
        store = InMemoryTrackerStore(Domain.empty())
        cls.processor = MessageProcessor(
            os.environ["STAFET_TEST_MODEL"], store, InMemoryLockStore(), mock.Mock()
        )
        cls.rasas = MessageProcessor._predict_next_with_tracker
        cls.addClassCleanup(setattr, MessageProcessor, "_predict_next_with_tracker", cls.rasas)
        lean_predictions.install()
        cls.mine = MessageProcessor._predict_next_with_tracker
        assert cls.mine is not cls.rasas
        cls.domain = cls.processor.domain
        cls.rules = written_down(rules_of(cls.processor))

    def conversation(self, events: list[Any]) -> DialogueStateTracker:
        return DialogueStateTracker.from_events("s", copy.deepcopy(events), slots=self.domain.slots)

    def assert_same(self, events: list[Any]) -> PolicyPrediction:
        """Both ways, each with a conversation of its own, give the same and leave it in the same state."""
        trackers = [self.conversation(events) for _ in range(2)]
        rasas, mine = (
            predict(self.processor, tracker)
            for predict, tracker in zip((type(self).rasas, type(self).mine), trackers, strict=True)
        )
        told = [{**vars(prediction), "events": []} for prediction in (rasas, mine)]
        assert told[0] == told[1], events[-2:]
        assert [type(event) for event in rasas.events] == [type(event) for event in mine.events]
        assert rasas == mine
        assert trackers[0].followup_action == trackers[1].followup_action
        assert list(trackers[0].events) == list(trackers[1].events)
        return mine

    def histories(self) -> list[list[Any]]:
        """What may have been before a message: nothing, each of the stories' steps, long and strange things."""
        first = dict(self.rules)
        turns = [turn(intent, action) for intent, action in first.items()]
        story = ("greet", "ask_question", "ask_more", "thanks")
        told = [event for intent in story for event in turn(intent, first[intent])]
        helped = [
            *turn("ask_question", first["ask_question"]),
            *turn("not_helpful", first["not_helpful"]),
        ]
        language = turn(
            "speak_english", "action_speak_english", "utter_language_changed", "action_take_up"
        )
        return [
            START,
            [],
            [*START, *told],
            [*START, *helped],
            [*START, *language],
            [*START, *itertools.chain(*turns[::4])],
            [*START, *told, *START, *turns[0]],
            [*START, *told, Restarted()],
            [*START, *told, LISTEN, said("deny"), UserUtteranceReverted()],
            [*START, *turns[1], FollowupAction("action_guide"), ActionExecuted("action_guide")],
        ]

    def test_every_intent_after_every_history(self) -> None:
        for intent in (*self.domain.intents, "nobody_knows_it", None):
            for history in self.histories():
                self.assert_same([*history, LISTEN, said(intent)])

    def test_every_intent_in_every_state_of_the_slots(self) -> None:
        names = [slot.name for slot in self.domain.slots]
        single = [[SlotSet(name, value)] for name in names for value in VALUES[:3]]
        filled = [[SlotSet(name, value) for name in names] for value in VALUES]
        for place, intent in enumerate(self.domain.intents):
            # All together and a third of the single ones for each: every one is met with a third of the intents.
            for slots in (*filled, *single[place % 3 :: 3]):
                self.assert_same([*START, *slots, LISTEN, said(intent)])
            self.assert_same([*START, LISTEN, said(intent), *filled[0]])

    def test_every_intent_with_what_buttons_carry(self) -> None:
        for intent in self.domain.intents:
            self.assert_same([*START, LISTEN, said(intent, *self.domain.entities)])

    def test_where_something_else_has_a_say(self) -> None:
        for intent, action in self.rules.items():
            heard = [*START, LISTEN, said(intent)]
            for events in (
                [*heard, ActionExecutionRejected(action)],
                [*heard, DefinePrevUserUtteredFeaturization(False)],
                [*heard, DefinePrevUserUtteredFeaturization(True)],
                [*heard, ActionExecuted(action)],
                [*heard, FollowupAction("action_greet")],
                [*heard, ConversationPaused()],
                [*heard, UserUtteranceReverted()],
                [*heard, Restarted()],
                [*START, ActionExecuted(action), said(intent)],
                [*START, ActiveLoop("action_greet"), LISTEN, said(intent)],
                [*START, LISTEN, said(intent, text="")],
                [*START, LISTEN, said(intent), said("deny")],
            ):
                self.assert_same(events)

    def test_all_our_rules_are_foreseen_and_the_policies_asked_once_for_each(self) -> None:
        policy = next(
            node._component
            for node in self.processor.graph_runner._instantiated_nodes.values()
            if isinstance(node._component, RulePolicy)
        )
        of_one_step = {
            json.loads(key)[0]["user"]["intent"]: action
            for key, action in policy.lookup[RULES].items()
            if len(json.loads(key)) == 1
        }
        assert len(of_one_step) > 30
        assert self.rules == of_one_step
        asked = []
        run = DaskGraphRunner.run

        def counted(runner: Any, *given: Any, **more: Any) -> Any:
            asked.append(runner)
            return run(runner, *given, **more)

        for intent in of_one_step:
            type(self).mine(self.processor, self.conversation([*START, LISTEN, said(intent)]))
        with mock.patch.object(DaskGraphRunner, "run", counted):
            for intent, action in of_one_step.items():
                told = type(self).mine(
                    self.processor,
                    self.conversation([*turn("deny", "action_guide"), LISTEN, said(intent)]),
                )
                assert self.domain.action_names_or_texts[told.max_confidence_index] == action
            assert asked == []
            type(self).mine(self.processor, self.conversation([*START, LISTEN, said("restart")]))
        assert len(asked) == 1

    def test_a_prediction_is_nobody_elses(self) -> None:
        intent = next(iter(self.rules))
        for _ in range(3):
            told = self.assert_same([*START, LISTEN, said(intent)])
            told.probabilities.clear()
            told.events.clear()

    def test_another_component_and_nothing_is_foreseen(self) -> None:
        nodes = dict(self.processor.graph_runner._instantiated_nodes)
        name = next(name for name, node in nodes.items() if isinstance(node._component, RulePolicy))

        class Other(RulePolicy):
            """One of somebody's own."""

        other = mock.Mock(_component=Other.__new__(Other))
        with mock.patch.dict(self.processor.graph_runner._instantiated_nodes, {name: other}):
            assert rules_of(self.processor) == {}

    def test_who_listens_is_seen(self) -> None:
        assert just_said(self.conversation([*START, LISTEN, said("greet")])) == "greet"
        assert just_said(self.conversation([*START, LISTEN])) is None


if __name__ == "__main__":
    unittest.main()
