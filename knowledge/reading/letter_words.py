"""The words of a letter: broken words joined, patterns over them, and quotes that name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "letter_signs.yaml"
# People and old machines write these for the Danish letters.
SPELLINGS = {"æ": "(?:æ|ae)", "ø": "(?:ø|oe)", "å": "(?:å|aa)"}
# No sentence ends after these.
SHORTENED = re.compile(
    r"(?:\b(?:jf|nr|stk|kl|pr|pkt|ca|bl\.a|f\.eks|fx|tv|th|mr|ms|mrs|dr)\.)$", re.IGNORECASE
)
SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-ZÆØÅ\"»])|\n{2,}")
LONGEST_QUOTE = 220
# A line this much shorter than the widest of its paragraph did not run on by itself.
SHORT_LINE = 0.6
MASKED = "…"
NUMBER = re.compile(r"\b\d{6}[- ]?\d{4}\b|\[[^\]\n]{3,20}\]|\b(?:\d{2} ?){4}\b|\S+@\S+")
CAPITAL = re.compile(
    r"\b[A-ZÆØÅ][\wæøåÆØÅ'-]*(?:(?=[ \n]+\d{1,3}[A-Za-z]?\b(?!\.))[ \n]+\d{1,3}[A-Za-z]?\b)?"
)


# Rows of the signs that are plain names and no patterns.
PLAIN = ("bodies", "gone_bodies", "also_called")


@cache
def plain_signs() -> Mapping[str, Any]:
    """The signs as they are written, such as the names of the bodies."""
    rows: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return rows


@cache
def letter_signs() -> Mapping[str, Any]:
    """What a letter looks like, as patterns."""
    return {name: _compiled(row) for name, row in plain_signs().items() if name not in PLAIN}


def _compiled(row: Any) -> Any:
    if isinstance(row, dict):
        return {name: _compiled(value) for name, value in row.items()}
    if isinstance(row, list):
        return [_compiled(value) for value in row]
    return re.compile(spelled(row), re.IGNORECASE)


def spelled(pattern: str) -> str:
    """The pattern with the other spellings of æ, ø and å, apart from where it lists single letters."""
    result, inside = [], False
    for place, letter in enumerate(pattern):
        if letter in "[]" and pattern[place - 1 : place] != "\\":
            inside = letter == "["
        result.append(letter if inside else SPELLINGS.get(letter, letter))
    return "".join(result)


def joined(text: str) -> str:
    """The text with words that were broken at the end of a line made whole, its lines kept."""
    plain = (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00ad", "").replace("\u00a0", " ")
    )
    plain = re.sub(r"[ \t]+", " ", plain)
    plain = re.sub(r"(?<=[a-zæøå])-[ ]?\n[ ]*(?=[a-zæøå])(?!(?:og|eller)\b)", "", plain)
    # In capitals too, and where a short name of a street or a body was cut.
    plain = re.sub(r"(?<=[A-ZÆØÅ])-[ ]?\n[ ]*(?=[A-ZÆØÅ]{2})", "", plain)
    return "\n".join(line.strip() for line in plain.split("\n")).strip()


def dates_made_plain(text: str) -> str:
    """The text with days in figures written with dots, nothing moved."""
    text = re.sub(r"\b(\d{1,2})[-/](\d{1,2})[-/ ]((?:19|20)\d\d)\b", r"\1.\2.\3", text)
    return re.sub(r"\b(\d{1,2}\. ?[a-z]{3,4})\. ((?:19|20)\d\d)\b", r"\1  \2", text)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text whose words were joined; a heading right above its text is one of its own."""
    for paragraph in re.split(r"\n\s*\n", text):
        for block in _without_headings(paragraph.split("\n")):
            begin = 0
            for match in SENTENCE.finditer(block):
                if SHORTENED.search(block[begin : match.start()]):
                    continue
                yield block[begin : match.start()]
                begin = match.end()
            if block[begin:]:
                yield block[begin:]


def _without_headings(lines: Sequence[str]) -> Iterator[str]:
    """The lines as running text, cut where a short line without an end is followed by a new beginning."""
    widest, running = max(map(len, lines)), ""
    for line, following in zip(lines, (*lines[1:], ""), strict=True):
        running = f"{running} {line}".strip()
        cut = len(line) < SHORT_LINE * widest or line.isupper()
        if cut and following[:1].isupper() and line[-1:] not in ",;-":
            yield running
            running = ""
    if running:
        yield " ".join(running.split())


def names_in(text: str) -> frozenset[str]:
    """Words of the names that the letter is addressed to or signed with."""
    signs = letter_signs()
    found: set[str] = set()
    for pattern in (signs["names_after"], signs["names_before_end"]):
        for match in pattern.finditer(text):
            for group in match.groupdict().values():
                found |= {
                    word for word in re.findall(r"[\w'-]+", group or "") if word[:1].isupper()
                }
    keep = signs["keep"]
    return frozenset(word for word in found if not keep.match(word))


def quote(sentence: str, names: frozenset[str] = frozenset()) -> str:
    """The sentence without numbers of persons and without what may be a name, and not too long."""
    keep: re.Pattern[str] = letter_signs()["keep"]
    text = NUMBER.sub(MASKED, " ".join(sentence.split()))

    def mask(match: re.Match[str]) -> str:
        word = match[0].split()[0]
        if word in names:
            return MASKED
        first = (
            not text[: match.start()].strip(' "»(') or text[: match.start()].rstrip()[-1:] in ".:!?"
        )
        whole = word.isupper() and len(word) > 1
        return match[0] if first or whole or keep.match(word) else MASKED

    text = re.sub(rf"{MASKED}(?:\s+{MASKED})+", MASKED, CAPITAL.sub(mask, text))
    if len(text) <= LONGEST_QUOTE:
        return text
    return text[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
