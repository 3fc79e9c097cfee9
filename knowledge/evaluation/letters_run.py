"""Prints how well letters are read: `python -m knowledge.evaluation.letters_run`.

The first letters (01-13) may be looked at while the reading is worked on; the rest only measure it.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.guidance import load_profile
from knowledge.reading.letters import LetterReading, read_letter, subject_of_letter

FOLDER = Path(__file__).parent / "letters"
# The day the letters are read on, and the last letter that may be looked at.
TODAY = dt.date(2026, 11, 18)
LAST_SEEN = 13
# What letters are compared in; `none` stands for nothing expected.
FIELDS = (
    "kind", "is_decision", "authority", "date", "guidance", "deadline", "deadline_date",
    "appeal_body", "send_to", "delivery", "municipality", "paragraphs", "private", "subject",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """One field of one letter."""

    letter: str
    field: str
    expected: Any
    found: Any
    right: bool


def letters(seen: bool) -> list[tuple[str, Mapping[str, Any]]]:
    """The letters that may be looked at, or the others."""
    return [
        (file.stem, yaml.safe_load(file.read_text(encoding="utf-8")))
        for file in sorted(FOLDER.glob("*.yaml"))
        if (int(file.stem[:2]) <= LAST_SEEN) is seen
    ]


def compared(name: str, row: Mapping[str, Any]) -> list[Seen]:
    """Each field that the letter's expectation speaks of."""
    lang = row.get("lang", "da")
    reading = read_letter(row["text"], today=TODAY, lang=lang)
    return [seen for field in FIELDS for seen in _field(name, field, row, reading)]


def _field(name: str, field: str, row: Mapping[str, Any], got: LetterReading) -> Iterable[Seen]:
    expect = row["expect"]
    if field not in expect and field != "deadline_date":
        return
    wanted: Any = expect.get(field)
    found = _found(field, got)
    if field == "authority":
        right = any(one.lower() in " ".join(got.authority).lower() for one in wanted)
    elif field == "date":
        days = expect.get("date_any") or [wanted]
        right = found in [str(day) if day else None for day in days]
    elif field == "deadline":
        wanted = wanted["text"] if wanted else None
        right = wanted == found or bool(
            wanted
            and found
            and (wanted.lower() in found.lower() or found.lower() in wanted.lower())
        )
    elif field == "deadline_date":
        deadline = expect.get("deadline") or {}
        if "date" not in deadline:
            return
        wanted = str(deadline["date"])
        right = found == wanted
    elif field == "private":
        shown = " ".join([got.decided or "", *(part.quote for part in got.parts)])
        found = [one for one in wanted if one in shown]
        wanted, right = [], not found
    elif field == "subject":
        # By the words alone; the product weighs their meaning too.
        found = subject_of_letter(got, row["text"], load_profile("koebenhavn").finder.find)
        right = found in wanted
    elif field == "paragraphs":
        right = all(any(one in each for each in got.paragraphs) for one in wanted)
    else:
        right = wanted == found
    yield Seen(name, field, wanted, found, right)


def _found(field: str, got: LetterReading) -> Any:
    appeal, deadline = got.appeal, got.deadline
    return {
        "kind": got.kind, "is_decision": got.facts.get("is_decision", False),
        "authority": got.authority, "date": got.date.isoformat() if got.date else None,
        "guidance": appeal.guidance if appeal else None,
        "deadline": deadline.text if deadline else None,
        "deadline_date": deadline.date.isoformat() if deadline and deadline.date else None,
        "appeal_body": appeal.body if appeal else None, "send_to": appeal.send_to if appeal else None,
        "delivery": got.delivery, "municipality": got.municipality, "paragraphs": got.paragraphs,
    }.get(field)  # fmt: skip


def figures(all_seen: list[Seen]) -> dict[str, tuple[float, float, int]]:
    """For each field: how much of what was found is right, how much of what is there was found, and of how many."""
    result = {}
    for field in FIELDS:
        rows = [seen for seen in all_seen if seen.field == field]
        if not rows:
            continue
        found = [seen for seen in rows if seen.found not in (None, (), [])]
        there = [seen for seen in rows if seen.expected not in (None, (), [])]
        if field == "private":
            share = sum(seen.right for seen in rows) / len(rows)
            result[field] = (share, share, len(rows))
            continue
        right = sum(seen.right for seen in found)
        result[field] = (
            right / len(found) if found else 1.0,
            sum(seen.right for seen in there) / len(there) if there else 1.0,
            len(rows),
        )
    return result


def report(*, misses: bool = False) -> str:
    """Both parts as text; misses are shown only for those that may be looked at."""
    lines = ["letters: precision, recall, letters"]
    for title, seen in (("looked at", True), ("measured", False)):
        rows = [one for name, row in letters(seen) for one in compared(name, row)]
        lines.append(title)
        for field, (precision, recall, count) in figures(rows).items():
            lines.append(f"  {field:14}{precision:.2f}  {recall:.2f}  {count}")
        if misses and seen:
            lines += [
                f"    {one.letter} {one.field}: {one.found!r}, not {one.expected!r}"
                for one in rows
                if not one.right
            ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(report(misses="--misses" in sys.argv))
