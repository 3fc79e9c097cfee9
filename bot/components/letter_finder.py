"""Takes a pasted letter for a letter: what an authority wrote is not what the citizen says.

A letter is long and speaks of much; guessing an intent from its words could even take it for danger.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from bot.components.folding import fold
from bot.environment import REPOSITORY

# The same signs by which the application reads letters.
SIGNS = REPOSITORY / "knowledge" / "reading" / "letter_look.yaml"


@lru_cache(maxsize=1)
def _look() -> Dict[Text, Any]:
    rows: Dict[Text, Any] = YAML(typ="safe").load(SIGNS)
    return rows


def is_letter(text: str) -> bool:
    """Whether a message is a letter from an authority that was pasted."""
    look = _look()
    if len(text.split()) < look["fewest_words"]:
        return False
    plain = fold(text)
    if _count(look["own"], plain) > _count(look["theirs"], plain):
        return False
    found = sum(re.search(sign, plain) is not None for sign in look["signs"].values())
    return bool(found >= look["fewest_signs"])


def holds_own_words(text: str) -> bool:
    """Whether somebody speaks of themselves in it, beside the letter perhaps."""
    return _count(_look()["own"], fold(text)) > 0


def _count(pattern: str, plain: str) -> int:
    return len(re.findall(pattern, plain))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LetterFinder(GraphComponent):
    """Gives a pasted letter the intent of somebody who wants to understand it."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        """Takes the name of the intent, and how those of danger begin."""
        self.intent, self.danger = config["intent"], config["danger"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The intent that a letter gets, and the beginning of those that come before it."""
        return {"intent": "understand_letter", "danger": "acute_"}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LetterFinder:
        """Called by Rasa when a model is trained or opened."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Puts the intent of a letter before what its words may look like."""
        for message in messages:
            text = message.get(TEXT) or ""
            if is_letter(text) and not (self._is_danger(message) and holds_own_words(text)):
                found = {"name": self.intent, "confidence": 1.0}
                rest = [r for r in message.get("intent_ranking") or [] if r["name"] != self.intent]
                message.set(INTENT, found, add_to_output=True)
                message.set("intent_ranking", [found, *rest], add_to_output=True)
        return messages

    def _is_danger(self, message: Message) -> bool:
        """Whether danger was read; it is met first where the citizen may have written of it."""
        name = (message.get(INTENT) or {}).get("name") or ""
        return bool(name.startswith(self.danger))
