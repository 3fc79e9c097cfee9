"""Tells whether somebody tells a story of their own, whatever the message was taken for."""

from __future__ import annotations

from actions.guidance_engine import Engine
from actions.signs import NOT_OURS, Sign, persons_in, shows, wants_to_know
from knowledge.rules.facts import LONGEST_TEXT

# A message of one's own of at least so many words tells a story; of so many, also where it names no subject.
STORY_WORDS = 5
LONG_STORY = 10
# What a story of one's own is easily taken for; whoever tells one is met with help and not with this.
LIKE_A_STORY = frozenset(
    {
        "ask_question", "inform", "nlu_fallback", "correct", "abuse", "help", "out_of_scope", "affirm",
        "deny", "not_helpful", "understand_letter",
    }
)  # fmt: skip
# The same of long ones alone; and what those who do not know where to begin are taken to want.
ONLY_LONG = frozenset({"ask_status"})
LOST = frozenset({"help", "abuse"})


def tells_story(text: str, intent: str, engine: Engine) -> bool:
    """Whether somebody with no matter yet tells of their own, though it was taken for something else."""
    if wants_to_know(text):
        return False
    long = len(text.split()) >= LONG_STORY
    long_enough = intent in ONLY_LONG and long and not shows(text, Sign.numbered)
    like = intent in LIKE_A_STORY or long_enough
    if like and (NOT_OURS in persons_in(text) or is_own_story(text, engine)):
        return True
    # Somebody who does not know where to begin, or who has a lot to be angry about.
    return intent in LOST and long and shows(text, Sign.own)


def is_own_story(text: str, engine: Engine) -> bool:
    """Whether the text speaks of the writer's own, at some length, and of a subject that we know."""
    if len(text.split()) < STORY_WORDS or not shows(text, Sign.own):
        return False
    area, near = engine.subject(text[:LONGEST_TEXT], told=True)
    return area is not None or near
