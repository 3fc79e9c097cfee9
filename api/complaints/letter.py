"""The complaint as a letter to print and post, for whoever wants no digital way.

The words come from the caller (and so from data); here is only what a Danish business letter has and where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from api.pdf import render_pdf

TEMPLATE = Path(__file__).parent / "letter.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPart:
    """One part of the letter: a heading, and what stands under it."""

    heading: str
    paragraphs: Sequence[str] = ()
    # Label and value, set as a table of two columns.
    facts: Sequence[tuple[str, str]] = ()
    points: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """Everything that stands in the letter, in its language, ready to be set."""

    lang: str
    title: str
    # Name and address of both; the recipient stands where a window envelope shows it.
    sender: Sequence[str]
    recipient: Sequence[str]
    place_and_date: str
    subject: str
    # What the reader must know before anything else, such as a deadline that runs.
    important: str | None = None
    greeting: str = ""
    opening: Sequence[str] = ()
    parts: Sequence[LetterPart] = field(default_factory=tuple)
    closing: Sequence[str] = ()
    regards: str = ""
    signature_hint: str = ""
    name: str = ""
    # Stands at the foot of each page, before the page number.
    foot: str = ""


def letter_pdf(view: LetterView, *, written_at: datetime) -> bytes:
    """The letter as a tagged PDF (A4, address for a C5/M65 window, fold mark)."""
    return render_pdf(TEMPLATE, asdict(view), written_at=written_at)
