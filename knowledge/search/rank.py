"""Fusion: the best cosine of a subject's texts plus a share of the best lexical score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

# Reciprocal rank fusion halved the hits on English questions, where lexical ranks are noise;
# adding a small share of the score keeps them.
LEXICAL_SHARE = np.float32(0.2)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Subjects by falling score, with the parts of each score."""

    subjects: Ints
    scores: Floats
    dense: Floats
    best_units: Ints


def normalise(lexical: Floats) -> Floats:
    """Scale BM25 scores to at most one; they mean nothing across queries."""
    top = float(lexical.max(initial=0.0))
    return lexical / np.float32(top) if top > 0 else lexical


def fuse(
    dense: Floats,
    lexical: Floats,
    subject_of: Ints,
    subject_count: int,
    allowed: npt.NDArray[np.bool_],
) -> Ranking:
    """Rank subjects by their best unit's cosine plus their best unit's lexical score."""
    shut = np.float32(-2.0)
    cosines = np.where(allowed, dense, shut)
    words = np.where(allowed, normalise(np.where(allowed, lexical, 0.0)), 0.0)
    best_dense = np.full(subject_count, shut, dtype=np.float32)
    best_words = np.zeros(subject_count, dtype=np.float32)
    np.maximum.at(best_dense, subject_of, cosines)
    np.maximum.at(best_words, subject_of, words)
    totals = best_dense + LEXICAL_SHARE * best_words
    order = np.argsort(-totals, kind="stable")
    order = order[best_dense[order] > shut]
    units = cosines + LEXICAL_SHARE * words
    return Ranking(order, totals[order], best_dense[order], _best_units(units, subject_of, order))


def _best_units(units: Floats, subject_of: Ints, order: Ints) -> Ints:
    by_subject = np.lexsort((-units, subject_of))
    firsts = np.searchsorted(subject_of[by_subject], order)
    return by_subject[firsts].astype(np.int64)
