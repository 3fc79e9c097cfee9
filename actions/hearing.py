"""Hears what a message says of the matter: new facts, the answer to the open question, or nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.days import (
    day_corrected,
    day_meant,
    day_of_complaint,
    day_of_letter,
    day_of_month,
    day_told_before,
    day_within,
    is_day,
)
from actions.guidance_engine import Engine
from actions.inferring import (
    also_told,
    beside_what_is_pending,
    decided_by_its_committee,
    decision_told,
    decision_told_before,
    kind_meant,
    refused_in_a_word,
    there_is_a_decision,
    treatment_told,
    wants_complaint,
)
from actions.matter import Matter, only_praise
from actions.naming import (
    LEAST_WORDS,
    SHORT,
    answered,
    named_in_passing,
    named_subject,
    of_what,
    subject_beside,
    subject_put_right,
)
from actions.placing import Placed, place
from actions.several import Decision
from actions.signs import (
    Sign,
    after,
    after_first,
    is_question,
    shows,
    wants_to_know,
)
from actions.story import LIKE_A_STORY, tells_story
from knowledge.articles import Lang
from knowledge.reading import Reading
from knowledge.rules.facts import DATES

# Facts that show that somebody tells of a matter of their own.
TELLING = frozenset(
    {
        "decision_received", "event_date", "waiting_since", "complained_on", "is_decision", "concerns",
        "complained_to_forvaltning", "forvaltning_replied", "delivery", "appeal_guidance_missing",
        "promised_by", "has_mandate",
    }
)  # fmt: skip
# Facts of who writes and what they want; told while a question stands, they belong to the matter.
OF_THE_WRITER = frozenset(
    {"complainant", "has_mandate", "directly_affected", "wants_anonymity", "wants"}
)
# What is added to, and what was assumed.
NOT_TAKEN_BACK = frozenset({"concerns", "municipality", "acute"})
# Who asks for the way to complain is shown the way, which is more than an article.
WAY = frozenset({"where_to_complain", "understand_letter"})
MATTER = frozenset(
    {"complain", "delay_no_answer", "behaviour", "discrimination", "where_to_complain", "praise"}
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one message adds to the matter."""

    matter: Matter
    # Facts that are new or changed, in the order in which they were read.
    news: tuple[str, ...]
    corrected: bool
    # The open question is passed over.
    passed: bool
    short: bool
    # The message is about the matter, so guidance goes on with it.
    is_matter: bool
    # The message names the subject that is known already.
    says_again: bool = False
    # The message asks for something that the articles may hold, and tells nothing.
    asks: bool = False
    # Two decisions were told of: the one that is taken, and the one that waits.
    apart: tuple[Decision, Decision] | None = None
    # A second decision was told of while the first one is not done with; nothing of it was taken.
    second: bool = False
    # Beside praise, something is told that does not go well; whether that is a complaint is not said.
    but_amiss: bool = False

    @property
    def says_anything(self) -> bool:
        """Whether the message told or answered something."""
        return bool(self.news) or self.passed


def hear(
    text: str, intent: str, before: Matter, engine: Engine, lang: Lang, today: dt.date, *,
    is_new: bool = False, is_story: bool = False, is_sure: bool = False,
) -> Heard:  # fmt: skip
    """Reads the message as the next one of this matter, or as the first of a new one.

    A story begins a matter, whatever else it was taken for. Where it `is_sure` what the message was taken for, that
    tells what the matter is about.
    """
    placed = place(text, before, engine, lang, today)
    text, before, reading = placed.text, placed.before, placed.reading
    if placed.waits:
        return Heard(
            before, (), corrected=False, passed=False, short=False, is_matter=True, second=True
        )
    told = _told(placed, intent, engine, today)
    before, told = _with_its_kind(text, intent, before, told, lang, today)
    told, put_right = _with_its_day(text, intent, before, told, engine, lang, today)
    before = _without_what_is_open_again(before, told)
    asks, is_telling = is_question(text), bool(TELLING & set(told))
    is_answer = before.asked is not None and (before.asked in told or reading.answer is not None)
    of_the_writer = before.asked is not None and not asks and bool(OF_THE_WRITER & set(told))
    names_it = "subject" in told and len(text.split()) < LEAST_WORDS
    is_matter = (
        intent in MATTER or is_answer or is_telling or placed.laid_aside or placed.is_new_decision
        or of_the_writer or names_it or bool(reading.corrected) or is_story
        or is_new and tells_story(text, intent, engine)
    )  # fmt: skip
    if is_matter and text:
        taken_for = intent if is_sure and not asks else ""
        told = _with_what_follows(text, taken_for, before, told, engine, lang, today)
    news = tuple(name for name, value in told.items() if before.facts.get(name) != value)
    matter = before.told({name: told[name] for name in news})
    short = len(text.split()) <= SHORT
    goes_on = before.asked is not None and intent in LIKE_A_STORY and not wants_to_know(text)
    only_asks = asks and not news and before.asked is not None
    is_telling_more = (is_matter or goes_on) and reading.answer is None and not only_asks
    if is_telling_more and len(text.split()) >= LEAST_WORDS:
        matter = matter.said(placed.whole)
    elif not news and before.asked is not None and short and is_day(text, lang, today):
        # A day of something that has no name yet is kept until it has one.
        matter = matter.said(text)
    passed = (
        before.asked is not None and before.asked not in told
        and (reading.answer is not None or intent in ("dont_know", "skip"))
    )  # fmt: skip
    return Heard(
        matter=matter, news=news, passed=passed, short=short, is_matter=is_matter or passed,
        corrected=placed.laid_aside or put_right or bool(_taken_back(reading, before)),
        says_again=not news and not asks and short and _names_the_known(text, before, engine),
        asks=asks and not is_answer and not is_telling and not passed and intent not in WAY,
        apart=placed.apart, but_amiss=is_amiss_beside_praise(text, matter),
    )  # fmt: skip


