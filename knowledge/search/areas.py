"""How near a text is in meaning to each subject area, by the search model; a helper of the finding of areas.

The rules stay pure: they get this as a function from text to a nearness per area.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from knowledge.rules.model import Area
from knowledge.search.embedder import Embedder, Vectors

FILE = "areas.npz"
Embed = Callable[[str], Vectors]


def area_phrases(areas: Mapping[str, Area]) -> dict[str, list[str]]:
    """What people call each area, in both languages."""
    return {
        area.id: [
            text
            for lang, words in area.words.items()
            for text in (area.name.of(lang), *words.keywords, *words.phrases)
        ]
        for area in areas.values()
    }


class AreaMeaning:
    """Nearness of a text to each area: the highest cosine to any of the area's own phrases, never below nothing."""

    def __init__(self, areas: Sequence[str], vectors: Vectors, embed: Embed) -> None:
        # The phrases in the order of their areas, and where each area's begin.
        order = np.argsort(np.array(areas), kind="stable")
        self._areas, self._first = np.unique(np.array(areas)[order], return_index=True)
        self._vectors = np.ascontiguousarray(vectors[order])
        self._embed = embed

    def __call__(self, text: str) -> dict[str, float]:
        """The nearness of each area, between 0 and 1."""
        cosines = (self._vectors @ self._embed(text).T).ravel()
        nearest = np.maximum(np.maximum.reduceat(cosines, self._first), 0.0)
        return dict(zip(self._areas.tolist(), nearest.tolist(), strict=True))


def open_area_meaning(
    folder: Path, phrases: Mapping[str, Sequence[str]], embedder: Embedder, embed: Embed
) -> AreaMeaning:
    """Reads the areas' vectors from `folder`, making them first where phrases or model have changed."""
    pairs = [(area, text) for area in sorted(phrases) for text in phrases[area]]
    mark = hashlib.sha256(json.dumps([embedder.fingerprint, pairs]).encode()).hexdigest()
    file = folder / FILE
    vectors = _read(file, mark)
    if vectors is None:
        vectors = embedder.encode([text for _, text in pairs], "passage")
        folder.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f"{os.getpid()}-{FILE}")
        np.savez(fresh, vectors=vectors, mark=np.array(mark))
        fresh.replace(file)
    return AreaMeaning([area for area, _ in pairs], vectors, embed)


def _read(file: Path, mark: str) -> Vectors | None:
    if not file.is_file():
        return None
    with np.load(file, allow_pickle=False) as kept:
        return np.asarray(kept["vectors"]) if str(kept["mark"]) == mark else None
