"""What must hold between the rows themselves: sources, contacts, validity, reach, placeholders."""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from knowledge.rules.diagram import build_diagram
from knowledge.rules.model import (
    Area,
    Basis,
    Cited,
    DeadlineRule,
    Note,
    Rule,
    Rulebook,
    Text,
    Validity,
)
from knowledge.rules.routing import RuleGapError, table_on
from knowledge.rules.variables import DOMAINS
from knowledge.sources import SourceRegister

DAY = dt.timedelta(days=1)
NO_SOURCE = "gk"  # general knowledge: never better than unverified

# What a row's texts may have put in.
PLACEHOLDERS = frozenset({
    "recipient", "contact", "municipality", "area", "elsewhere_why", "appeal_body", "body_limits",
    "send_to", "concern", "reply_due", "akuttelefon", "social_doegnvagt", "tried", "tried_of",
    "tried_with",
})  # fmt: skip
DEADLINE_PLACEHOLDERS = frozenset({
    "start", "date", "nominal", "safe", "length", "appeal_body", "begun", "tried",
})  # fmt: skip
RECIPIENTS = frozenset({"area", "appeal", "elsewhere", "municipality", "none"})


class RulesError(ValueError):
    """The rules break one of their own rules; the message says where."""


def check_area(area: Area, where: str, sources: SourceRegister, contacts: Collection[str]) -> None:
    """An area cites registered sources, names known contacts, and can be counted or put in words.

    Raises:
        RulesError: the first of these that does not hold.
    """
    for cited, confidence in _citations(area):
        _check_sources(cited, confidence, where, sources)
    decision = area.decision
    named = [area.forvaltning.id, decision.send_to.contact]
    decided = area.elsewhere.decided if area.elsewhere is not None else None
    named += [part.contact for part in (decision.body, area.elsewhere, decided) if part is not None]
    for contact in named:
        if contact is not None and contact not in contacts:
            raise RulesError(f"{where}: unknown contact {contact!r}")
    deadline = decision.deadline
    if deadline is not None and deadline.length is None and deadline.words is None:
        raise RulesError(f"{where}: a deadline without a length needs words")
    if decision.appeal == "exists" and decision.body is None:
        raise RulesError(f"{where}: an appeal exists, but no body tries it")
    if decision.send_to.via == "other" and decision.send_to.contact is None:
        raise RulesError(f"{where}: sent to somebody else, but to whom?")
    if area.concern is not None and area.concern not in DOMAINS["concern"]:
        raise RulesError(f"{where}: unknown concern {area.concern!r}")
    if decided is not None and decided.only_in and decided.outside is None:
        raise RulesError(f"{where}: holds in some municipalities only, but what of the others?")
    _check_texts(area, where, frozenset())


def check_rulebook(book: Rulebook, sources: SourceRegister, contacts: Collection[str]) -> None:
    """Every row has a known basis, known texts, a place in time, and a matter that reaches it.

    Raises:
        RulesError: the first of these that does not hold.
    """
    for row in _rows(book):
        if not row.basis:
            raise RulesError(f"{row.id}: no basis")
        allowed = DEADLINE_PLACEHOLDERS if hasattr(row, "runs_from") else PLACEHOLDERS
        _check_texts(row, row.id, allowed)
    for basis in _all_basis(book):
        _check_sources((basis.source,), basis.confidence, basis.paragraph, sources)
    for rule in book.rules:
        _check_rule(rule, book, contacts)
    _check_validity("editions", [edition.valid for edition in book.editions])
    for name, rules in _families(book.rules).items():
        _check_validity(name, [rule.valid for rule in rules])
    _check_reach(book)


def periods(book: Rulebook) -> tuple[dt.date, ...]:
    """The first day of every period in which the rows are the same."""
    spans = [edition.valid for edition in book.editions] + [rule.valid for rule in book.rules]
    start = min(edition.valid.first for edition in book.editions)
    firsts = {span.first for span in spans}
    firsts |= {span.last + DAY for span in spans if span.last is not None}
    return tuple(sorted(day for day in firsts if day >= start))


