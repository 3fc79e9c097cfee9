"""Tells what an answer to the offer under a result means, whether it is a yes, a button's words or no answer yet."""

from __future__ import annotations

from typing import Literal

from actions.matter import AGAIN, BESIDE, CONFIRM, KEEP, RESULT, Matter
from actions.signs import Sign, is_question, shows

Decision = Literal["draft", "send", "keep", "beside_practical", "result", "deny", "unsure"]

# What a plain yes asks for.
YES: dict[str, Decision] = {
    RESULT: "draft", CONFIRM: "send", KEEP: "keep", BESIDE: "beside_practical",
}  # fmt: skip
# What a plain no asks for, where it does not leave all as it is.
NO: dict[str, Decision] = {BESIDE: "result"}
# What a message is taken for that decides nothing.
UNDECIDED = frozenset({"dont_know", "skip"})


def offered(matter: Matter) -> str | None:
    """What the matter waits for; beside an open question, or none, a complaint can always be made of it."""
    return RESULT if matter.begun and matter.stage in (None, AGAIN) else matter.stage


def asked_for(text: str, stage: str | None) -> Decision | None:
    """What a message asks for at this stage in the words of its button, whatever else they may be taken for."""
    if stage == CONFIRM and shows(text, Sign.sending):
        return "send"
    if stage == KEEP and shows(text, Sign.keeping):
        return "keep"
    return "draft" if stage in (RESULT, KEEP) and shows(text, Sign.drafting) else None


def decided(text: str, intent: str, stage: str | None) -> Decision | None:
    """What a short message answers to the offer at this stage; None where it answers something else."""
    if stage not in YES or is_question(text):
        return None
    if intent in UNDECIDED or shows(text, Sign.unsure):
        return "unsure"
    if intent == "affirm":
        return YES[stage]
    return NO.get(stage, "deny") if intent == "deny" else None
