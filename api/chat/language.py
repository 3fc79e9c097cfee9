"""Tells Danish from English in what a citizen writes, or says that it cannot tell."""

from __future__ import annotations

from knowledge.reading import looks_like_letter
from knowledge.reading.languages import language_scores

# Danish without æ, ø and å looks Norwegian or Swedish to the model; here they all mean Danish.
SCANDINAVIAN = frozenset({"da", "no", "sv"})
# How much likelier one language must be, as a difference of log-probabilities. "thanks" gives 2.5, "parking fine"
# 3.9, "complain" 7.0 for English; "p-bøde" gives 10 for Danish.
SURE = 3.5


# So many words on a line of their own before a letter say something.
OWN_WORDS = 4


def guess_language(text: str) -> str | None:
    """`da` or `en` when the text leaves little doubt, else nothing."""
    ranked = language_scores(text)
    english = ranked["en"]
    danish = max(ranked[language] for language in SCANDINAVIAN)
    if abs(english - danish) < SURE:
        return None
    return "en" if english > danish else "da"


def language_after(text: str, language: str, *, first: bool) -> str:
    """The language of a conversation after this text; `first`: nothing was written before it.

    Benefits and offices have no English names, so one Danish word leaves an English conversation English.
    """
    if looks_like_letter(text):
        # The letter is the authority's; the citizen's own words may stand right before it.
        own = text.strip().split("\n", 1)[0]
        said = guess_language(own) if len(own.split()) >= OWN_WORDS else None
        text, language = (own, said) if said else (text if first else "", language)
    guessed = guess_language(text) or language
    named_only = language == "en" and guessed == "da" and len(text.split()) == 1
    return language if named_only and not first else guessed