def _check_rule(rule: Rule, book: Rulebook, contacts: Collection[str]) -> None:
    if rule.recipient not in RECIPIENTS and rule.recipient not in contacts:
        raise RulesError(f"{rule.id}: unknown recipient {rule.recipient!r}")
    if unknown := sorted(set(rule.deadlines) - set(book.deadlines)):
        raise RulesError(f"{rule.id}: unknown deadlines {unknown}")
    if unread := sorted(rule.when.variables() - set(DOMAINS)):
        raise RulesError(f"{rule.id}: a row cannot read {unread}")
    if not rule.next_steps or not rule.would_change:
        raise RulesError(f"{rule.id}: says neither what next nor what would change it")


def _families(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Rows that say the same in different periods stand under one condition."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.gap:  # stands where no rules are known, and so ends where they begin
            continue
        found.setdefault(str(rule.when), []).append(rule)
    return found


def _check_validity(name: str, spans: list[Validity]) -> None:
    """Periods follow each other without a gap or an overlap, and the last has no end."""
    spans = sorted(spans, key=lambda span: span.first)
    for before, after in zip(spans, spans[1:], strict=False):
        if before.last is None or before.last + DAY > after.first:
            raise RulesError(f"{name}: two versions hold on {after.first}")
        if before.last + DAY < after.first:
            raise RulesError(f"{name}: nothing holds on {before.last + DAY}")
    if spans[-1].last is not None:
        raise RulesError(f"{name}: nothing holds after {spans[-1].last}")


def _check_reach(book: Rulebook) -> None:
    reached: set[str] = set()
    for day in periods(book):
        try:
            diagram = build_diagram(table_on(book, day))
        except RuleGapError as error:
            raise RulesError(f"{book.municipality} from {day}: {error}") from error
        reached |= {leaf.rule.id for leaf in diagram.leaves}
    if unreached := [rule.id for rule in book.rules if rule.id not in reached]:
        raise RulesError(f"{book.municipality}: no matter ever reaches {unreached}")


def _rows(book: Rulebook) -> tuple[Rule | Note | DeadlineRule, ...]:
    return (*book.rules, *book.notes, *book.deadlines.values())


def _all_basis(book: Rulebook) -> Iterator[Basis]:
    for row in _rows(book):
        yield from row.basis
    for rows in book.concern_basis.values():
        yield from rows


def _check_sources(
    cited: Iterable[str], confidence: str, where: str, sources: SourceRegister
) -> None:
    names = tuple(cited)
    if not names:
        raise RulesError(f"{where}: no source")
    for name in names:
        if name not in sources:
            raise RulesError(f"{where}: unknown source {name!r}")
    if set(names) == {NO_SOURCE} and confidence != "unverified":
        raise RulesError(f"{where}: general knowledge alone cannot be {confidence}")


def _citations(node: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every pair of sources and confidence inside an area."""
    if isinstance(node, Area):
        yield node.decision.appeal_sources, node.decision.appeal_confidence
    if hasattr(node, "sources"):
        yield node.sources, node.confidence
    for child in _children(node):
        yield from _citations(child)


def _check_texts(node: Any, where: str, allowed: frozenset[str]) -> None:
    if isinstance(node, Text | Cited):
        for text in (node.da, node.en):
            if not text.strip():
                raise RulesError(f"{where}: an empty text")
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            if names - allowed:
                raise RulesError(f"{where}: unknown placeholder {sorted(names - allowed)}")
        return
    for child in _children(node):
        _check_texts(child, where, allowed)


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        yield from node
    elif isinstance(node, dict):
        yield from node.values()
    elif is_dataclass(node):
        for item in fields(node):
            yield getattr(node, item.name)
