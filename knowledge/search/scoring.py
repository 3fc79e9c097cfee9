"""Scores a query against every unit: cosine, characters, and how good the best subject looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.articles import Audience
from knowledge.search import vectors
from knowledge.search.abstain import Signals
from knowledge.search.embedder import Vectors
from knowledge.search.lexical import CharacterBM25, Scores
from knowledge.search.model import Passage, Unit, UnitKind
from knowledge.search.rank import LEXICAL_SHARE, Ranking, fuse, normalise
from knowledge.text.folding import char_ngrams

GENERAL = "general"
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scored:
    """A ranking of subjects, every unit's own score, and the signals for abstaining."""

    ranking: Ranking
    unit_scores: Scores
    signals: Signals
    outside: float  # score of the nearest question known to lie outside


class Scorer:
    """Holds what is needed to score one query in a few milliseconds."""

    def __init__(self, units: Sequence[Unit], passages: Sequence[Passage], index: Any) -> None:
        self.units = units
        self.passages = passages
        self.subjects = sorted({unit.article for unit in units if unit.kind != UnitKind.OUTSIDE})
        numbers = {subject: number for number, subject in enumerate(self.subjects)}
        self._outside = len(self.subjects)
        self._subject_of = np.array(
            [numbers.get(unit.article, self._outside) for unit in units], dtype=np.int64
        )
        self._index = index
        self._lexical = CharacterBM25([unit.text for unit in units])
        self._masks: dict[tuple[Audience | None, str | None], Mask] = {}

    def score(
        self,
        vector: Vectors,
        words: str,
        *,
        audience: Audience | None = None,
        municipality: str | None = None,
        left_out: Sequence[int] = (),
    ) -> Scored:
        """Score one query; `left_out` units are treated as if they were not there."""
        allowed = self.mask(audience, municipality)
        if left_out:
            allowed = allowed.copy()
            allowed[list(left_out)] = False
        dense = np.max([self._dense(row) for row in np.atleast_2d(vector)], axis=0)
        lexical = np.where(allowed, self._lexical.scores(words), np.float32(0.0))
        full = fuse(dense, lexical, self._subject_of, self._outside + 1, allowed)
        ranking, outside = _without(full, self._outside)
        unit_scores = np.where(allowed, dense, -2.0) + LEXICAL_SHARE * normalise(lexical)
        inside = self._subject_of != self._outside
        grams = max(1, len(set(char_ngrams(words))))
        best_words = float(lexical[inside].max(initial=0.0)) / grams
        signals = _signals(ranking, outside, best_words)
        return Scored(ranking, unit_scores.astype(np.float32), signals, outside)

    def mask(self, audience: Audience | None, municipality: str | None) -> Mask:
        """Return which units may be used for these readers in this municipality."""
        key = (audience, municipality)
        if key not in self._masks:
            self._masks[key] = np.array(
                [self._allowed(unit, audience, municipality) for unit in self.units], dtype=bool
            )
        return self._masks[key]

    def passages_of(self, subject: str) -> Iterator[tuple[int, Passage]]:
        """Walk the passages of a subject with their unit numbers."""
        for number, passage in enumerate(self.passages):
            if passage.article == subject:
                yield number, passage

    def _dense(self, vector: Vectors) -> Scores:
        scores, rows = vectors.nearest(self._index, vector, len(self.units))
        dense = np.full(len(self.units), -1.0, dtype=np.float32)
        dense[rows] = scores
        return dense

    def _allowed(self, unit: Unit, audience: Audience | None, municipality: str | None) -> bool:
        if unit.passage is None:
            return True
        passage = self.passages[unit.passage]
        # A caseworker may read everything; a citizen is shown what was written for citizens.
        if audience == "citizen" and passage.audience != "citizen":
            return False
        return municipality is None or passage.municipality in {GENERAL, municipality}


def _without(ranking: Ranking, subject: int) -> tuple[Ranking, float]:
    """Take one subject out of a ranking and return its score."""
    here = ranking.subjects == subject
    score = float(ranking.scores[here].max(initial=-1.0))
    kept = ~here
    return (
        Ranking(
            ranking.subjects[kept],
            ranking.scores[kept],
            ranking.dense[kept],
            ranking.best_units[kept],
        ),
        score,
    )


def _signals(ranking: Ranking, outside: float, best_words: float) -> Signals:
    if len(ranking.scores) == 0:
        return Signals(-1.0, 0.0, 0.0, -1.0)
    best = float(ranking.scores[0])
    second = float(ranking.scores[1]) if len(ranking.scores) > 1 else best
    return Signals(float(ranking.dense[0]), best_words, best - second, best - outside)
