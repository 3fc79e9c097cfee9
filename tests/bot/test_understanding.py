"""How well the bot understands what it was not taught: figures, and floors below which it is broken."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.project import read
from tests.bot.serving import ServedBot

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

UTTERANCES = Path(__file__).parent / "utterances"

# Measured when written: .91 in Danish, .91 in English; the set is small, hence the margin.
INTENT_FLOOR = {"da": 0.86, "en": 0.85}
# Measured: 76 of 76 and 39 of 40; cross-validation over the examples says .96.
DANGER_FLOOR = {"da": 0.97, "en": 0.92}
# Measured: 6 of 30 sentences written to look like danger.
FALSE_ALARM_CEILING = 0.30

Report = Callable[[str], None]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Shows a figure, also when the test passes."""

    def show(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return show


@pytest.mark.parametrize("language", ["da", "en"])
def test_intents_of_what_was_not_taught(bot: ServedBot, language: str, report: Report) -> None:
    meant = read(UTTERANCES / f"{language}.yml")
    heard = [(i, text, intent_of(bot, text)) for i, texts in meant.items() for text in texts]
    right = sum(intent == found for intent, _, found in heard) / len(heard)
    danger = [(text, found) for intent, text, found in heard if intent.startswith("acute_")]
    met = sum(found.startswith("acute_") for _, found in danger) / len(danger)

    report(f"{language}: {right:.3f} of {len(heard)} intents, {met:.3f} of {len(danger)} dangers")
    wrong = [entry for entry in heard if entry[0] != entry[2]]
    assert right >= INTENT_FLOOR[language], wrong
    assert met >= DANGER_FLOOR[language], [entry for entry in danger if "acute" not in entry[1]]


def test_calm_sentences_are_seldom_taken_for_danger(bot: ServedBot, report: Report) -> None:
    calm = read(UTTERANCES / "calm.yml")
    alarms = [text for text in calm if intent_of(bot, text).startswith("acute_")]

    report(f"{len(alarms)} of {len(calm)} calm sentences taken for danger")
    assert len(alarms) / len(calm) <= FALSE_ALARM_CEILING, alarms


def intent_of(bot: ServedBot, text: str) -> str:
    """The intent after the fallback has had its say."""
    return str(bot.intent(text)["intent"]["name"])
