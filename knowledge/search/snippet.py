"""Shows why a passage was found: its best sentence, and the words in it that match."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

import yaml

from knowledge.search.lexical import stems
from knowledge.text.folding import char_ngrams, squeeze, words

SMALL_WORDS_FILE = Path(__file__).parent / "small_words.yaml"
SNIPPET_LENGTH = 260
_SENTENCE_END = re.compile(
    r"\s*\n+(?:- )?|(?<!\bstk\.)(?<!\bnr\.)(?<!\bjf\.)(?<!\bkap\.)(?<!\bart\.)(?<=[.!?])\s+"
)
_SPLIT = re.compile(r"([^\W_]+)")
_COMMON_START = 6


def snippet(text: str, query: str, length: int = SNIPPET_LENGTH) -> str:
    """Return the sentences around the one that shares most with the query."""
    cut = _sentences(text)
    if not cut:
        return ""
    sentences = [sentence for sentence, _ in cut]
    asked = _asked(query)
    shares = [sum([gram in joined for gram in asked]) / (8 + len(s)) ** 0.5 for s, joined in cut]
    start = max(range(len(sentences)), key=lambda i: (shares[i], -i))
    chosen = sentences[start]
    for following in sentences[start + 1 :]:
        if len(chosen) + len(following) + 1 > length:
            break
        chosen = f"{chosen} {following}"
    return chosen if len(chosen) <= length else _cut(chosen, length)


def mark(text: str, query: str, lang: str = "da") -> tuple[tuple[str, bool], ...]:
    """Split a text into pieces, each said to match the query or not."""
    asked = {stem for stem in stems(query, lang) if len(stem) > 2} - _small_words(lang)
    starts = {squeeze(word)[:_COMMON_START] for word in words(query) if len(word) >= _COMMON_START}
    pieces: list[tuple[str, bool]] = []
    for piece in _SPLIT.split(text):
        hit = bool(stems(piece, lang)) and (
            stems(piece, lang)[0] in asked or squeeze(piece)[:_COMMON_START] in starts
        )
        if pieces and pieces[-1][1] == hit:
            pieces[-1] = (pieces[-1][0] + piece, hit)
        elif piece:
            pieces.append((piece, hit))
    return tuple(pieces)


@lru_cache(maxsize=1)
def _asked(query: str) -> frozenset[str]:
    """Cut the query into grams; once, as the results of one search ask for them in a row."""
    return frozenset(char_ngrams(query, (4, 5)))


@lru_cache(maxsize=8192)
def _sentences(text: str) -> tuple[tuple[str, str], ...]:
    """Cut a passage into sentences, each with its words as `char_ngrams` spells them."""
    sentences = [s for s in _SENTENCE_END.split(text.removeprefix("- ")) if s]
    return tuple((s, f"_{'_'.join(words(squeeze(s)))}_") for s in sentences)


@cache
def _small_words(lang: str) -> frozenset[str]:
    listed = yaml.safe_load(SMALL_WORDS_FILE.read_text(encoding="utf-8"))
    return frozenset(stems(listed[lang], lang))


def _cut(text: str, length: int) -> str:
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:–- ") + "…"
