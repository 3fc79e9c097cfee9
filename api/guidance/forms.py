"""The state of the guide, carried in its own form: what was answered, in which order, and what was passed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from knowledge.rules.dates_text import parse_date_text
from knowledge.rules.facts import DATES, NAMES, YES_NO, FactError
from knowledge.rules.loader import load_questions
from knowledge.rules.questions import told_by

# Facts that the form may carry: the day itself comes from the clock.
CARRIED = tuple(name for name in NAMES if name != "today")
LIST_MARK = ","


@dataclass(slots=True)
class Answers:
    """What the person has said so far; `trail` is the order of the questions, `skipped` those passed over."""

    facts: dict[str, Any] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def forget(self, fact: str) -> None:
        """Takes an answer back, with what it told along, so that it is asked for again if it still matters."""
        for name, value in _also(fact, self.facts.pop(fact, None)).items():
            if name not in self.trail and self.facts.get(name) == value:
                del self.facts[name]
        if fact == "subject":
            self.facts.pop("subject_text", None)
        self.trail = [name for name in self.trail if name != fact]
        self.skipped = [name for name in self.skipped if name != fact]

    def back(self) -> None:
        """Takes the last answer back."""
        if self.trail:
            self.forget(self.trail[-1])

    def hidden(self) -> Iterator[tuple[str, str]]:
        """The fields that carry the state to the next page."""
        for name, value in self.facts.items():
            yield f"f.{name}", _written(value)
        yield "trail", LIST_MARK.join(self.trail)
        yield "skipped", LIST_MARK.join(self.skipped)


def read_answers(form: FormData) -> Answers:
    """The state as the last page carried it; what cannot be a fact is left out here and refused by the engine."""
    answers = Answers()
    for name in CARRIED:
        value = form.get(f"f.{name}")
        if isinstance(value, str) and value:
            answers.facts[name] = _typed(name, value)
    answers.skipped = _names(form, "skipped")
    told = {*answers.facts, *answers.skipped}
    if "subject_text" in told:
        told.add("subject")
    answers.trail = [name for name in _names(form, "trail") if name in told]
    return answers


def take_answer(answers: Answers, form: FormData, today: dt.date) -> None:
    """Adds the answer that was just given, or notes that it was passed over.

    Raises:
        FactError: a date that is none, or no answer at all.
    """
    fact = form.get("fact")
    if not isinstance(fact, str) or fact not in CARRIED:
        return
    if "skip" in form:
        answers.forget(fact)
        answers.skipped.append(fact)
        answers.trail.append(fact)
        return
    given = [value.strip() for value in form.getlist("answer") if isinstance(value, str)]
    given = [value for value in given if value]
    if not given:
        raise FactError(fact, "no_answer")
    answers.forget(fact)
    if fact == "subject" and form.get("by") == "text":
        answers.facts["subject_text"] = given[0]
    elif fact in DATES:
        answers.facts[fact] = _date(fact, given[0], today)
    else:
        answers.facts[fact] = _typed(fact, LIST_MARK.join(given))
        answers.facts = _also(fact, answers.facts[fact]) | answers.facts
    answers.trail.append(fact)


def _also(fact: str, value: Any) -> dict[str, Any]:
    """What the words of an answer tell beside the fact itself."""
    question = load_questions().get(fact)
    return told_by(question, value) if question is not None else {}


def _date(fact: str, text: str, today: dt.date) -> str:
    day = parse_date_text(text, today)
    if day is None:
        raise FactError(fact, "not_a_date")
    if day > today and fact != "promised_by":
        raise FactError(fact, "future_date")
    return day.isoformat()


def _typed(name: str, value: str) -> Any:
    if name in YES_NO and value in ("true", "false"):
        return value == "true"
    if name == "concerns":
        return value.split(LIST_MARK)
    return value


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return LIST_MARK.join(value) if isinstance(value, list) else str(value)


def _names(form: FormData, key: str) -> list[str]:
    value = form.get(key)
    names = value.split(LIST_MARK) if isinstance(value, str) else []
    return list(dict.fromkeys(name for name in names if name in CARRIED))
