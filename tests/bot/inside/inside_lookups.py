"""What is looked up at once is what Rasa finds the long way; and what does not fit is left out."""

from __future__ import annotations

import ast
import asyncio
import gc
import inspect
import logging
import unittest
import warnings
from importlib import import_module
from typing import Any
from unittest import mock

import rasa
import rasa.core.actions.action as actions
import rasa.core.processor
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import ActionNotFoundException, Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import EndpointConfig

from bot import lean, lean_events, lean_lookups
from bot.environment import BOT
from bot.lean_memory import Beside
from bot.serve import settle

CUSTOM = {"type": "text", "mappings": [{"type": "custom"}]}
OURS = Domain.load(str(BOT / "domain"))
SMALL: dict[str, Any] = {
    "intents": ["greet"],
    "entities": ["do"],
    "slots": {"a": CUSTOM},
    "actions": ["action_a"],
}


def error_of(function: Any, *given: Any) -> Any:
    """The kind of error that a call ends in."""
    try:
        return function(*given)
    except Exception as error:
        return type(error)


class WithOriginals(unittest.TestCase):
    """Rasa's own ways are put back after each test."""

    def setUp(self) -> None:
        for place, name in (
            (MessageProcessor, "_check_for_unseen_features"),
            (MessageProcessor, "run_action_extract_slots"),
            (actions, "action_for_name_or_text"),
            (Event, "resolve_by_type"),
            (rasa.core.processor, "copy"),
        ):
            kept = inspect.getattr_static(place, name)
            self.addCleanup(setattr, place, name, kept)


class Lookups(WithOriginals):
    def complaints(self, check: Any, domain: Domain, intent: Any, entities: Any) -> Any:
        """What is warned of in a message, or the kind of error."""
        found = {"intent": {"name": intent}, "entities": entities}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                check(mock.Mock(domain=domain), found)
            except Exception as error:
                return type(error)
        return [str(warning.message) for warning in caught]

    def test_the_same_is_warned_of(self) -> None:
        rasas = MessageProcessor._check_for_unseen_features
        lean_lookups.install()
        mine = MessageProcessor._check_for_unseen_features
        assert mine is not rasas
        said = []
        for domain in (Domain.from_dict(SMALL), Domain.empty(), None):
            for intent in ("greet", "restart", "unknown", None, ""):
                for entities in (None, [], [{"entity": "do"}], [{"entity": "x"}], [{"entity": ""}]):
                    before = self.complaints(rasas, domain, intent, entities)
                    assert self.complaints(mine, domain, intent, entities) == before
                    said.append(bool(before))
        assert 5 < said.count(True) < said.count(False)

    def test_the_same_actions_are_found(self) -> None:
        endpoint = EndpointConfig("http://127.0.0.1:1")
        rasas = actions.action_for_name_or_text
        lean_lookups.install()
        mine = actions.action_for_name_or_text
        assert mine is not rasas
        for name in OURS.action_names_or_texts:
            for _ in range(2):
                asked, found = rasas(name, OURS, endpoint), mine(name, OURS, endpoint)
                assert type(found) is type(asked), name
                assert vars(found).keys() == vars(asked).keys(), name
                if type(asked) in lean_lookups.MADE:
                    assert vars(found) == vars(asked), name
        unknown = (error_of(find, "action_nobody_knows", OURS, endpoint) for find in (rasas, mine))
        assert set(unknown) == {ActionNotFoundException}

    def test_each_run_has_an_action_of_its_own(self) -> None:
        lean_lookups.install()
        found = [actions.action_for_name_or_text("action_listen", OURS, None) for _ in range(3)]
        assert len({id(action) for action in found}) == 3

    def test_no_message_fills_a_slot_of_ours(self) -> None:
        assert not lean_lookups.messages_fill_slots(OURS)

    def test_what_a_message_may_fill_is_seen(self) -> None:
        filling: list[dict[str, Any]] = [
            {"slots": {"a": {"type": "text", "mappings": [mapping]}}}
            for mapping in (
                {"type": "from_text"},
                {"type": "from_intent", "value": "x"},
                {"type": "from_entity", "entity": "do"},
                {"type": "custom", "action": "action_a"},
            )
        ]
        filling.append({"actions": ["action_a", "action_validate_slot_mappings"]})
        for change in filling:
            assert lean_lookups.messages_fill_slots(Domain.from_dict({**SMALL, **change})), change
        assert not lean_lookups.messages_fill_slots(Domain.from_dict(SMALL))

    def test_slots_are_extracted_only_where_they_can_be(self) -> None:
        asked: list[Domain] = []

        async def extract(self: Any, channel: Any, tracker: Any) -> Any:
            asked.append(self.domain)
            return tracker

        MessageProcessor.run_action_extract_slots = extract
        lean_lookups.install()
        filled = Domain.from_dict(
            {**SMALL, "slots": {"a": {"type": "text", "mappings": [{"type": "from_text"}]}}}
        )
        for domain in (OURS, filled):
            tracker = DialogueStateTracker.from_events("s", [])
            processor = mock.Mock(domain=domain)
            extracted = MessageProcessor.run_action_extract_slots(processor, None, tracker)
            assert asyncio.run(extracted) is tracker
        assert asked == [filled]

    def test_rasa_extracts_nothing_from_what_is_left_out(self) -> None:
        action = actions.ActionExtractSlots(None)
        tracker = DialogueStateTracker.from_events("s", [], slots=OURS.slots)
        assert asyncio.run(action.run(mock.Mock(), mock.Mock(), tracker, OURS)) == []


