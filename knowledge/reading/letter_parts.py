"""Says in plain words what each part of a letter means; the sentences are data (letter_texts)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from knowledge.articles import Lang
from knowledge.rules.loader import load_texts
from knowledge.rules.wording import Wording

if TYPE_CHECKING:
    from knowledge.reading.letters import LetterReading

TEXTS = Path(__file__).parent / "letter_texts"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a letter: the letter's own words, what they mean, and what says so."""

    id: str
    quote: str
    text: str
    source: str | None


@cache
def letter_texts(lang: Lang) -> Mapping[str, Any]:
    """The sentences on letters in one language."""
    rows: dict[str, Any] = yaml.safe_load((TEXTS / f"{lang}.yaml").read_text(encoding="utf-8"))
    return rows


def explain_parts(reading: LetterReading, lang: Lang) -> Iterator[Part]:
    """What the parts mean, the one with a limit first."""
    wording = Wording(lang, load_texts("phrases")[lang])
    for limit in reading.limits:
        name = f"limit_{limit.is_for}"
        if limit.is_for == "appeal":
            name = f"limit_appeal_{'none' if limit.none else limit.counts_from or 'open'}"
        day = wording.date(limit.date) if limit.date is not None else limit.text
        yield _part(name, lang, limit.said, length=limit.text, day=day)
    kind = "final" if reading.is_final else reading.kind
    of_kind = _part(
        f"kind_{kind}", lang, reading.decided or "", body=next(iter(reading.authority), "")
    )
    # The same words are quoted once.
    shown = {limit.said for limit in reading.limits}
    for part in (of_kind, *_appeal_parts(reading, lang)):
        yield replace(part, quote="") if part.quote in shown else part
    if reading.paragraphs:
        yield _part("law", lang, ", ".join(reading.paragraphs))


def _appeal_parts(reading: LetterReading, lang: Lang) -> Iterator[Part]:
    appeal = reading.appeal
    if reading.kind != "decision" or appeal is None:
        return
    if reading.granted and appeal.guidance == "missing":
        yield _part("granted", lang, "")
        return
    lacks = _listed([letter_texts(lang)["lacks"][name] for name in appeal.lacks], lang)
    yield _part(f"guidance_{appeal.guidance}", lang, appeal.said, lacks=lacks)
    for doubt in appeal.doubts:
        yield _part(f"doubt_{doubt}", lang, "", body=appeal.body or "")
    if appeal.body is not None and "body" not in appeal.doubts:
        yield _part("body", lang, "", body=appeal.body)
    if appeal.send_to == "authority":
        yield _part("send_authority", lang, "")
    elif appeal.send_to is not None:
        yield _part("send_direct", lang, "", body=appeal.send_to)


def _part(name: str, lang: Lang, quoted: str, **gaps: str) -> Part:
    row = letter_texts(lang)["parts"][name]
    return Part(name, quoted, row["text"].format(**gaps), row.get("source"))


def _listed(words: list[str], lang: Lang) -> str:
    last = f" {letter_texts(lang)['and']} "
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
