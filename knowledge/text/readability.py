"""LIX, the Nordic readability number: words per sentence plus the share of long words."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[.!?:](?:\s|$)|\n")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Abbreviations end no sentence.
_ABBREVIATION = re.compile(
    r"\b(?:stk|nr|jf|fx|f\.eks|bl\.a|mv|ca|kap|art|pkt|osv|dvs|no|e\.g|i\.e)\."
)
LONG_WORD = 6


def lix(text: str) -> float:
    """Return the LIX of a text; 0 for a text without words."""
    plain = _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), text)
    words = _WORD.findall(plain)
    if not words:
        return 0.0
    sentences = max(1, sum(1 for part in _SENTENCE.split(plain) if _WORD.search(part)))
    long_words = sum(len(word) > LONG_WORD for word in words)
    return len(words) / sentences + 100 * long_words / len(words)


def count_words(text: str) -> int:
    """Return how many words a text has."""
    return len(_WORD.findall(text))
