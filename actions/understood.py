"""Says what was understood, in the words of the questions themselves."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from knowledge.articles import Lang
from knowledge.rules.facts import DATES
from knowledge.rules.loader import load_questions, load_texts
from knowledge.rules.model import Rulebook
from knowledge.rules.wording import Wording, capitalise

# What goes without saying: nobody is told that they are not in danger.
UNSAID = frozenset({"acute", "today", "subject_text"})


def value_text(fact: str, value: Any, lang: Lang, book: Rulebook) -> str:
    """A fact's value as people say it."""
    if fact in DATES:
        return Wording(lang, load_texts("phrases")[lang]).date(dt.date.fromisoformat(str(value)))
    if fact == "subject":
        area = book.areas.get(str(value))
        return area.name.of(lang) if area else str(value)
    options = (load_questions().get(fact) or {}).get("options") or ()
    for option in options:
        if option["value"] == value:
            return str(option["label"][lang])
    values = load_texts("values")[lang]
    if isinstance(value, list):
        if len(value) == 1:
            return str(values.get(value[0], value[0]))
        # The answers have commas of their own.
        first, *rest = (value_text(fact, [item], lang, book) for item in value)
        return "; ".join((first, *map(small, rest)))
    return str(values.get(str(value).lower() if isinstance(value, bool) else value, value))


def meant(facts: Mapping[str, Any], fact: str, book: Rulebook) -> Any:
    """The value as it is meant: where treatment is what can be tried, and nobody told of a decision, it is that."""
    value = facts[fact]
    if fact != "concerns" or not _is_treatment(facts, book):
        return value
    return ["treatment" if one == "decision" else one for one in value]


def _is_treatment(facts: Mapping[str, Any], book: Rulebook) -> bool:
    area = book.areas.get(str(facts.get("subject")))
    deadline = area.decision.deadline if area is not None else None
    is_there = deadline is not None and deadline.start == "event" and "is_decision" not in facts
    return is_there and facts.get("has_statutory_appeal") is True


def is_said(fact: str, value: Any, book: Rulebook) -> bool:
    """Whether it is worth saying that this was understood; the municipality is, where it is not the one served."""
    if fact == "municipality":
        return bool(value != book.municipality)
    return fact not in UNSAID


def label(fact: str, lang: Lang) -> str:
    """A fact's name for people."""
    fields = load_texts("problems")[lang]["fields"]
    return str(fields.get(fact, fact)).rstrip(",")


def lines(facts: Mapping[str, Any], names: Iterable[str], lang: Lang, book: Rulebook) -> str:
    """One line for each of the named facts that is worth saying."""
    return "\n".join(
        f"- {label(name, lang)}: {_within_line(name, meant(facts, name, book), lang, book)}"
        for name in names
        if name in facts and is_said(name, facts[name], book)
        if name != "has_statutory_appeal" or not _is_treatment(facts, book)
    )


def for_card(facts: Mapping[str, Any], lang: Lang, book: Rulebook) -> list[dict[str, Any]]:
    """Everything that was understood, each with the button that changes it."""
    return [
        {
            "fact": name,
            "label": label(name, lang),
            "value_text": capitalise(value_text(name, meant(facts, name, book), lang, book)),
            "change": change_payload(name),
        }
        for name, value in facts.items()
        if is_said(name, value, book)
    ]


def decision_said(
    area: str | None, day: dt.date | None, lang: Lang, book: Rulebook, words: str
) -> str:
    """A decision by its subject, and by its day where it was told; by the own words where neither is sure."""
    if area is None:
        return words.strip(" .,;")
    subject = small(value_text("subject", area, lang, book))
    if day is None:
        return subject
    return phrase("line_decision", lang).format(
        subject=subject, day=value_text("decision_received", day.isoformat(), lang, book)
    )


def change_payload(fact: str) -> str:
    """The command of the button that takes a fact back."""
    return "/correct" + json.dumps({"change": fact})


def _within_line(fact: str, value: Any, lang: Lang, book: Rulebook) -> str:
    text = value_text(fact, value, lang, book)
    return text if fact in DATES or fact == "municipality" else small(text)


def small(text: str) -> str:
    """Within a line the answer goes on in small letters, apart from names."""
    words = text.split(" ", 1)
    keep = len(words[0]) > 1 and words[0][1:2].isupper()
    return text if keep else text[:1].lower() + text[1:]


def phrase(key: str, lang: Lang) -> str:
    """A short phrase of the chat that belongs to no single response."""
    return str(load_texts("values")[lang][key])
