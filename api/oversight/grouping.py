"""Puts questions of one meaning together: to groups there are, and the rest to groups of their own. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage

Vectors = npt.NDArray[np.float32]


def nearest_group(vector: Vectors, groups: Mapping[int, Vectors], similarity: float) -> int | None:
    """The group whose questions are most like this one on the average, if they are like enough."""
    likeness = {key: float(np.mean(rows @ vector)) for key, rows in groups.items() if len(rows)}
    if not likeness:
        return None
    best = max(likeness, key=lambda key: (likeness[key], -key))
    return best if likeness[best] >= similarity else None


def new_groups(vectors: Vectors, similarity: float) -> list[list[int]]:
    """Places of vectors that belong together, each group in order, the largest first."""
    if len(vectors) == 0:
        return []
    if len(vectors) == 1:
        return [[0]]
    tree = linkage(vectors.astype(np.float64), method="average", metric="cosine")
    marks = fcluster(tree, t=1.0 - similarity, criterion="distance")
    groups: dict[int, list[int]] = {}
    for place, mark in enumerate(marks):
        groups.setdefault(int(mark), []).append(place)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0]))


def middle_of(vectors: Vectors, places: Sequence[int]) -> int:
    """The place that lies nearest to all others of its group."""
    rows = vectors[list(places)]
    return places[int(np.argmax((rows @ rows.T).sum(axis=1)))]
