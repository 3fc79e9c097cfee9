"""What `stafet rules check` and `stafet rules explain` show: findings about the rules, and how a matter is decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.guidance import assess, load_profile
from knowledge.rules.facts import parse_facts
from knowledge.rules.integrity import RulesError
from knowledge.rules.loader import FOLDER, load_questions, load_rulebook
from knowledge.rules.model import Area, Cited, Rule, Rulebook, Text
from knowledge.rules.routing import table_on
from knowledge.rules.variables import DOMAINS, classify, settled_by
from knowledge.sources import load_sources
from knowledge.text.readability import count_words, lix

# The readability that texts for citizens keep to, and the words that a text needs before it can be measured.
HARDEST_LIX = 40
FEWEST_WORDS = 25
LANGUAGES = ("da", "en")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the rules: an error stops the service, a warning is for the editor."""

    level: Literal["error", "warning"]
    where: str
    what: str


def municipalities(folder: Path = FOLDER) -> tuple[str, ...]:
    """The municipalities that have rules."""
    return tuple(sorted(path.name for path in (folder / "vedtaegt").iterdir() if path.is_dir()))


def check_rules(folder: Path = FOLDER) -> list[Finding]:
    """Everything wrong with the rules; nothing found means that they can be used."""
    found: list[Finding] = []
    for name in municipalities(folder):
        try:
            book = load_rulebook(name, folder)
        except RulesError as error:
            found.append(Finding("error", name, str(error)))
            continue
        found += _unasked(book, name)
        found += [item for rule in book.rules for item in _hard_to_read(rule.id, _spoken(rule))]
        found += [f for area in book.areas.values() for f in _hard_to_read(area.id, _told(area))]
    return list(dict.fromkeys(found))


def unreviewed(folder: Path = FOLDER) -> list[str]:
    """The rows that no jurist has read yet."""
    return [
        rule.id
        for name in municipalities(folder)
        for rule in load_rulebook(name, folder).rules
        if rule.review.by is None
    ]


def explain(
    facts: Mapping[str, Any], municipality: str, *, today: dt.date, lang: str = "da"
) -> str:
    """How a matter is decided, row by row, with the whole answer; as YAML for an editor to read.

    Raises:
        FactError: something that cannot be a fact.
        RuleGapError: no rules are known for that day.
    """
    profile = load_profile(municipality)
    assessment = assess(facts, profile, today=today, lang=lang)
    told = {
        "rows": {
            outcome.concern or "all": list(_trace(facts, municipality, outcome.concern, today))
            for outcome in assessment.outcomes
        },
        "answer": assessment.as_json(load_sources(), lang),
    }
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)


def _trace(
    facts: Mapping[str, Any], municipality: str, concern: str | None, today: dt.date
) -> Iterator[str]:
    """Each row up to the one that holds, and whether it is ruled out or still open."""
    profile = load_profile(municipality)
    book = profile.book
    parsed = parse_facts(facts, today=today, areas=book.areas)
    area = book.areas[parsed.subject] if parsed.subject else None
    known = classify(parsed, area, profile.days, book.limits, concern)
    for rule in table_on(book, parsed.today).rules:
        holds = rule.when.evaluate(known)
        yield f"{rule.id}: {'open' if holds is None else 'holds' if holds else 'ruled out'}"
        if holds:
            return


def _unasked(book: Rulebook, name: str) -> Iterator[Finding]:
    """Facts that could be missing but have no question."""
    asked = load_questions()
    for variable in DOMAINS:
        for fact in settled_by(variable):
            if fact not in asked:
                yield Finding("error", name, f"no question asks for {fact}")
    for deadline in book.deadlines.values():
        if deadline.runs_from not in asked:
            yield Finding("error", name, f"no question asks for {deadline.runs_from}")


def _spoken(rule: Rule) -> list[Text | Cited]:
    return [rule.explanation, *rule.next_steps, *rule.would_change]


def _told(area: Area) -> list[Text | Cited]:
    decision = area.decision
    texts: list[Text | Cited | None] = [
        area.must_say, *area.notes, *area.changed, *decision.exceptions, decision.fee,
        decision.send_to.words, decision.late, decision.suspensive,
    ]  # fmt: skip
    return [text for text in texts if text is not None]


def _hard_to_read(where: str, texts: list[Text | Cited]) -> Iterator[Finding]:
    for lang in LANGUAGES:
        whole = "\n".join(text.of(lang) for text in texts)
        if count_words(whole) >= FEWEST_WORDS and lix(whole) > HARDEST_LIX:
            yield Finding(
                "warning", where, f"LIX {lix(whole):.0f} in {lang}, at most {HARDEST_LIX}"
            )
