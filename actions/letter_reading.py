"""Explains a letter that was pasted, and takes what it says of the matter; of its text only a masked phrase is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from actions.guidance_engine import Engine
from actions.matter import LETTER, Matter
from actions.ports import Dispatcher
from knowledge.articles import Lang
from knowledge.reading import (
    LetterReading,
    letter_texts,
    letters_in,
    looks_like_letter,
    read_letter,
    subject_of_letter,
    without_instance,
)
from knowledge.rules.loader import load_texts
from knowledge.rules.subjects import SubjectMatch
from knowledge.rules.wording import Wording

# After the text of a letter was asked for, so many words are taken for it.
LETTER_WORDS = 20


def is_letter(text: str, matter: Matter) -> bool:
    """Whether this message is a letter: it looks like one, or one was asked for and this is long."""
    if matter.stage == LETTER and len(text.split()) >= LETTER_WORDS:
        return True
    return looks_like_letter(text)


def say_letter(
    said: Dispatcher, text: str, before: Matter, engine: Engine, lang: Lang, today: dt.date
) -> Matter:
    """Says what the letter is and what its parts mean; gives the matter with its facts."""
    parted = {part: read_letter(part, today=today, lang=lang) for part in letters_in(text)}
    # One matter at a time, and a decision before what only tells something.
    text = next(
        (part for part, one in parted.items() if one.kind == "decision"), next(iter(parted))
    )
    reading = parted.pop(text)
    another = _is_of_another_matter(reading, text, before, engine)
    known = Matter() if another else before
    facts = _facts(reading, text, known, engine)
    if _has_no_instance(facts.get("subject", known.facts.get("subject")), engine):
        reading = without_instance(reading, lang)
        facts = _facts(reading, text, known, engine)
    said.utter_message(
        response="utter_letter_read", summary=_summary(reading, facts, engine, lang, today)
    )
    parts = _parts(reading, lang)
    if parts:
        said.utter_message(response="utter_letter_parts", parts=parts)
    if parted:
        others = [
            _summary(one, _facts(one, part, before, engine), engine, lang, today)
            for part, one in parted.items()
        ]
        said.utter_message(response="utter_letters_beside", summary="\n\n".join(others))
    if another:
        said.utter_message(response="utter_letter_of_another")
        return before
    matter = before.told(
        {name: value for name, value in facts.items() if value != before.facts.get(name)}
    )
    if reading.decided and reading.kind in ("decision", "hearing"):
        matter = matter.said(reading.decided)
    return matter.at(None) if matter.stage == LETTER else matter


def _is_of_another_matter(
    reading: LetterReading, text: str, before: Matter, engine: Engine
) -> bool:  # fmt: skip
    """Whether the letter is about something in another administration than what was told."""
    areas = engine.profile.book.areas
    told = areas.get(str(before.facts.get("subject")))
    found = areas.get(str(_subject(reading, text, Matter(), engine).get("subject")))
    # What cuts across, such as waiting time or access to documents, may well be told of the same matter.
    across = {area.id.split("_")[0] for area in (told, found) if area is not None}
    return len(across) == 2 and "tvaer" not in across


def _facts(
    reading: LetterReading, text: str, before: Matter, engine: Engine
) -> dict[str, Any]:  # fmt: skip
    """What the letter says of the matter; what the citizen told already stands."""
    if reading.is_final or reading.granted or reading.is_of_the_state:
        # No limit for a complaint runs here, so what a limit needs is not asked for.
        return ({"has_statutory_appeal": False} if reading.is_final else {}) | _subject(
            reading, text, before, engine
        )
    facts = dict(reading.facts)
    facts |= _subject(reading, text, before, engine)
    nobody = _has_no_instance(facts.get("subject", before.facts.get("subject")), engine)
    if nobody and reading.appeal is not None and reading.appeal.guidance == "missing":
        # Where nobody above tries the decision, no guidance is required.
        facts.pop("appeal_guidance_missing", None)
    if reading.kind == "decision":
        facts.setdefault("concerns", ["decision"])
        if before.facts.get("concerns"):
            facts["concerns"] = list(dict.fromkeys([*before.facts["concerns"], "decision"]))
    return facts


def _summary(
    reading: LetterReading, facts: dict[str, Any], engine: Engine, lang: Lang, today: dt.date
) -> str:  # fmt: skip
    """What it is, from whom and when, its limit first where one runs, and the guidance on appeal."""
    words = letter_texts(lang)
    summary, wording = words["summary"], Wording(lang, load_texts("phrases")[lang])
    lines = [words["kinds"][reading.kind]]
    limit = reading.deadline
    if limit is not None:
        day = wording.date(limit.date) if limit.date is not None else limit.text
        if limit.is_for != "appeal":
            lines.append(summary["limit_other"].format(day=day))
        elif limit.none:
            lines.append(summary["limit_appeal_none"])
        else:
            name = "limit_appeal_day" if limit.date is not None else "limit_appeal"
            name = "limit_appeal_doubtful" if _is_doubtful(reading) else name
            lines.append(summary[name].format(day=day, length=limit.text))
            if limit.counts_from == "receipt":
                lines.append(words["received"])
        if limit.date is not None and limit.date < today:
            passed = "doubtful" if _is_doubtful(reading) else "appeal"
            lines.append(words["passed"][passed if limit.is_for == "appeal" else "other"])
    if reading.authority:
        lines.append(words["from"].format(authority=", ".join(reading.authority[:3])))
    if reading.date is not None:
        lines.append(words["dated"].format(day=wording.date(reading.date)))
    area = engine.profile.book.areas.get(str(facts.get("subject")))
    if area is not None:
        lines.append(words["subject"].format(subject=area.name.of(lang)))
    if reading.is_final:
        lines.append(summary["final"].format(body=reading.authority[0]))
    elif reading.kind == "decision" and reading.appeal is not None:
        lines.append(_guidance_line(reading, lang))
    if reading.is_of_the_state:
        lines.append(summary["not_ours"])
    text = "\n".join(f"- {line}" if at else line for at, line in enumerate(lines))
    if reading.missing_guidance:
        without = facts.get("appeal_guidance_missing") is None
        text += "\n\n" + words["no_instance" if without else "consequence"].strip()
    return text


def _subject(
    reading: LetterReading, text: str, before: Matter, engine: Engine
) -> dict[str, Any]:  # fmt: skip
    """What the letter is about, where the citizen has not said it."""
    if reading.kind not in ("decision", "hearing") or "subject" in before.facts:
        return {}
    areas = engine.profile.book.areas

    def find(words: str) -> SubjectMatch:
        # A letter decides about cleaning, not about how cleaning is done: what is only a kind of complaint is left out.
        match = engine.match(words)
        kept = tuple(area for area in match.candidates if areas[area].concern is None)
        own = match.area if match.area in kept else None
        return SubjectMatch(area=own, candidates=kept)

    subject = subject_of_letter(reading, text, find)
    return {} if subject is None else {"subject": subject}


def _has_no_instance(subject: Any, engine: Engine) -> bool:
    """Whether nobody above tries decisions in this area."""
    area = engine.profile.book.areas.get(str(subject))
    return area is not None and area.decision.appeal == "none"


def _is_doubtful(reading: LetterReading) -> bool:
    """Whether the limit in the letter is probably not the law's."""
    return reading.appeal is not None and bool(
        {"counts_from", "length"} & set(reading.appeal.doubts)
    )


def _guidance_line(reading: LetterReading, lang: Lang) -> str:
    words = letter_texts(lang)
    appeal = reading.appeal
    if appeal is None:
        return ""
    if reading.granted and appeal.guidance == "missing":
        return str(words["summary"]["granted"])
    named = [words["lacks"][name] for name in appeal.lacks]
    lacks = f" {words['and']} ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))
    return str(words["summary"][f"guidance_{appeal.guidance}"].format(lacks=lacks))


def _parts(reading: LetterReading, lang: Lang) -> str:
    """Each part in the letter's own words, with what they mean."""
    quoted = letter_texts(lang)["quoted"]
    return "\n\n".join(
        quoted.format(quote=part.quote, text=part.text) if part.quote else part.text
        for part in reading.parts
    )
