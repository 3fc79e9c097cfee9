"""What is put in the place of Rasa's own ways for speed does the same as they do."""

from __future__ import annotations

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, FollowupAction, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import lean_graph, lean_turns
from bot.environment import BOT


class Adds(GraphComponent):
    """Adds what it is given, and counts how often it was asked."""

    asked = 0

    @classmethod
    def create(cls, *args: Any, **kwargs: Any) -> Adds:
        return cls()

    def run(self, first: int, second: int) -> int:
        Adds.asked += 1
        return first + second

    def fail(self, first: int, second: int) -> int:
        raise RuntimeError("no")


def node(function: str = "run", **needs: str) -> SchemaNode:
    """One component of the graph and where its input comes from."""
    return SchemaNode(
        needs=needs, uses=Adds, fn=function, constructor_name="create", config={}, eager=True
    )


SCHEMA = GraphSchema(
    {
        "sum": node(first="twice", second="given"),
        "twice": node(first="given", second="given"),
        "apart": node(first="given", second="given"),
        "lacking": node(first="given", second="nowhere"),
        "failing": node("fail", first="given", second="given"),
    }
)


class LeanGraph(unittest.TestCase):
    """The plain walk gives what dask gave."""

    def setUp(self) -> None:
        context = ExecutionContext(GraphSchema({}), "model")
        self.runner = DaskGraphRunner(SCHEMA, None, context)
        self.original = DaskGraphRunner.run
        self.addCleanup(setattr, DaskGraphRunner, "run", self.original)

    def results(self, targets: list[str], **inputs: int) -> Any:
        """What comes out, or the kind of error."""
        try:
            return self.runner.run(inputs=dict(inputs), targets=targets)
        except Exception as error:
            return type(error)

    def test_same_results_and_same_errors(self) -> None:
        asked: list[tuple[list[str], dict[str, int]]] = [
            (["sum"], {"given": 2}),
            (["sum", "apart"], {"given": 5}),
            (["lacking"], {"given": 1}),
            (["failing"], {"given": 1}),
        ]
        before = [self.results(targets, **inputs) for targets, inputs in asked]
        lean_graph.install()
        assert DaskGraphRunner.run is not self.original
        assert [self.results(targets, **inputs) for targets, inputs in asked] == before
        assert before[:3] == [{"sum": 6}, {"sum": 15, "apart": 10}, GraphRunError]

    def test_only_what_a_target_needs_is_run_and_only_once(self) -> None:
        lean_graph.install()
        Adds.asked = 0
        self.results(["sum"], given=1)
        assert Adds.asked == 2


class LeanTurns(unittest.TestCase):
    """After the last action of a rule the bot listens; where a rule goes on, Rasa is asked."""

    def test_the_rules_that_go_on_are_read(self) -> None:
        with TemporaryDirectory() as folder:
            rules = Path(folder) / "rules"
            rules.mkdir()
            (rules / "a.yml").write_text(
                'version: "3.1"\nrules:\n'
                "  - rule: one\n    steps: [{intent: a}, {action: action_last}]\n"
                "  - rule: two\n    steps: [{intent: b}, {action: action_first},"
                " {action: action_last}, {intent: c}, {action: action_other}]\n",
                encoding="utf-8",
            )
            assert lean_turns.followed_actions(Path(folder)) == {"action_first"}

    def test_our_own_rules_go_on_after_a_change_of_language(self) -> None:
        followed = lean_turns.followed_actions(BOT / "data")
        assert {"action_speak_danish", "action_speak_english", "utter_language_changed"} <= followed
        assert "action_answer_question" not in followed

    def test_listens_or_asks(self) -> None:
        asked: list[str] = []
        domain = Domain.from_dict({"actions": ["action_guide", "action_speak_english"]})

        def ask(_: Any, tracker: DialogueStateTracker) -> PolicyPrediction:
            asked.append(str(tracker.latest_action_name))
            return PolicyPrediction.for_action_name(domain, "action_guide", "asked")

        processor = mock.Mock(domain=domain)
        with mock.patch.object(MessageProcessor, "_predict_next_with_tracker", ask):
            lean_turns.install()
            predict = MessageProcessor._predict_next_with_tracker
            after = {
                name: predict(processor, DialogueStateTracker.from_events("s", events)).policy_name
                for name, events in {
                    "a message": [ActionExecuted("action_listen"), UserUttered("hi")],
                    "the last action": [UserUttered("hi"), ActionExecuted("action_guide")],
                    "one of several": [UserUttered("hi"), ActionExecuted("action_speak_english")],
                    "a new conversation": [ActionExecuted("action_session_start")],
                    "a wish of the action": [
                        ActionExecuted("action_guide"),
                        FollowupAction("action_speak_english"),
                    ],
                }.items()  # fmt: skip
            }
        assert after == {
            "a message": "asked",
            "the last action": lean_turns.PREDICTION,
            "one of several": "asked",
            "a new conversation": "asked",
            "a wish of the action": "asked",
        }
        assert len(asked) == 4
