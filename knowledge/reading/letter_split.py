"""Parts a text that holds several letters, so that none of them is read into another."""

from __future__ import annotations

from itertools import pairwise

from knowledge.reading.letter_words import letter_signs

# The name and the office under the last greeting, where no empty line ends them.
LINES_OF_NAME = 2


def letters_in(text: str) -> tuple[str, ...]:
    """The letters of a text: a new one begins after the end of one, where another greeting follows."""
    lines = text.replace("\r\n", "\n").split("\n")
    signs = letter_signs()["bounds"]
    greetings = [at for at, line in enumerate(lines) if signs["greeting"].search(line)]
    cuts = [0]
    for before, greeting in pairwise(greetings):
        ends = [at for at in range(before, greeting) if signs["ending"].search(lines[at])]
        if ends:
            cuts.append(_end_of(lines, ends[-1], greeting))
    parts = ["\n".join(lines[start:end]) for start, end in pairwise((*cuts, len(lines)))]
    return tuple(part.strip() for part in parts if part.strip())


def _end_of(lines: list[str], ending: int, greeting: int) -> int:
    """The first line after the name under a letter."""
    for at in range(ending + 1, greeting):
        if not lines[at].strip() and at > ending + 1:
            return at
    return min(ending + 1 + LINES_OF_NAME, greeting)
