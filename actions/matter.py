"""The citizen's matter as the conversation holds it: facts, the open question, what was passed over, own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rasa_sdk.events import SlotSet

from actions.ports import Event, Tracker

# Slots of the bot's domain (bot/domain/guidance.yml).
FACTS = "facts"
ASKED = "asked"
SKIPPED = "skipped"
WORDS = "matter_words"
STAGE = "stage"
LATER = "later"

# What the guidance waits for beside the answer to a question.
RESULT = "result"  # the result was shown; a yes asks for the complaint
CONFIRM = "confirm"  # the complaint was shown; a yes sends it
KEEP = "keep"  # it was offered to keep the day; a yes keeps it
BESIDE = "beside"  # a complaint beside the praise was offered; a yes makes one of it
LETTER = "letter"  # a letter is to be pasted
AGAIN = "again"  # the open question was asked a second time, since the answer was not understood

# Own messages that are kept as the description of the matter, and the characters of them all.
MOST_WORDS = 20
WORDS_LENGTH = 12_000
# What stays where a matter is laid aside for another.
KEPT_FOR_ANOTHER = ("acute", "municipality", "wants")
# What stays of a complaint that became praise.
KEPT_FOR_PRAISE = ("acute", "municipality", "complainant", "subject", "subject_text")


@dataclass(frozen=True, slots=True)
class Matter:
    """Everything that guidance knows of one conversation."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    asked: str | None = None
    skipped: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    stage: str | None = None
    # What was said of a second decision, which waits until this matter is done.
    later: str | None = None

    @property
    def begun(self) -> bool:
        """Whether there is a matter at all."""
        return bool(self.facts)

    @property
    def open(self) -> bool:
        """Whether the conversation waits for an answer of any kind."""
        return self.asked is not None or self.stage is not None

    @property
    def unnamed(self) -> bool:
        """Whether it was asked in vain what the matter is about, and nothing was told of it."""
        about = ("concerns", "subject", "subject_text", "is_decision")
        asked = {"concerns", "subject"} <= set(self.skipped)
        return asked and not self.words and not any(name in self.facts for name in about)

    def told(self, facts: Mapping[str, Any]) -> Matter:
        """With more facts; what was passed over and is now known is no longer passed over."""
        merged = {**self.facts, **facts}
        if facts.get("complained_to_forvaltning") is False:
            for name in ("complained_on", "complained_how", "forvaltning_replied"):
                merged.pop(name, None)
        if facts.get("is_decision") is False:
            for name in ("decision_received", "delivery", "appeal_guidance_missing"):
                merged.pop(name, None)
        if facts.get("wants") == "feedback" and "praise" not in (merged.get("concerns") or ()):
            # Praise and suggestions are no complaint, whatever they sounded like.
            merged["concerns"] = ["praise"]
        if "subject" in facts:
            merged.pop("subject_text", None)
        skipped = tuple(name for name in self.skipped if name not in facts)
        return replace(self, facts=merged, skipped=skipped)

    def without(self, fact: str) -> Matter:
        """With one fact taken back, so that it is asked for anew."""
        gone = {fact, "subject_text"} if fact == "subject" else {fact}
        kept = {name: value for name, value in self.facts.items() if name not in gone}
        return replace(
            self, facts=kept, skipped=tuple(name for name in self.skipped if name != fact)
        )

    def passing_over(self, fact: str) -> Matter:
        """With a question left unanswered."""
        return replace(self, skipped=(*self.skipped, fact), asked=None)

    def said(self, text: str) -> Matter:
        """With one more message in the citizen's own words."""
        words = (*self.words, text)[-MOST_WORDS:]
        while sum(map(len, words)) > WORDS_LENGTH and len(words) > 1:
            words = words[1:]
        return replace(self, words=words)

    def asking(self, fact: str | None, stage: str | None = None) -> Matter:
        """With this question open."""
        return replace(self, asked=fact, stage=stage)

    def at(self, stage: str | None) -> Matter:
        """Waiting for this."""
        return replace(self, stage=stage, asked=None)


def matter_of(tracker: Tracker) -> Matter:
    """The matter as the slots hold it."""
    facts = tracker.get_slot(FACTS)
    return Matter(
        facts=dict(facts) if isinstance(facts, dict) else {},
        asked=tracker.get_slot(ASKED),
        skipped=tuple(tracker.get_slot(SKIPPED) or ()),
        words=tuple(tracker.get_slot(WORDS) or ()),
        stage=tracker.get_slot(STAGE),
        later=tracker.get_slot(LATER),
    )


def remember(matter: Matter, before: Matter) -> list[Event]:
    """The slots that differ from before."""
    now, then = _slots(matter), _slots(before)
    return [SlotSet(name, value) for name, value in now.items() if value != then[name]]


def _slots(matter: Matter) -> dict[str, Any]:
    return {
        FACTS: dict(matter.facts) or None, ASKED: matter.asked, SKIPPED: list(matter.skipped) or None,
        WORDS: list(matter.words) or None, STAGE: matter.stage,
        LATER: matter.later,
    }  # fmt: skip


def another_matter(before: Matter) -> Matter:
    """The matter anew: of the one that was laid aside only who writes, and what they want, still holds."""
    kept = {name: before.facts[name] for name in KEPT_FOR_ANOTHER if name in before.facts}
    return replace(before, facts=kept, asked=None, skipped=(), words=(), stage=None)


def only_praise(before: Matter) -> Matter:
    """The matter without the complaint that somebody leaves for praise; its subject stays."""
    kept = {name: before.facts[name] for name in KEPT_FOR_PRAISE if name in before.facts}
    return replace(before, facts=kept, asked=None, skipped=())
