"""Tells what an answer to the offer under a result means, whether it is a yes, a button's words or no answer yet."""

from __future__ import annotations

from typing import Literal

from actions.matter import CONFIRM, KEEP, RESULT
from actions.signs import Sign, is_question, shows

Decision = Literal["draft", "send", "keep", "deny", "unsure"]

# What a plain yes asks for.
YES: dict[str, Decision] = {RESULT: "draft", CONFIRM: "send", KEEP: "keep"}
# What a message is taken for that decides nothing.
UNDECIDED = frozenset({"dont_know", "skip"})


def decided(text: str, intent: str, stage: str | None) -> Decision | None:
    """What a short message asks for at this stage; None where it answers something else."""
    if stage not in YES or is_question(text):
        return None
    if stage == CONFIRM and shows(text, Sign.sending):
        return "send"
    if stage == KEEP and shows(text, Sign.keeping):
        return "keep"
    if stage != CONFIRM and shows(text, Sign.drafting):
        return "draft"
    if intent in UNDECIDED or shows(text, Sign.unsure):
        return "unsure"
    if intent == "affirm":
        return YES[stage]
    return "deny" if intent == "deny" else None
