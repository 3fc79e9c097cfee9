"""Citations in article text: `[@fvl § 7, stk. 2; @kkbr !partly]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.sources import CONFIDENCES, Confidence

_CITATION = re.compile(r"\s*\[@([^\]]*)\]")
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
ADVICE = "-"

_NUMBER = r"\d+(?:\s?[a-z]|\s?[a-zæøå](?=[,\s]|$))?"
_TAIL = r"(?:, (?:stk\.|nr\.|litra|pkt\.|sætning) ?[\w-]+(?:(?:-| og | and )[\w]+)?)*"
_PART = rf"(?:§ {_NUMBER}{_TAIL}|§§ {_NUMBER}(?:-| og | and |, ){_NUMBER}(?:(?:, | og | and ){_NUMBER})*)"
_OTHER = (
    r"(?:afsnit|art\.|kap\.|bilag|pkt\.|s\.) ?[\dIVX][\w.\-]*(?:, (?:stk\.|nr\.|litra) ?[\w-]+)*"
)
_FORM = re.compile(rf"(?:{_PART}|{_OTHER})(?:(?:,? jf\. |,? og |,? and |, )(?:{_PART}|{_OTHER}))*")


@dataclass(frozen=True, slots=True)
class Citation:
    """One pointer to a source, with the paragraph and, where stated, a lowered confidence."""

    source: str
    paragraph: str = ""
    lowered: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """A text with its citations taken out; `advice` marks text that states no rule."""

    text: str
    citations: tuple[Citation, ...]
    advice: bool


class CitationError(ValueError):
    """A citation that cannot be read."""


def take_out(text: str) -> Cited:
    """Separate a paragraph from its citations."""
    found: list[Citation] = []
    advice = False
    for match in _CITATION.finditer(text):
        for part in match[1].split(";"):
            body = part.strip().removeprefix("@").strip()
            if body == ADVICE:
                advice = True
            else:
                found.append(_citation(body))
    return Cited(_CITATION.sub("", text).strip(), tuple(dict.fromkeys(found)), advice)


def well_formed(paragraph: str) -> bool:
    """Say whether a paragraph is written the house's way (`§ 7, stk. 3, nr. 3`)."""
    return not paragraph or _FORM.fullmatch(paragraph) is not None


def _citation(body: str) -> Citation:
    body, _, mark = body.partition("!")
    lowered = next((known for known in CONFIDENCES if known == mark.strip()), None)
    if mark.strip() and lowered is None:
        raise CitationError(f"unknown confidence mark: !{mark.strip()}")
    match = _ID.match(body)
    if match is None:
        raise CitationError(f"no source id in citation: {body!r}")
    paragraph = body[match.end() :].strip().lstrip(",").strip()
    return Citation(match[0], paragraph, lowered)