def _told(placed: Placed, intent: str, engine: Engine, today: dt.date) -> dict[str, Any]:
    """What the message states, and what it answers to the open question."""
    text, before, told = placed.text, placed.before, dict(placed.told)
    if told.get("has_mandate") and "complainant" not in {**before.facts, **told}:
        # Whoever has somebody's power of attorney writes for them.
        told["complainant"] = "representative"
    if before.asked is not None and before.asked not in told:
        told |= (
            subject_beside(text, before, told, engine)
            if told and before.asked == "subject"
            else answered(text, intent, before.asked, before, engine)
        )
    if not told and before.asked != "subject":
        told = named_in_passing(text, before, engine)
    told |= day_of_complaint(text, told, before, today)
    return also_told(told or refused_in_a_word(text, before), before, engine)


def _with_its_kind(
    text: str, intent: str, before: Matter, told: dict[str, Any], lang: Lang, today: dt.date
) -> tuple[Matter, dict[str, Any]]:
    """What it is about and what is wanted; the matter comes along, since praise leaves little of a complaint."""
    was_complaint = before.facts.get("wants") == "complaint"
    if told.get("wants") == "feedback" and was_complaint and shows(text, Sign.turned):
        before, told = only_praise(before), {"wants": "feedback", "concerns": ["praise"]}
    else:
        told = beside_what_is_pending(text, told, lang, today) | decision_told(text, told)
        if "concerns" in told:
            told["concerns"] = joined(before, told["concerns"])
    if wants_complaint(text, intent, before):
        told.setdefault("wants", "complaint")
    return before, told


def _with_its_day(
    text: str, intent: str, before: Matter, told: dict[str, Any], engine: Engine, lang: Lang,
    today: dt.date,
) -> tuple[dict[str, Any], bool]:  # fmt: skip
    """With what is put right, or the day that a time alone stands for; and whether anything was put right."""
    another_decision = shows(text, Sign.takes_back) and shows(text, Sign.decided)
    put_right = day_of_month(text, before, today)
    if not put_right and (not told or another_decision):
        put_right = subject_put_right(text, before, engine)
    if put_right:
        return ({**told, **put_right} if another_decision else put_right), True
    if intent == "correct" and set(told) <= {before.asked} - set(DATES):
        # The 'no' of 'no, it was on the 30th' answers nothing.
        put_right = day_corrected(text, before.facts, lang, today)
        return put_right or told, bool(put_right)
    if not told and before.asked is not None and len(text.split()) <= SHORT:
        meant = day_meant(text, _as_meant(before, engine), lang, today)
        return meant or day_within(text, before, lang, today), False
    if not told and before.asked is None:
        return day_of_letter(text, before, today), False
    return told, False


def _without_what_is_open_again(before: Matter, told: Mapping[str, Any]) -> Matter:
    """The matter without what praise had settled, once a complaint follows it."""
    facts = before.facts
    if facts.get("wants") == "feedback" and set(told.get("concerns") or ()) - {"praise"}:
        before = before.without("wants")
    if told.get("wants") == "complaint" and facts.get("concerns") == ["praise"]:
        before = before.without("concerns")
    return before


def _with_what_follows(
    text: str, taken_for: str, before: Matter, told: dict[str, Any], engine: Engine, lang: Lang,
    today: dt.date,
) -> dict[str, Any]:  # fmt: skip
    """With the subject that is named, and what follows from all that is known; each step sees the ones before it."""
    told |= named_subject(text, before, told, engine) or of_what(text, before, told, engine)
    told |= treatment_told(text, before, told, engine)
    told |= kind_meant(taken_for, before.facts, told, engine)
    told |= day_told_before(before, told, lang, today)
    told |= decision_told_before(before, told)
    told = decided_by_its_committee(before, told)
    return told | there_is_a_decision(before, told, engine)


def _names_the_known(text: str, before: Matter, engine: Engine) -> bool:
    known = before.facts.get("subject")
    return bool(known) and engine.subject(text, told=True)[0] == known


def is_amiss_beside_praise(text: str, matter: Matter) -> bool:
    """Whether what follows a 'but' in praise, or after it, is no praise."""
    only = matter.facts.get("wants") == "feedback" and matter.facts.get("concerns") == ["praise"]
    rest = after_first(text, Sign.but) if only else None
    return rest is not None and len(rest.split()) >= LEAST_WORDS - 1 and shows(rest, Sign.amiss)


def _as_meant(before: Matter, engine: Engine) -> Mapping[str, Any]:
    """The facts as a bare day belongs to them: of treatment, to when it happened and not to a decision."""
    facts = before.facts
    tried = facts.get("has_statutory_appeal") and "is_decision" not in facts
    if not tried or not engine.is_treatment(facts.get("subject")):
        return facts
    return {**facts, "concerns": ["practical"]}


def lets_go(text: str) -> bool:
    """Whether somebody leaves what they told, and names nothing else."""
    rest = after(text, Sign.dropped)
    return rest is not None and len(text.split()) <= SHORT and not re.search(r"\w", rest)


def joined(before: Matter, concerns: list[str]) -> list[str]:
    """What the matter is about, with what was said before; praise beside a complaint stays a part of it."""
    known = list(before.facts.get("concerns") or ())
    if before.asked == "concerns" and not known:
        return list(concerns)
    return list(dict.fromkeys([*known, *concerns]))


def _taken_back(reading: Reading, before: Matter) -> frozenset[str]:
    """What was said otherwise before; nobody said what goes without saying."""
    return frozenset(name for name in reading.corrected if name in before.facts) - NOT_TAKEN_BACK
