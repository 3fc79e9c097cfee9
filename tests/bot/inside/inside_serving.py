"""What is put around Rasa when it serves: memory, words, facts, logs."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import structlog
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot import environment, lean_imports, logs, message_facts
from bot.article_questions import article_questions, as_training_data
from bot.check import faults_among
from bot.responses import TakingTurns
from bot.serve import missing_settings
from bot.tracker_store import (
    KEPT_EVENTS,
    MOST_EVENTS,
    BoundedMemory,
    BoundedTrackerStore,
    shortened,
    weigh,
)

SLOT = {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
DOMAIN = Domain.from_dict(
    {
        "slots": {name: dict(SLOT) for name in ("language", "last_article", "greeted")},
        "responses": {
            "utter_thanks": [
                {"text": "en"},
                {"text": "to"},
                {
                    "text": "one",
                    "condition": [{"type": "slot", "name": "language", "value": "en"}],
                },
            ],
            "utter_answer": [{"text": "{answer}", "buttons": [{"title": "t", "payload": "/p"}]}],
            "utter_more": [
                {
                    "text": "x",
                    "buttons": [{"title": "t", "payload": '/ask_question{{"article": "a"}}'}],
                }
            ],
        },
    }
)


def tracker(*events: Any) -> DialogueStateTracker:
    """A conversation with these events."""
    return DialogueStateTracker.from_events("s", list(events), slots=DOMAIN.slots)


class LeanImports(unittest.TestCase):
    """What is kept out is what Rasa asks for and nobody uses; in a process of its own, since imports stay."""

    def run_apart(self, *lines: str) -> str:
        """What a fresh interpreter prints that keeps them out."""
        code = "\n".join(["from bot import lean_imports", "lean_imports.install()", *lines])
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            cwd=environment.REPOSITORY, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def test_rasa_asks_for_each_of_them(self) -> None:
        asked = self.run_apart(
            "import rasa.core.run, rasa.engine.recipes.default_components, rasa.model_training",
            "print(*sorted(lean_imports.kept_out()))",
        )
        assert asked.split() == sorted(lean_imports.NEVER_USED + lean_imports.ONLY_TO_LEARN)

    def test_using_one_is_an_error_that_names_it(self) -> None:
        said = self.run_apart(
            "import tensorflow as tf",
            "class Layer(tf.keras.layers.Layer): pass",
            "try: tf.constant(3)",
            "except lean_imports.NotLoaded as error: print(error)",
        )
        assert said == "constant"

    def test_everything_else_is_what_it_is(self) -> None:
        said = self.run_apart("import numpy", "print(numpy.arange(3).sum())")
        assert said == "3"


class Memory(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 0.0
        self.memory = BoundedMemory(max_bytes=10, max_seconds=60, clock=lambda: self.now)

    def test_the_longest_unwritten_goes_first(self) -> None:
        for name in "abc":
            self.memory[name] = "xxxx"
        assert list(self.memory) == ["b", "c"]

    def test_writing_again_keeps_a_conversation(self) -> None:
        self.memory["a"] = self.memory["b"] = "xxxx"
        self.memory["a"] = "yyyy"
        self.memory["c"] = "xxxx"
        assert dict(self.memory) == {"a": "yyyy", "c": "xxxx"}

    def test_time_erases(self) -> None:
        self.memory["a"] = "x"
        self.now = 61
        assert "a" not in self.memory
        assert len(self.memory) == 0

    def test_one_conversation_may_be_larger_than_all_room(self) -> None:
        self.memory["a"] = "x" * 100
        assert len(self.memory["a"]) == 100

    def test_forgotten_room_is_free_again(self) -> None:
        for round_ in range(50):
            self.memory["a"] = "xxxx"
            self.memory.pop("a", None)
            self.memory[f"b{round_}"] = "xxxxx"
        assert len(self.memory) == 2


class Store(unittest.TestCase):
    def setUp(self) -> None:
        self.store = BoundedTrackerStore(DOMAIN)

    def test_a_turn_that_fails_leaves_no_trace(self) -> None:
        asyncio.run(self.store.save(tracker(SlotSet("language", "en"))))
        found = asyncio.run(self.store.retrieve("s"))
        assert found is not None
        found.update(SlotSet("language", "da"))
        again = asyncio.run(self.store.retrieve("s"))
        assert again is not None
        assert again.get_slot("language") == "en"
        assert len(again.events) == 1

    def test_long_messages_weigh_more(self) -> None:
        assert weigh((UserUttered("x" * 5000),)) > weigh((UserUttered("x"),)) + 4900

    def test_a_conversation_comes_back(self) -> None:
        asyncio.run(self.store.save(tracker(SlotSet("language", "en"))))
        found = asyncio.run(self.store.retrieve("s"))
        assert found.get_slot("language") == "en"

    def test_saving_it_empty_erases_it(self) -> None:
        asyncio.run(self.store.save(tracker(SlotSet("language", "en"))))
        asyncio.run(self.store.save(tracker()))
        assert list(asyncio.run(self.store.keys())) == []
        assert asyncio.run(self.store.retrieve("s")) is None


class Shortening(unittest.TestCase):
    def turns(self, count: int, *first: Any) -> DialogueStateTracker:
        events = list(first)
        for number in range(count):
            events += [ActionExecuted("action_listen"), UserUttered(f"turn {number}")]
            events += [ActionExecuted("utter_thanks"), BotUttered("hi")]
        return tracker(*events)

    def test_a_conversation_of_usual_length_is_left_alone(self) -> None:
        usual = self.turns(MOST_EVENTS // 4)
        assert shortened(usual, DOMAIN) is usual

    def test_a_long_one_loses_its_oldest_turns_and_not_where_it_stands(self) -> None:
        known = [SlotSet("last_article", "a"), ActiveLoop("loop"), ConversationPaused()]
        long = self.turns(200, *known)
        long.model_id = "model"
        short = shortened(long, DOMAIN)
        assert len(short.events) <= KEPT_EVENTS + 10
        assert short.get_slot("last_article") == "a"
        assert short.active_loop_name == "loop"
        assert short.is_paused()
        assert short.model_id == "model"
        assert list(short.events)[-5:] == list(long.events)[-5:]
        said = [e.text for e in short.events if isinstance(e, UserUttered)]
        assert said[-1] == "turn 199"
        assert "turn 0" not in said

    def test_it_begins_with_a_whole_turn(self) -> None:
        short = shortened(self.turns(200), DOMAIN)
        kept = list(short.events)[2:]
        assert [type(event) for event in kept[:2]] == [ActionExecuted, UserUttered]

    def test_a_slot_that_was_emptied_stays_empty(self) -> None:
        known = [SlotSet("greeted", True), SlotSet("greeted", None)]
        assert shortened(self.turns(200, *known), DOMAIN).get_slot("greeted") is None


class Words(unittest.TestCase):
    def say(self, name: str, conversation: DialogueStateTracker, **values: Any) -> dict[str, Any]:
        generator = TakingTurns(None, DOMAIN)
        said: dict[str, Any] = asyncio.run(generator.generate(name, conversation, "rest", **values))
        return said

    def test_wordings_take_turns(self) -> None:
        heard = BotUttered("en", metadata={"utter_action": "utter_thanks"})
        assert self.say("utter_thanks", tracker())["text"] == "en"
        assert self.say("utter_thanks", tracker(heard))["text"] == "to"
        assert self.say("utter_thanks", tracker(heard, heard))["text"] == "en"

    def test_english_is_said_in_english(self) -> None:
        assert self.say("utter_thanks", tracker(SlotSet("language", "en")))["text"] == "one"

    def test_buttons_added_by_an_action_do_not_stay(self) -> None:
        self.say("utter_answer", tracker(), answer="a")["buttons"].append({"title": "more"})
        assert len(self.say("utter_answer", tracker(), answer="a")["buttons"]) == 1

    def test_braces_in_an_answer_are_only_letters(self) -> None:
        said = self.say("utter_answer", tracker(), answer="a {b} {0} }{")
        assert said["text"] == "a {b} {0} }{"

    def test_a_payload_keeps_its_entity(self) -> None:
        payload = self.say("utter_more", tracker())["buttons"][0]["payload"]
        assert json.loads(payload.removeprefix("/ask_question")) == {"article": "a"}

    def test_what_the_domain_lacks_is_not_said(self) -> None:
        assert self.say("utter_gone", tracker()) is None


class MessageFacts(unittest.TestCase):
    def slots(self, metadata: dict[str, Any], *before: SlotSet) -> dict[str, Any]:
        return {
            event.key: event.value
            for event in message_facts.slots_to_set(metadata, tracker(*before))
        }

    def test_facts_and_language_become_slots(self) -> None:
        found = self.slots({"lang": "en", "facts": {"last_article": "a", "unknown": 1}})
        assert found == {"language": "en", "last_article": "a"}

    def test_only_what_differs_is_set(self) -> None:
        same = {"lang": "da", "facts": {"greeted": True}}
        assert self.slots(same, SlotSet("language", "da"), SlotSet("greeted", True)) == {}

    def test_what_the_application_no_longer_holds_is_forgotten(self) -> None:
        assert self.slots({"facts": {}}, SlotSet("greeted", True)) == {"greeted": None}

    def test_without_facts_nothing_is_touched(self) -> None:
        assert self.slots({}, SlotSet("greeted", True)) == {}
        assert self.slots({"lang": None, "facts": "x"}, SlotSet("greeted", True)) == {}

    def test_they_are_there_right_after_the_message(self) -> None:
        original = MessageProcessor._handle_message_with_tracker

        async def read(self: Any, message: UserMessage, conversation: DialogueStateTracker) -> None:
            conversation.update(UserUttered(message.text))

        try:
            MessageProcessor._handle_message_with_tracker = read
            message_facts.install()
            installed = MessageProcessor._handle_message_with_tracker
            message_facts.install()
            assert MessageProcessor._handle_message_with_tracker is installed
            conversation = tracker()
            processor = mock.Mock(domain=DOMAIN)
            message = UserMessage("hi", metadata={"lang": "en", "facts": {}})
            asyncio.run(installed(processor, message, conversation))
        finally:
            MessageProcessor._handle_message_with_tracker = original
        assert [type(e) for e in conversation.events] == [UserUttered, SlotSet]
        assert conversation.get_slot("language") == "en"


class Logs(unittest.TestCase):
    """Nothing a citizen wrote may reach the log, not even when everything breaks."""

    def setUp(self) -> None:
        root = logging.getLogger()
        handlers, level, config = root.handlers[:], root.level, structlog.get_config()
        self.addCleanup(lambda: structlog.configure(**config))
        self.addCleanup(lambda: root.setLevel(level))
        self.addCleanup(lambda: root.handlers.__setitem__(slice(None), handlers))
        self.out = io.StringIO()
        with contextlib.redirect_stderr(self.out):
            logs.configure(logging.INFO)

    def fail(self, secret: str) -> None:  # type: ignore[override]
        hidden_variable = secret
        raise ValueError(f"broken on {hidden_variable}")

    def test_a_failure_names_its_place_and_no_words(self) -> None:
        log = structlog.get_logger("rasa")
        try:
            self.fail("min hemmelige sag")
        except ValueError:
            log.exception("rest.message.received.failure", text="min hemmelige sag")
            logging.getLogger("rasa.core").exception("failed on %s", "min hemmelige sag")
        written = self.out.getvalue()
        assert "hemmelige" not in written
        assert "rest.message.received.failure" in written
        assert written.count("ValueError at") == 2
        for line in written.splitlines():
            json.loads(line)

    def test_a_ready_made_sentence_is_named_by_its_place(self) -> None:
        logging.getLogger("rasa.core").warning("cannot read 'min hemmelige sag'")
        assert "hemmelige" not in self.out.getvalue()
        assert "inside_serving:" in self.out.getvalue()


class Surroundings(unittest.TestCase):
    def test_everything_is_written_below_the_var_folder(self) -> None:
        with (
            tempfile.TemporaryDirectory() as folder,
            mock.patch.dict(os.environ, {"STAFET_VAR": folder}),
        ):
            environment.prepare()
            for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "RASA_CACHE_DIRECTORY"):
                assert Path(os.environ[name]).is_dir(), name
                assert Path(folder).resolve() in Path(os.environ[name]).parents
            assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"
            assert os.environ["GIT_CEILING_DIRECTORIES"] == str(environment.REPOSITORY)

    def test_missing_secrets_are_named(self) -> None:
        assert missing_settings({"STAFET_PORT": "1", "STAFET_RASA_TOKEN": ""}) == [
            "STAFET_RASA_TOKEN",
            "STAFET_ACTION_SECRET",
        ]

    def test_warnings_that_leave_holes_are_faults(self) -> None:
        meant = "The utterance 'utter_x' is not used in any story or rule."
        broken = "The file x.yml could not be loaded as domain file."
        assert faults_among([meant, broken, broken]) == [broken]


class ArticleQuestions(unittest.TestCase):
    def test_they_are_plain_questions_each_once(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "da"
            place.mkdir()
            (place / "a.md").write_text(
                "---\nslug: a\nquestions:\n  - Hvornår får jeg [svar]?\n  - Hvor klager jeg?\n"
                "  - Hvornår får jeg [svar]?\n---\n## T {#t}\n",
                encoding="utf-8",
            )
            (place / "w.md").write_text(
                "---\nslug: whistleblower\nquestions: ['Kan jeg melde min chef?']\n---\n", "utf-8"
            )
            (place / "n.md").write_text("no front matter", "utf-8")
            assert article_questions(Path(folder)) == ["Hvornår får jeg svar?"]

    def test_they_are_in_rasas_format(self) -> None:
        data = as_training_data(["a\nb", "c"])
        assert data["nlu"] == [{"intent": "ask_question", "examples": "- a b\n- c\n"}]


if __name__ == "__main__":
    unittest.main()
