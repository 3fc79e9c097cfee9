"""The pieces a message is read by: runs of letters inside its words, and runs of its words."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Text

Analyze = Callable[[Text], List[Text]]

# Around the words of a message: how it begins and ends says much ('hvor ...', '... tak').
BEGIN, END = "<", ">"
# A question mark is the one sign that tells; it stands at the end, wherever it was written.
ASKS = "?"


def letters(text: Text, shortest: int, longest: int) -> List[Text]:
    """The runs of letters inside each word, its ends marked by blanks."""
    grams: List[Text] = []
    for word in text.split():
        marked = f" {word} "
        for size in range(shortest, min(longest, len(marked)) + 1):
            grams.extend([marked[at : at + size] for at in range(len(marked) - size + 1)])
    return grams


def terms(text: Text, shortest: int, longest: int) -> List[Text]:
    """The runs of words of a message, its begin and end among them."""
    tokens = [BEGIN, *text.split(), END]
    return [
        " ".join(tokens[at : at + size])
        for size in range(shortest, min(longest, len(tokens)) + 1)
        for at in range(len(tokens) - size + 1)
    ]


def analyzers(config: Dict[Text, Any]) -> List[Analyze]:
    """What reads letters and what reads words, as the configuration says."""
    chars, words = config["char_ngrams"], config["word_ngrams"]
    return [lambda text: letters(text, *chars), lambda text: terms(text, *words)]
