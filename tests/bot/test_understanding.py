"""How well the bot understands what it was not taught: figures, and floors below which it is broken."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.bot import measure
from tests.bot.evaluate import hear
from tests.bot.serving import ServedBot
from tests.bot.sets import LANGUAGES, calm, calm_by_same_hand, dangers, utterances

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# The goals are .93 for intents and .98 for danger; what is measured stands in docs/performance.md. These floors lie
# just under what was measured, so that nobody makes the bot worse unseen. The half called final is measured by
# `make evaluate` alone: it would not be untouched if every change were seen in it.
FLOOR = {"tune": 0.935, "same_hand": 0.92}
DANGER_FLOOR = 0.985
# Sentences that hold words of danger; those of the danger set were written to fool a reader of single words.
FALSE_ALARM_CEILING = {"danger": 0.23, "same_hand": 0.05}

Report = Callable[[str], None]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Shows a figure, also when the test passes."""

    def show(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}\n")

    return show


@pytest.mark.parametrize("name", FLOOR)
def test_intents_of_what_was_not_taught(bot: ServedBot, name: str, report: Report) -> None:
    said = [u for lang in LANGUAGES for u in utterances(name, lang)]
    heard = hear(lambda text: intent_of(bot, text), said)
    right = measure.accuracy(heard)

    report(
        f"{name}: {right:.3f} of {len(heard)} intents, weighted F1 {measure.weighted_f1(heard):.3f}"
    )
    assert right >= FLOOR[name], measure.confusion(heard)[:10]


def test_calls_for_help_are_met(bot: ServedBot, report: Report) -> None:
    said = [u for lang in LANGUAGES for u in dangers(lang)]
    heard = hear(lambda text: intent_of(bot, text), said)
    met = measure.share_met(heard)

    report(f"{met:.3f} of {len(heard)} calls for help are met")
    assert met >= DANGER_FLOOR, [h.utterance.place for h in heard if not measure.is_urgent(h)]


@pytest.mark.parametrize("name", FALSE_ALARM_CEILING)
def test_calm_sentences_are_seldom_taken_for_danger(
    bot: ServedBot, name: str, report: Report
) -> None:
    said = [u for lang in LANGUAGES for u in calm(lang)]
    if name == "same_hand":
        said = list(calm_by_same_hand())
    heard = hear(lambda text: intent_of(bot, text), said)
    alarms = measure.share_met(heard)

    report(f"{name}: {alarms:.3f} of {len(heard)} calm sentences are taken for danger")
    fooled = [h.utterance.place for h in heard if measure.is_urgent(h)]
    assert alarms <= FALSE_ALARM_CEILING[name], fooled


def intent_of(bot: ServedBot, text: str) -> str:
    """The intent after the fallback has had its say."""
    return str(bot.intent(text)["intent"]["name"])
