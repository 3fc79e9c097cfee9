"""Copies, sessions and what is fetched are what Rasa's own ways through all events give."""

from __future__ import annotations

import asyncio
import copy
import time
import unittest
from typing import Any
from unittest import mock

from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain, SessionConfig
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    DefinePrevUserUtteredFeaturization,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

from bot import lean_trackers
from bot.tracker_store import BoundedTrackerStore, last_session

CUSTOM = {"influence_conversation": False, "mappings": [{"type": "custom"}]}
DOMAIN = Domain.from_dict(
    {
        "intents": ["greet", "thanks"],
        "actions": ["action_guide", "action_greet", "loop"],
        "slots": {
            "language": {"type": "text", **CUSTOM},
            "greeted": {"type": "bool", "initial_value": False, **CUSTOM},
            "facts": {"type": "any", **CUSTOM},
        },
    }
)
START = [ActionExecuted("action_session_start"), SessionStarted()]


def turn(intent: str = "greet", action: str = "action_guide", *after: Any) -> list[Any]:
    """One turn as Rasa keeps it, the last listening apart."""
    return [
        ActionExecuted("action_listen"),
        UserUttered("ord", {"name": intent, "confidence": 0.9}, [{"entity": "do", "value": "x"}]),
        SlotSet("facts", {"topic": "housing"}),
        DefinePrevUserUtteredFeaturization(False),
        ActionExecuted(action, "RulePolicy", 1.0, hide_rule_turn=True),
        BotUttered("svar", metadata={"utter_action": "utter_a"}),
        SlotSet("language", "en"),
        *after,
    ]


CONVERSATIONS: dict[str, list[Any]] = {
    "nothing yet": [],
    "only begun": START,
    "a first message": [*START, *turn()[:2]],
    "a whole turn": [*START, *turn()],
    "three turns": [*START, *turn(), *turn("thanks", "action_greet"), *turn()],
    "listening again": [*START, *turn(), ActionExecuted("action_listen")],
    "a second session": [*START, *turn(), *START, *turn("thanks")],
    "a session that has only begun": [*START, *turn(), *START],
    "no beginning": [*turn(), *turn()],
    "before the beginning": [SlotSet("greeted", True), *START, *turn()],
    "a slot that was emptied": [*START, *turn(), SlotSet("language", None)],
    "all slots reset": [*START, *turn(), AllSlotsReset()],
    "reset before the last action": [*START, *turn(), AllSlotsReset(), *turn()],
    "an action to follow": [*START, *turn(), FollowupAction("action_greet")],
    "an action that followed": [*START, *turn(), FollowupAction("action_greet"), *turn()[4:]],
    "a rejected action": [*START, *turn(), ActionExecutionRejected("action_guide")],
    "paused": [*START, *turn(), ConversationPaused()],
    "paused and gone on": [*START, *turn(), ConversationPaused(), ConversationResumed(), *turn()],
    "restarted": [*START, *turn(), Restarted()],
    "restarted and gone on": [*START, *turn(), Restarted(), *turn("thanks")],
    "an action taken back": [*START, *turn(), ActionReverted()],
    "taken back and gone on": [*START, *turn(), *turn(), UserUtteranceReverted(), *turn("thanks")],
    "a message taken back": [*START, *turn(), UserUtteranceReverted()],
    "a loop": [*START, *turn("greet", "loop", ActiveLoop("loop")), *turn("thanks", "loop")],
    "after a loop": [*START, *turn("greet", "loop", ActiveLoop("loop")), ActiveLoop(None), *turn()],
}


def conversation(events: list[Any]) -> DialogueStateTracker:
    """The conversation that these events make, events of its own included."""
    tracker = DialogueStateTracker.from_events("s", copy.deepcopy(events), slots=DOMAIN.slots)
    tracker.model_id, tracker.assistant_id = "model", "assistant"
    return tracker


def state(tracker: DialogueStateTracker) -> dict[str, Any]:
    """All that a conversation consists of."""
    whole = dict(vars(tracker))
    whole["slots"] = {name: (type(slot), vars(slot)) for name, slot in tracker.slots.items()}
    whole["events"] = [id(event) for event in tracker.events]
    for name in ("latest_message", "latest_bot_utterance"):
        said = whole[name]
        # Before anything was said each has an empty one of its own.
        whole[name] = id(said) if said in list(tracker.events) else (type(said), said.as_dict())
        if not isinstance(whole[name], int):
            whole[name][1].pop("timestamp")
    return whole


class WithOriginals(unittest.TestCase):
    """Rasa's own ways are put back after each test."""

    def setUp(self) -> None:
        for place, name in (
            (DialogueStateTracker, "copy"),
            (MessageProcessor, "_update_tracker_session"),
        ):
            self.addCleanup(setattr, place, name, getattr(place, name))
        self.addCleanup(lambda: delattr(Slot, "__copy__") if hasattr(Slot, "__copy__") else None)
        self.replay = DialogueStateTracker.copy
        self.update_session = MessageProcessor._update_tracker_session
        lean_trackers.install()


