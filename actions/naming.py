"""Finds the subject, or the answer to the open question, that a message names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.guidance_engine import MANNER, Engine
from actions.matter import Matter
from actions.signs import Sign, after, is_question, shows, without
from knowledge.rules.facts import CONCERNS, LONGEST_TEXT
from knowledge.rules.loader import load_questions

# A message of at most so many words may be a mere yes or no.
SHORT = 6
# Own messages shorter than this describe nothing.
LEAST_WORDS = 4
# How near an answer to the question for the subject must be to some area by its words.
NAMING = 0.05
# More words than this put nothing right; they tell.
STORY_AT_MOST = 15
# What is asked in passing while a question stands; none of it is an answer.
ASIDE = frozenset(
    {
        "ask_question",
        "ask_privacy",
        "bot_challenge",
        "out_of_scope",
        "ask_status",
        "understand_letter",
    }
)


def is_named(text: str, asked: str, engine: Engine) -> bool:
    """Whether the text is an answer to this question, word for word."""
    return bool(_labelled(_plain(text), asked)) or asked == "subject" and bool(engine.named(text))


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(" .!").split())


def _labelled(plain: str, asked: str) -> dict[str, Any]:
    """The answer whose label this is, in any language."""
    for option in (load_questions().get(asked) or {}).get("options") or ():
        if plain in (str(label).casefold() for label in option["label"].values()):
            return {asked: option["value"]} if option["value"] != "today" else {}
    return {}


def answered(
    text: str, intent: str, asked: str, before: Matter, engine: Engine
) -> Mapping[str, Any]:
    """What the text answers to the open question where the reader found nothing."""
    plain = _plain(text)
    if not plain:
        return {}
    if labelled := _labelled(plain, asked):
        return labelled
    if asked == "concerns":
        named = [part.strip() for part in plain.split(",")]
        return {asked: named} if named and all(name in CONCERNS for name in named) else {}
    if asked == "subject" and not shows(text, Sign.only_person):
        area = engine.named(text)
        if area is not None:
            return {"subject": area}
        # What was near before gives way only to what is as near.
        before_that = before.facts.get("subject_text")
        if (
            before_that is not None
            and not shows(text, Sign.correcting)
            and not _names(text, engine)
        ):
            # What was near stays near; with the new words it may be one.
            area = engine.subject(f"{before_that}. {text}"[:LONGEST_TEXT])[0]
            return {} if area is None or is_question(text) else {"subject": area}
        near = engine.points(text) or before_that is None and engine.points(text, NAMING)
        if near and not is_question(text) and (intent not in ASIDE or len(plain.split()) <= SHORT):
            return subject_of(text, engine)
    return {}


def _names(text: str, engine: Engine) -> bool:
    """Whether a text names one area by itself."""
    return engine.subject(text)[0] is not None


def subject_of(
    text: str, engine: Engine, concerns: Sequence[str] = (), *, told: bool = False
) -> dict[str, Any]:
    """The subject area that a text names, or the text itself where it points to a few."""
    area, near = engine.subject(text, concerns, told=told)
    if area is not None:
        return {"subject": area}
    return {"subject_text": text[:LONGEST_TEXT]} if near else {}


def subject_put_right(text: str, before: Matter, engine: Engine) -> dict[str, Any]:
    """The subject that takes the place of the one that was understood: 'not this but that'."""
    if "subject" in before.facts and shows(text, Sign.takes_back) and shows(text, Sign.decided):
        # 'No, sorry, it was a refusal of a free place'.
        area = engine.subject(text, told=True)[0]
        if (
            area not in (None, before.facts["subject"], *MANNER.values())
            and len(text.split()) <= STORY_AT_MOST
        ):
            return {"subject": area}
    rest = after(text, Sign.instead)
    if rest is None and not is_question(text):
        rest = after(text, Sign.about)
    if rest is None or "subject" not in before.facts or len(text.split()) > STORY_AT_MOST:
        return {}
    area = engine.named(rest) or engine.subject(rest)[0]
    return {"subject": area} if area not in (None, before.facts["subject"]) else {}


def subject_beside(
    text: str, before: Matter, told: Mapping[str, Any], engine: Engine
) -> dict[str, Any]:
    """The subject in words that tell something else; what was near before stays near, unless one is named surely."""
    if set(told) == {"delivery"} and len(text.split()) <= SHORT:
        # 'E-Boks' says how the letter came, and is no subject of a complaint.
        return {}
    found = subject_of(text, engine, told=True)
    return {} if "subject" not in found and "subject_text" in before.facts else found


def named_subject(
    text: str, before: Matter, told: Mapping[str, Any], engine: Engine
) -> dict[str, Any]:
    """The subject, where the message names one and none is known.

    What answers another question names one only in passing, and a few words may be meant otherwise: then it must be
    certain.
    """
    if any(name in {**before.facts, **told} for name in ("subject", "subject_text")):
        return {}
    short = len(text.split()) < LEAST_WORDS
    if short and (before.asked is not None or not told):
        return {}
    concerns = told.get("concerns") or before.facts.get("concerns") or ()
    plain = text
    for sign in (Sign.to_dismiss, Sign.help_writing, Sign.not_named):
        plain = without(plain, sign)
    found = subject_of(plain, engine, concerns, told=True)
    in_passing = short or before.asked is not None
    return {} if in_passing and "subject" not in found else found


def named_in_passing(text: str, before: Matter, engine: Engine) -> dict[str, Any]:
    """The subject that a word or two name beside the open question, where none or only a kind of complaint is known."""
    known = before.facts.get("subject")
    if known is not None and known not in MANNER.values() or len(text.split()) >= LEAST_WORDS:
        return {}
    if before.asked is None and not {"concerns", "is_decision"} & set(before.facts):
        return {}
    match = engine.match(text)
    area = match.area or engine.stands_in(text, match.candidates)
    if area is None or area in MANNER.values() or is_question(text):
        return {}
    return {"subject": area}


def of_what(text: str, before: Matter, told: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    """What the delay or the rudeness is about, where nothing but that was known as the subject."""
    if before.facts.get("subject") not in MANNER.values() or is_question(text) or "subject" in told:
        return {}
    area = engine.subject(text)[0]
    return {"subject": area} if area is not None and area not in MANNER.values() else {}
