"""Scores a query against every unit and every subject, and how good the best subject looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.articles import GENERAL, Audience, Lang
from knowledge.search import vectors
from knowledge.search.abstain import Signals
from knowledge.search.embedder import Vectors
from knowledge.search.lexical import Lexical, Scores
from knowledge.search.model import Passage, Unit, UnitKind
from knowledge.search.rank import (
    BEST,
    BEST_LEXICAL,
    LEXICAL_SHARE,
    Groups,
    Mask,
    Ranking,
    blend,
    fuse,
    normalise,
    over_kinds,
)
from knowledge.text.folding import char_ngrams


@dataclass(frozen=True, slots=True)
class Scored:
    """A ranking of subjects, every unit's own score, and the signals for abstaining."""

    ranking: Ranking
    unit_scores: Scores
    signals: Signals
    outside: float  # score of the nearest question known to lie outside
    lang: Lang  # of the text that lies nearest


class Scorer:
    """Holds what is needed to score one query in a few milliseconds."""

    def __init__(
        self, units: Sequence[Unit], passages: Sequence[Passage], index: Any, lexical: Lexical
    ) -> None:
        self.units = units
        self.passages = passages
        self.subjects = sorted({unit.article for unit in units if unit.kind != UnitKind.OUTSIDE})
        self._index = index
        # Every score is wanted, not the best few: for that a plain product beats sorting.
        self._rows = vectors.all_rows(index)
        self._characters, self._stems = lexical.characters, lexical.stems
        self._inside = np.array([unit.kind != UnitKind.OUTSIDE for unit in units], dtype=bool)
        self._kinds = [self._groups(UnitKind.PASSAGE), self._groups(UnitKind.QUESTION)]
        self._by_subject: dict[str, list[tuple[int, Passage]]] = {}
        for number, passage in enumerate(passages):
            self._by_subject.setdefault(passage.article, []).append((number, passage))
        self._masks: dict[tuple[Audience | None, str | None], Mask] = {}

    def score(
        self,
        vector: Vectors,
        words: str,
        *,
        parts: Sequence[tuple[Vectors, str]] = (),
        municipality: str | None = None,
        left_out: Sequence[int] = (),
    ) -> Scored:
        """Score one query; `left_out` units are treated as if they were not there.

        Of a long query, `parts` are its pieces: half of a subject's score is how near they lie on the average, as a
        story names its matter in few of its sentences.

        Subjects are ranked by all their texts, whoever they were written for: a guide for caseworkers may be what
        a citizen asks about. What is shown is another matter, see `mask`.
        """
        allowed = self.mask(None, municipality)
        if left_out:
            allowed = allowed.copy()
            allowed[list(left_out)] = False
        dense = self._dense(vector)
        raw = np.where(allowed, self._characters.scores(words), np.float32(0.0))
        characters = normalise(raw)
        whole = self._by_subjects(dense, characters, words, allowed)
        pieces = [
            self._by_subjects(self._dense(v), self._letters(text, allowed), text, allowed)
            for v, text in parts
        ]
        ranking = fuse(*(whole if not pieces else blend(whole, np.mean(pieces, axis=0))))
        unit_scores = np.where(allowed, dense, -2.0) + LEXICAL_SHARE * characters
        inside, outside = unit_scores[self._inside], unit_scores[~self._inside]
        nearest = int(unit_scores.argmax())
        grams = max(1, len(set(char_ngrams(words))))
        signals = _signals(
            ranking,
            float(raw[self._inside].max(initial=0.0)) / grams,
            float(inside.max(initial=-2.0)),
            float(outside.max(initial=-1.0)),
        )
        return Scored(
            ranking,
            unit_scores.astype(np.float32),
            signals,
            float(outside.max(initial=-1.0)),
            self.units[nearest].lang,
        )

    def mask(self, audience: Audience | None, municipality: str | None) -> Mask:
        """Return which units may be shown to these readers in this municipality."""
        key = (audience, municipality)
        if key not in self._masks:
            self._masks[key] = np.array(
                [self._allowed(unit, audience, municipality) for unit in self.units], dtype=bool
            )
        return self._masks[key]

    def passages_of(self, subject: str) -> Iterator[tuple[int, Passage]]:
        """Walk the passages of a subject with their unit numbers."""
        yield from self._by_subject.get(subject, ())

    def _by_subjects(
        self, dense: Scores, characters: Scores, words: str, allowed: Mask
    ) -> npt.NDArray[np.float32]:
        """Return three rows of scores of the subjects: by meaning, by letters, by stems."""
        stemmed = normalise(np.where(allowed, self._stems.scores(words), np.float32(0.0)))
        return np.stack(
            [
                self._by_kinds(dense, allowed, BEST),
                self._by_kinds(characters, allowed, BEST_LEXICAL),
                self._by_kinds(stemmed, allowed, BEST_LEXICAL),
            ]
        )

    def _letters(self, words: str, allowed: Mask) -> Scores:
        return normalise(np.where(allowed, self._characters.scores(words), np.float32(0.0)))

    def _by_kinds(self, values: Scores, allowed: Mask, best: int) -> Scores:
        return over_kinds(*(groups.best_mean(values, allowed, best) for groups in self._kinds))

    def _groups(self, kind: UnitKind) -> Groups:
        members: dict[str, list[int]] = {subject: [] for subject in self.subjects}
        for number, unit in enumerate(self.units):
            if unit.article in members and unit.kind == kind:
                members[unit.article].append(number)
        return Groups([members[subject] for subject in self.subjects])

    def _dense(self, vector: Vectors) -> Scores:
        if self._rows is not None:
            return self._rows @ vector.ravel()
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


def _signals(ranking: Ranking, best_words: float, inside: float, outside: float) -> Signals:
    if len(ranking.scores) == 0:
        return Signals(-1.0, 0.0, 0.0, -1.0)
    best = float(ranking.scores[0])
    second = float(ranking.scores[1]) if len(ranking.scores) > 1 else best
    return Signals(float(ranking.dense[0]), best_words, best - second, inside - outside)
