"""The examples the bot learns from: enough, in order, and apart from those it is tested on."""

from __future__ import annotations

import pytest

from bot.components.folding import words
from tests.bot.near import nearest
from tests.bot.project import BOT, examples, intents, read

LANGUAGES = ("da", "en")
LEAST = {"da": 30, "en": 15}
# What a text nobody can read as anything else is taken for; it cannot be taught.
NOT_TAUGHT = {"nlu_fallback"}
UTTERANCES = BOT.parent / "tests" / "bot" / "utterances"
TOO_NEAR = 0.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_enough_different_examples(language: str) -> None:
    taught = examples(language)

    assert set(taught) == set(intents()) - NOT_TAUGHT
    for intent, lines in taught.items():
        assert len({fold_all(line) for line in lines}) >= LEAST[language], intent


def test_no_sentence_means_two_things() -> None:
    meaning: dict[str, str] = {}
    for language in LANGUAGES:
        for intent, lines in examples(language).items():
            for line in lines:
                assert meaning.setdefault(fold_all(line), intent) == intent, line


def test_danish_is_taught_as_it_is_typed() -> None:
    """Some write without æ, ø and å, and many without care."""
    lines = [line for lines in examples("da").values() for line in lines]

    assert sum("aa" in line or "oe" in line for line in lines) >= 20
    assert sum(any(letter in line for letter in "æøå") for line in lines) >= 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_bot_is_tested_on_was_not_taught(language: str) -> None:
    taught = [line for lines in examples(language).values() for line in lines]
    tested = [text for texts in read(UTTERANCES / f"{language}.yml").values() for text in texts]

    assert [text for text in tested if nearest(text, taught) > TOO_NEAR] == []


def fold_all(text: str) -> str:
    """The text as the bot reads it."""
    return " ".join(word.text for word in words(text))
