"""The examples the bot learns from: enough, in order, and apart from those it is tested on."""

from __future__ import annotations

import pytest

from bot.article_questions import article_questions
from bot.components.folding import words
from tests.bot.near import Taught
from tests.bot.project import examples, intents
from tests.bot.sets import CALM, HALVES, calm, dangers, everything, utterances

LANGUAGES = ("da", "en")
LEAST = {"da": 30, "en": 15}
# What a text nobody can read as anything else is taken for; it cannot be taught.
NOT_TAUGHT = {"nlu_fallback"}
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


def test_what_the_bot_is_tested_on_was_not_taught() -> None:
    """Only places are named: whoever writes examples must not read what they are measured on."""
    lines = [line for lang in LANGUAGES for lines in examples(lang).values() for line in lines]
    taught = Taught([*lines, *article_questions()])

    assert [u.place for u in everything() if taught.nearest(u.text) > TOO_NEAR] == []


def test_the_sets_are_large_and_in_every_voice() -> None:
    voices = [u for half in HALVES for lang in LANGUAGES for u in utterances(half, lang)]

    assert len(voices) >= 620
    assert {u.intent for u in voices} == set(intents()) - NOT_TAUGHT
    assert 0.65 <= sum("/da/" in u.place for u in voices) / len(voices) <= 0.75
    assert sum(len(dangers(lang)) for lang in LANGUAGES) >= 160
    assert sum(len(calm(lang)) for lang in LANGUAGES) >= 120


def test_nothing_is_measured_twice_or_as_an_unknown_intent() -> None:
    known = {*intents(), CALM}
    seen: dict[str, str] = {}
    for u in everything():
        folded = fold_all(u.text)
        assert seen.setdefault(folded, u.place) == u.place
        assert {u.intent, *u.also} <= known, u.place


def fold_all(text: str) -> str:
    """The text as the bot reads it."""
    return " ".join(word.text for word in words(text))
