"""BM25 over word stems and character n-grams: finds what is spelled alike, compounds included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

from knowledge.text.folding import char_ngrams, fold, words

Scores = npt.NDArray[np.float32]


@lru_cache(maxsize=2)
def _stemmer(lang: str) -> Any:
    return Stemmer.Stemmer({"da": "danish", "en": "english"}[lang])


def stems(text: str, lang: str = "da") -> list[str]:
    """Return the folded stems of a text's words."""
    return [fold(stem) for stem in _stemmer(lang).stemWords(words(text))]


class _OnDisk:
    """What both kinds keep, and how it is written and read: counting all texts anew takes a second."""

    _size: int
    _bm25: Any

    def save(self, folder: Path) -> None:
        """Write the counts into a folder; no words, no folder."""
        if self._bm25 is not None:
            self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path, size: int) -> Self:
        """Read what was written of so many texts."""
        made = cls.__new__(cls)
        made._size = size
        made._bm25 = bm25s.BM25.load(folder, show_progress=False) if folder.is_dir() else None
        return made


class CharacterBM25(_OnDisk):
    """BM25 on character 3- to 5-grams: typos, endings and compounds share most of their grams."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        self._bm25 = _index(char_ngrams(text) for text in texts)

    def scores(self, query: str) -> Scores:
        """Return one score per text."""
        return _scores(self._bm25, self._size, char_ngrams(query))


class StemBM25(_OnDisk):
    """Ordinary BM25 on stems of both languages; also the baseline that evaluation compares with."""

    def __init__(self, texts: Sequence[str], langs: Sequence[str]) -> None:
        self._size = len(texts)
        pairs = zip(texts, langs, strict=True)
        self._bm25 = _index(stems(text, lang) for text, lang in pairs)

    def scores(self, query: str, lang: str | None = None) -> Scores:
        """Return one score per text; without a language the query is stemmed in both."""
        langs = (lang,) if lang else ("da", "en")
        tokens = dict.fromkeys(stem for one in langs for stem in stems(query, one))
        return _scores(self._bm25, self._size, list(tokens))


@dataclass(frozen=True, slots=True)
class Lexical:
    """Both kinds over the same texts."""

    characters: CharacterBM25
    stems: StemBM25

    @classmethod
    def of(cls, texts: Sequence[str], langs: Sequence[str]) -> Self:
        """Count the texts."""
        return cls(CharacterBM25(texts), StemBM25(texts, langs))

    def save(self, folder: Path) -> None:
        """Write the counts into a folder."""
        self.characters.save(folder / "characters")
        self.stems.save(folder / "stems")

    @classmethod
    def load(cls, folder: Path, size: int) -> Self:
        """Read what was written of so many texts."""
        return cls(
            CharacterBM25.load(folder / "characters", size), StemBM25.load(folder / "stems", size)
        )


def _index(texts: Iterable[list[str]]) -> Any:
    # Numbered one text at a time: all tokens of all texts as words of their own would take a hundred megabytes.
    vocabulary: dict[str, int] = {}
    ids = [[vocabulary.setdefault(token, len(vocabulary)) for token in tokens] for tokens in texts]
    if not vocabulary:
        return None
    bm25 = bm25s.BM25()
    bm25.index((ids, vocabulary), show_progress=False)
    return bm25


def _scores(bm25: Any, size: int, tokens: list[str]) -> Scores:
    known = [token for token in tokens if bm25 is not None and token in bm25.vocab_dict]
    if not known:
        return np.zeros(size, dtype=np.float32)
    return np.asarray(bm25.get_scores(known), dtype=np.float32)
