"""The utterances the bot is measured on, with the place where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.bot.project import read

UTTERANCES = Path(__file__).parent / "utterances"
LANGUAGES = ("da", "en")
# The halves that other voices wrote; the first set is by the hand that wrote the first examples.
HALVES = ("tune", "final")
SETS = (*HALVES, "same_hand")
CALM = "calm"


@dataclass(frozen=True)
class Utterance:
    """Something a person might write, and what it means."""

    place: str
    text: str
    intent: str
    also: frozenset[str] = frozenset()

    def is_met_by(self, intent: str) -> bool:
        """Whether this is a right reading of the utterance."""
        return intent == self.intent or intent in self.also


@cache
def utterances(name: str, language: str) -> tuple[Utterance, ...]:
    """One language of one set."""
    return tuple(
        _utterance(f"{name}/{language}/{intent}/{number}", entry, intent)
        for intent, entries in read(UTTERANCES / name / f"{language}.yml").items()
        for number, entry in enumerate(entries)
    )


@cache
def dangers(language: str) -> tuple[Utterance, ...]:
    """Calls for help in one language, by their kind."""
    return tuple(u for u in utterances("danger", language) if u.intent != CALM)


@cache
def calm(language: str) -> tuple[Utterance, ...]:
    """What only sounds like danger, in one language."""
    return tuple(u for u in utterances("danger", language) if u.intent == CALM)


@cache
def calm_by_same_hand() -> tuple[Utterance, ...]:
    """What only sounds like danger, by the writer of the first examples; both languages."""
    texts = read(UTTERANCES / "same_hand" / "calm.yml")
    return tuple(
        Utterance(f"same_hand/calm/{number}", text, CALM) for number, text in enumerate(texts)
    )


def everything() -> tuple[Utterance, ...]:
    """All utterances of all sets."""
    return tuple(
        u for name in (*SETS, "danger") for lang in LANGUAGES for u in utterances(name, lang)
    )


def _utterance(place: str, entry: str | dict[str, object], intent: str) -> Utterance:
    if isinstance(entry, str):
        return Utterance(place, entry, intent)
    also = entry["also"]
    assert isinstance(also, list), place
    return Utterance(place, str(entry["text"]), intent, frozenset(also))
