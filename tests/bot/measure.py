"""Figures over what the bot understood: accuracy, F1 by intent, and what is taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bot.sets import Utterance

URGENT = "acute_"
# All of these start the guidance about a matter: what is taken for its neighbour is met in the same way.
MATTER = frozenset(
    {"complain", "where_to_complain", "delay_no_answer", "behaviour", "discrimination"}
)


@dataclass(frozen=True)
class Heard:
    """An utterance and the intent the bot took it for."""

    utterance: Utterance
    found: str

    @property
    def read_as(self) -> str:
        """The found intent, or the first one meant where another right reading was found."""
        return self.utterance.intent if self.utterance.is_met_by(self.found) else self.found


def accuracy(heard: Sequence[Heard]) -> float:
    """The share that was read as it may be read."""
    return sum(h.read_as == h.utterance.intent for h in heard) / len(heard)


def met(heard: Sequence[Heard]) -> float:
    """The share that the bot goes on with as it should: what starts the guidance counts as one."""
    return sum(_kind(h.read_as) == _kind(h.utterance.intent) for h in heard) / len(heard)


def _kind(intent: str) -> str:
    return "matter" if intent in MATTER else intent


def scores(heard: Sequence[Heard]) -> dict[str, tuple[float, float, float, int]]:
    """Precision, recall, F1 and number by the intent that was meant."""
    meant = Counter(h.utterance.intent for h in heard)
    found = Counter(h.read_as for h in heard)
    right = Counter(h.read_as for h in heard if h.read_as == h.utterance.intent)
    result = {}
    for intent, number in sorted(meant.items()):
        precision = right[intent] / found[intent] if found[intent] else 0.0
        recall = right[intent] / number
        both = precision + recall
        result[intent] = (precision, recall, 2 * precision * recall / both if both else 0.0, number)
    return result


def macro_f1(heard: Sequence[Heard]) -> float:
    """The mean of F1 over intents, each counting the same."""
    by_intent = scores(heard).values()
    return sum(f1 for _, _, f1, _ in by_intent) / len(by_intent)


def weighted_f1(heard: Sequence[Heard]) -> float:
    """The mean of F1 over intents, each counting as often as it was meant."""
    by_intent = scores(heard).values()
    return sum(f1 * number for _, _, f1, number in by_intent) / len(heard)


def confusion(heard: Sequence[Heard]) -> list[tuple[int, str, str]]:
    """How often, what was meant, what it was taken for; the most frequent first."""
    wrong = Counter((h.utterance.intent, h.read_as) for h in heard)
    pairs = [(n, meant, found) for (meant, found), n in wrong.items() if meant != found]
    return sorted(pairs, key=lambda entry: (-entry[0], entry[1:]))


def is_urgent(heard: Heard) -> bool:
    """Whether the bot met it as a call for help."""
    return heard.found.startswith(URGENT)


def share_met(heard: Sequence[Heard]) -> float:
    """The share that was met as a call for help, of whatever kind."""
    return sum(map(is_urgent, heard)) / len(heard)