class Events(WithOriginals):
    def test_the_same_kinds(self) -> None:
        rasas = Event.resolve_by_type
        lean_events.install()
        mine = Event.resolve_by_type
        assert mine is not rasas
        names = [kind.type_name for kind in all_subclasses(Event)]
        assert len(names) > 15
        for name in [*names, *names, "topic"]:
            assert mine(name) is rasas(name), name
        assert mine("unknown", Event) is Event
        assert error_of(mine, "unknown") is error_of(rasas, "unknown") is ValueError

    def test_rasas_processor_copies_only_what_it_logs_for_debugging(self) -> None:
        """Else leaving the copies out would change more than a log line."""
        tree = ast.parse(inspect.getsource(rasa.core.processor))
        logged: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "structlogger.debug":
                logged |= {id(part) for part in ast.walk(node)}
        copied = [
            node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "copy"
        ]
        assert copied
        assert all(id(node) in logged for node in copied)

    def test_who_debugs_gets_copies(self) -> None:
        root = logging.getLogger()
        self.addCleanup(root.setLevel, root.level)
        root.setLevel(logging.DEBUG)
        original = rasa.core.processor.copy
        lean_events.install()
        assert rasa.core.processor.copy is original


class Memory(unittest.TestCase):
    class Thing:
        """Something that equals all of its kind and cannot be hashed."""

        def __eq__(self, other: object) -> bool:
            return True

    def test_found_once_for_each(self) -> None:
        found: list[int] = []
        memory = Beside(lambda thing: found.append(id(thing)) or len(found))
        one, other = self.Thing(), self.Thing()
        assert [memory.of(one), memory.of(other), memory.of(one)] == [1, 2, 1]

    def test_forgotten_with_the_object(self) -> None:
        memory = Beside(lambda thing: object())
        things = [self.Thing() for _ in range(5)]
        for thing in things:
            memory.of(thing)
        assert len(memory._kept) == 5
        del thing
        things.clear()
        gc.collect()
        assert memory._kept == {}


class Settled(unittest.TestCase):
    def test_what_was_loaded_is_spared_and_what_comes_later_is_not(self) -> None:
        self.addCleanup(gc.unfreeze)
        asyncio.run(settle(None, None))
        assert gc.get_freeze_count() > 10_000
        loop: list[Any] = []
        loop.append(loop)
        del loop
        assert gc.collect() > 0


class Guard(unittest.TestCase):
    def installed(self, *, broken: str = "", version: str = lean.MADE_FOR) -> list[str]:
        """The parts that were installed, where one of them lacks a name of Rasa's."""
        done: list[str] = []

        def find(name: str) -> Any:
            part = name.removeprefix("bot.")
            if part == broken:
                raise ImportError(part)
            return mock.Mock(install=lambda: done.append(part))

        with (
            mock.patch.object(lean, "import_module", find),
            mock.patch.object(rasa, "__version__", version),
            mock.patch.object(lean, "logger") as logger,
        ):
            lean.install()
        assert logger.warning.called == (broken != "" or version != lean.MADE_FOR)
        return done

    def test_all_parts(self) -> None:
        assert self.installed() == list(lean.PARTS)
        assert all(hasattr(import_module(f"bot.{part}"), "install") for part in lean.PARTS)

    def test_none_in_another_rasa(self) -> None:
        assert self.installed(version="3.6.22") == []

    def test_all_but_one_that_lacks_something(self) -> None:
        rest = [part for part in lean.PARTS if part != "lean_graph"]
        assert self.installed(broken="lean_graph") == rest

    def test_it_is_the_rasa_that_is_there(self) -> None:
        assert rasa.__version__ == lean.MADE_FOR


if __name__ == "__main__":
    unittest.main()
