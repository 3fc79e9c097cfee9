"""Cuts a message into clauses, and says of each whether it states something about the writer's own matter.

Hearsay, questions, conditions and what happens to somebody else state nothing. Where that is in doubt, nothing is
stated: a fact that is wrongly assumed is worse than a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path

import yaml

from knowledge.reading.patterns import with_groups
from knowledge.text.folding import fold

SIGNS_FILE = Path(__file__).parent / "signs.yaml"
# So few words between commas are a time and no clause of their own.
FEW_WORDS = 5
# A word or two in marks are the writer's own.
QUOTE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a folded message, and what kind of saying it is."""

    text: str
    # Where it begins in the folded message.
    start: int
    question: bool
    conditional: bool
    hearsay: bool
    other_person: bool
    wish: bool
    # The writer is named in it.
    own: bool = False
    # Which sentence of the message it belongs to.
    sentence: int = 0

    @property
    def states(self) -> bool:
        """Whether the writer tells something of their own matter here."""
        return not (self.question or self.conditional or self.hearsay or self.other_person)


@cache
def signs() -> Mapping[str, re.Pattern[str]]:
    """The patterns that tell kinds of saying apart."""
    rows = yaml.safe_load(SIGNS_FILE.read_text(encoding="utf-8"))
    return {
        name: re.compile(with_groups(listed if isinstance(listed, str) else "|".join(listed)))
        for name, listed in rows.items()
    }


def folded(text: str) -> str:
    """The text as it is read: folded, apostrophes and dashes made plain, one space between words."""
    plain = text.replace("’", "'").replace("–", "-").replace("—", "-").replace("´", "'")
    return re.sub(r"[ \t]+", " ", fold(plain)).strip()


def clauses(text: str) -> list[Clause]:
    """The clauses of a folded text, in order."""
    sign = signs()
    result: list[Clause] = []
    marked = (match for match in sign["quoted"].finditer(text))
    quoted = [match.span() for match in marked if len(match[0].split()) >= QUOTE_WORDS]
    another = False
    for number, sentence in enumerate(_cut(text, 0, sign["sentence_end"])):
        is_marked = sentence[0].rstrip().endswith("?")
        question = is_marked or bool(sign["question"].search(sentence[0]))
        hearsay = conditional = False
        # 'My neighbour was refused. He has complained': the matter is still the neighbour's.
        other = another and bool(sign["same_person"].match(sentence[0]))
        pieces = _joined(_cut(sentence[0], sentence[1], sign["clause_end"]))
        of_writer = [sentence[1] + m.end() for m in sign["said_of_writer"].finditer(sentence[0])]
        if_anywhere = bool(sign["conditional"].search(sentence[0]))
        asks_from = next(
            (start for piece, start in pieces if sign["question"].search(piece)), sentence[1]
        )
        asks_on = _asks_on(sentence, pieces)
        for piece, start in pieces:
            # 'They say that I ..., but I ...': what comes after the 'but' is the writer's own again.
            if sign["turn"].match(piece) or sign["own_again"].match(piece):
                hearsay = other = False
            hearsay = hearsay or bool(sign["hearsay"].search(piece))
            hearsay = hearsay or any(start <= end < start + len(piece) for end in of_writer)
            # What a letter or somebody else says in their own words.
            is_reported = bool(sign["said_to_be"].search(piece))
            is_quoted = any(begin <= start < end for begin, end in quoted)
            own = bool(sign["own"].search(piece))
            other = bool(sign["other_person"].search(piece)) or (other and not own)
            conditional = if_anywhere and not (own and sign["turn"].match(piece))
            result.append(
                Clause(
                    text=piece,
                    start=start,
                    # 'I have waited since May, when do I hear?': what stands before the question is told.
                    question=(
                        question
                        and start >= asks_from
                        and (is_marked or start == asks_from or not sign["told"].match(piece))
                    )
                    or start >= asks_on,
                    conditional=conditional,
                    hearsay=hearsay or is_quoted or is_reported,
                    other_person=other,
                    wish=bool(sign["wish"].search(piece)),
                    own=own,
                    sentence=number,
                )  # fmt: skip
            )
        another = other
    return result


def _asks_on(sentence: tuple[str, int], pieces: list[tuple[str, int]]) -> float:
    """Where a question without a mark begins behind a statement, if one does."""
    sign = signs()
    if sign["fronted"].search(sentence[0]):
        return inf
    return next((start for piece, start in pieces[1:] if sign["asks_on"].search(piece)), inf)


def _joined(pieces: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The pieces, where a few words between commas ('on 3 May,') go with what follows."""
    result: list[tuple[str, int]] = []
    waits = False
    for piece, start in pieces:
        if waits and len(result) > 1 and signs()["conjunction"].match(piece):
            # 'I sent the form, on 2 November, and heard nothing': the time belongs to what was told before it.
            time, _ = result.pop()
            before, begin = result.pop()
            result += [(before + time, begin), (piece, start)]
        elif waits:
            before, begin = result.pop()
            result.append((before + piece, begin))
        else:
            result.append((piece, start))
        # A time in front of a time waits with it; what was joined already says what it belongs to.
        waits = _is_time_only(piece)
    return result


def _is_time_only(piece: str) -> bool:
    """Whether a piece is a time beside what follows, and says nothing itself."""
    few = len(piece.split()) <= FEW_WORDS and signs()["names_time"].search(piece) is not None
    return few and not signs()["says"].search(piece)


def _cut(text: str, offset: int, end: re.Pattern[str]) -> list[tuple[str, int]]:
    """The pieces between the ends, with where they begin; an end belongs to the piece before it."""
    pieces: list[tuple[str, int]] = []
    begin = 0
    for match in end.finditer(text):
        if match.end() > begin and text[begin : match.end()].strip():
            pieces.append((text[begin : match.end()], offset + begin))
            begin = match.end()
    if text[begin:].strip():
        pieces.append((text[begin:], offset + begin))
    return pieces