class Copies(WithOriginals):
    def test_a_copy_is_what_a_replay_gives(self) -> None:
        for name, events in CONVERSATIONS.items():
            with self.subTest(name):
                original = conversation(events)
                assert state(original.copy()) == state(self.replay(original))

    def test_what_goes_on_usually_is_not_replayed(self) -> None:
        settled = {
            name
            for name, events in CONVERSATIONS.items()
            if lean_trackers.is_settled(conversation(events))
        }
        assert {"a first message", "three turns", "a second session"} <= settled
        assert not settled & {"an action to follow", "restarted", "a loop", "only begun"}

    def test_an_action_that_was_named_and_cleared_is_replayed(self) -> None:
        original = conversation(CONVERSATIONS["an action to follow"])
        original.clear_followup_action()
        assert original.copy().followup_action == self.replay(original).followup_action

    def test_either_goes_on_by_itself(self) -> None:
        original = conversation(CONVERSATIONS["three turns"])
        before = state(original)
        other = original.copy()
        other.update_with_events([SlotSet("language", "da"), ConversationPaused()], DOMAIN)
        other.update(ActionExecuted("action_listen"))
        assert state(original) == before
        assert other.get_slot("language") == "da"

    def test_a_copied_slot_is_what_python_makes_of_it(self) -> None:
        for slot in DOMAIN.slots:
            mine = copy.copy(slot)
            assert type(mine) is type(slot)
            assert mine is not slot
            assert vars(mine) == vars(slot)


class Sessions(WithOriginals):
    def begun(self, update: Any, events: list[Any], minutes: float, lasts: float) -> bool:
        """Whether a session was begun, so many minutes after the last event."""
        tracker = conversation(events)
        for event in tracker.events:
            event.timestamp = time.time() - minutes * 60
        processor = mock.Mock(domain=DOMAIN, _run_action=mock.AsyncMock())
        processor._has_session_expired = lambda asked: MessageProcessor._has_session_expired(
            processor, asked
        )
        with mock.patch.object(DOMAIN, "session_config", SessionConfig(lasts, True)):
            asyncio.run(update(processor, tracker, None))
        return bool(processor._run_action.called)

    def test_a_session_begins_when_rasa_says_so(self) -> None:
        begun = []
        for name, events in CONVERSATIONS.items():
            for minutes, lasts in ((0.0, 60.0), (59.0, 60.0), (61.0, 60.0), (61.0, 0.0)):
                with self.subTest(name, minutes=minutes, lasts=lasts):
                    rasas = self.begun(self.update_session, events, minutes, lasts)
                    mine = self.begun(
                        MessageProcessor._update_tracker_session, events, minutes, lasts
                    )
                    assert mine == rasas
                    begun.append(mine)
        assert 5 < begun.count(True) < begun.count(False)

    def test_the_last_message_is_read_off_the_end(self) -> None:
        heard = lean_trackers.last_message(conversation(CONVERSATIONS["three turns"]))
        assert heard is not None
        for name in ("only begun", "a message taken back", "restarted", "after a loop"):
            assert lean_trackers.last_message(conversation(CONVERSATIONS[name])) is None, name


class Missing(unittest.TestCase):
    def test_nothing_is_put_in_place_where_rasa_lacks_a_name(self) -> None:
        replay, kept = DialogueStateTracker.copy, MessageProcessor._update_tracker_session
        self.addCleanup(setattr, MessageProcessor, "_update_tracker_session", kept)
        del MessageProcessor._update_tracker_session
        try:
            lean_trackers.install()
        except AttributeError:
            assert DialogueStateTracker.copy is replay
            assert not hasattr(Slot, "__copy__")
        else:
            raise AssertionError("it was put in place")


class Fetching(unittest.TestCase):
    def test_the_last_session_is_what_rasa_finds(self) -> None:
        for name, events in CONVERSATIONS.items():
            with self.subTest(name):
                store = BoundedTrackerStore(DOMAIN)
                store.max_event_history = None
                if not events:
                    assert asyncio.run(store.retrieve("s")) is None
                    continue
                asyncio.run(store.save(conversation(events)))
                mine = asyncio.run(store.retrieve("s"))
                rasas = asyncio.run(InMemoryTrackerStore.retrieve(store, "s"))
                assert mine is not None
                assert rasas is not None
                assert state(mine) == state(rasas)

    def test_all_sessions_are_there_for_whoever_wants_them(self) -> None:
        store = BoundedTrackerStore(DOMAIN)
        events = CONVERSATIONS["a second session"]
        asyncio.run(store.save(conversation(events)))
        whole = asyncio.run(store.retrieve_full_tracker("s"))
        assert whole is not None
        assert len(whole.events) == len(events)
        assert last_session(tuple(whole.events)) == len(events) // 2


if __name__ == "__main__":
    unittest.main()
