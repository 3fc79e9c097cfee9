"""Hears what a message says of the matter: new facts, the answer to the open question, or nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.guidance_engine import Engine
from actions.inferring import (
    also_told,
    another_matter,
    beside_what_is_pending,
    day_corrected,
    day_meant,
    day_of_complaint,
    day_of_letter,
    day_of_month,
    day_told_before,
    day_within,
    decided_by_its_committee,
    decision_told,
    is_day,
    kind_meant,
    only_praise,
    refused_in_a_word,
    there_is_a_decision,
    treatment_told,
    wants_complaint,
)
from actions.matter import Matter
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
from actions.several import Decision, is_another, told_apart
from actions.signs import (
    NOT_OURS,
    Sign,
    after,
    after_first,
    is_question,
    persons_in,
    shows,
    wants_to_know,
)
from knowledge.articles import Lang
from knowledge.reading import Reading, read_facts
from knowledge.rules.facts import DATES, LONGEST_TEXT

# A message of one's own of at least so many words tells a story; of so many, also where it names no subject.
STORY_WORDS = 5
LONG_STORY = 10
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
# Who asks for the way to complain is shown the way, which is more than an article.
WAY = frozenset({"where_to_complain", "understand_letter"})
MATTER = frozenset(
    {"complain", "delay_no_answer", "behaviour", "discrimination", "where_to_complain", "praise"}
)
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
    laid_aside = lays_aside(text, before)
    is_new_decision = False
    if laid_aside:
        before, text = another_matter(before), (after(text, Sign.dropped) or text).strip()
    apart = told_apart(text, engine, today) if "decision_received" not in before.facts else None
    whole = text
    text = apart[0].text if apart is not None else text
    reading = read_facts(text, today=today, lang=lang, asked=before.asked, known=before.facts)
    told = dict(reading.facts)
    if apart is not None:
        told |= {"is_decision": True, "subject": apart[0].area}
        if apart[0].day is not None:
            told["decision_received"] = apart[0].day.isoformat()
        before = replace(before, later=apart[1].text)
    if is_another(before, told, text, engine):
        if before.asked is not None:
            return Heard(
                replace(before, later=text),
                (),
                corrected=False,
                passed=False,
                short=False,
                is_matter=True,
                second=True,
            )
        before = another_matter(before)
        reading = read_facts(text, today=today, lang=lang, known=before.facts)
        told, is_new_decision = dict(reading.facts), True
    if told.get("has_mandate") and "complainant" not in {**before.facts, **told}:
        # Whoever has somebody's power of attorney writes for them.
        told["complainant"] = "representative"
    if before.asked is not None and before.asked not in told:
        told |= (
            subject_beside(text, before, told, engine)
            if told and before.asked == "subject"
            else answered(text, intent, before.asked, before, engine)
        )
    if not told and before.asked not in (None, "subject"):
        told = named_in_passing(text, before, engine)
    told |= day_of_complaint(text, told, before, today)
    told = also_told(told or refused_in_a_word(text, before), before, engine)
    if (
        told.get("wants") == "feedback"
        and before.facts.get("wants") == "complaint"
        and shows(text, Sign.turned)
    ):
        before = only_praise(before)
        told = {"wants": "feedback", "concerns": ["praise"]}
    else:
        told = beside_what_is_pending(text, told, lang, today) | decision_told(text, told)
        if "concerns" in told:
            told["concerns"] = joined(before, told["concerns"])
    if wants_complaint(text, intent, before):
        told.setdefault("wants", "complaint")
    put_right = day_of_month(text, before, today)
    another_decision = shows(text, Sign.takes_back) and shows(text, Sign.decided)
    if not put_right and (not told or another_decision):
        put_right = subject_put_right(text, before, engine)
    if put_right:
        told = {**told, **put_right} if another_decision else put_right
    elif intent == "correct" and set(told) <= {before.asked} - set(DATES):
        # The 'no' of 'no, it was on the 30th' answers nothing.
        put_right = day_corrected(text, before.facts, lang, today)
        told = put_right or told
    elif not told and before.asked is not None and len(text.split()) <= SHORT:
        told = day_meant(text, _as_meant(before, engine), lang, today) or day_within(
            text, before, lang, today
        )
    elif not told and before.asked is None:
        told = day_of_letter(text, before, today)
    if before.facts.get("wants") == "feedback" and set(told.get("concerns") or ()) - {"praise"}:
        # Praise, and then a complaint beside it: what is wanted of that is not yet known.
        before = before.without("wants")
    if told.get("wants") == "complaint" and before.facts.get("concerns") == ["praise"]:
        # Praise, and then a complaint: what that is about is not yet known.
        before = before.without("concerns")
    asks = is_question(text)
    is_telling = bool(TELLING & set(told))
    news = tuple(name for name, value in told.items() if before.facts.get(name) != value)
    is_answer = before.asked is not None and (before.asked in told or reading.answer is not None)
    is_matter = (
        intent in MATTER or is_answer or is_telling or laid_aside or is_new_decision
        or before.asked is not None and not asks and bool(OF_THE_WRITER & set(told))
        or bool(reading.corrected) or is_story or is_new and tells_story(text, intent, engine)
    )  # fmt: skip
    if is_matter and text:
        told |= named_subject(text, before, told, engine) or of_what(text, before, told, engine)
        told |= treatment_told(text, before, told, engine)
        told |= kind_meant(intent if is_sure and not asks else "", before.facts, told, engine)
        told |= day_told_before(before, told, lang, today)
        told = decided_by_its_committee(before, told)
        told |= there_is_a_decision(before, told, engine)
        news = tuple(name for name, value in told.items() if before.facts.get(name) != value)
    matter = before.told({name: told[name] for name in news})
    goes_on = before.asked is not None and intent in LIKE_A_STORY and not wants_to_know(text)
    length = len(text.split())
    only_asks = asks and not news and before.asked is not None
    if (
        (is_matter or goes_on)
        and length >= LEAST_WORDS
        and reading.answer is None
        and not only_asks
    ):
        matter = matter.said(whole)
    elif not news and before.asked is not None and length <= SHORT and is_day(text, lang, today):
        # A day of something that has no name yet is kept until it has one.
        matter = matter.said(text)
    passed = (
        before.asked is not None and before.asked not in told
        and (reading.answer is not None or intent in ("dont_know", "skip"))
    )  # fmt: skip
    return Heard(
        matter=matter, news=news, passed=passed,
        corrected=laid_aside or bool(put_right) or bool(_taken_back(reading, before)),
        short=len(text.split()) <= SHORT, is_matter=is_matter or passed,
        says_again=not news and not asks and length <= SHORT and bool(before.facts.get("subject"))
        and engine.subject(text, told=True)[0] == before.facts["subject"],
        asks=asks and not is_answer and not is_telling and not passed and intent not in WAY,
        apart=apart, but_amiss=is_amiss_beside_praise(text, matter),
    )  # fmt: skip


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


def lays_aside(text: str, before: Matter) -> bool:
    """Whether somebody leaves what they told for another matter, and names that."""
    rest = after(text, Sign.dropped)
    named = {"subject", "subject_text", "concerns"} & set(before.facts)
    return bool(named) and rest is not None and len(rest.split()) >= LEAST_WORDS - 1


def lets_go(text: str) -> bool:
    """Whether somebody leaves what they told, and names nothing else."""
    rest = after(text, Sign.dropped)
    return rest is not None and len(text.split()) <= SHORT and not re.search(r"\w", rest)


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


def joined(before: Matter, concerns: list[str]) -> list[str]:
    """What the matter is about, with what was said before; praise beside a complaint stays a part of it."""
    known = list(before.facts.get("concerns") or ())
    if before.asked == "concerns" and not known:
        return list(concerns)
    return list(dict.fromkeys([*known, *concerns]))


def _taken_back(reading: Reading, before: Matter) -> frozenset[str]:
    return frozenset(
        name for name in reading.corrected if name in before.facts and name != "concerns"
    )
