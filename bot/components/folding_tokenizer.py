"""A tokenizer that reads æ, ø, å and their ascii spellings alike."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.components.folding import words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FoldingTokenizer(Tokenizer):
    """Splits a message into folded words that remember their place in the text."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """What Rasa's own tokenizer base expects to find."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """The words of one text; an empty or emoji-only text has none."""
        return [
            Token(word.text, word.start, word.end) for word in words(message.get(attribute) or "")
        ]
