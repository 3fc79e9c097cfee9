"""Finds the subject area in what a person writes, or the two or three that it could be.

Words, pieces of words and whole phrases are weighed together, and nearness in meaning where a search model is
handed in; a keyword that one area alone has makes it more certain. A wrong area with certainty would be worse than a
question, so doubt always gives candidates.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import Stemmer
import yaml
from numpy.typing import NDArray

from knowledge.rules.loader import FOLDER, load_areas
from knowledge.rules.model import Area
from knowledge.text.folding import squeeze, words

SETTINGS_FILE = FOLDER / "subjects" / "finding.yaml"
PIECES = (3, 4, 5)  # letters in a piece of a word

# Nearness in meaning of a text to each area, by area id, between 0 and 1; from the search model.
Similarity = Callable[[str], Mapping[str, float]]
Places = NDArray[np.intp]
Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SubjectMatch:
    """One certain area, or the areas it could be; neither when the text points nowhere."""

    area: str | None
    candidates: tuple[str, ...]


# Where one piece of a story ends.
PIECE_END = re.compile(r"[.!?;,:\n]+|\b(?:og|men|and|but|fordi|because)\b")


@dataclass(frozen=True, slots=True)
class _Index:
    """Vectors of many texts, searched by the features they share with a question.

    Each feature has a row: its entries, one for each text that has it, stand between `starts[row]` and the next.
    """

    rows: Mapping[str, int]
    inverse_share: Weights
    unknown: float
    starts: Places
    places: Places
    weights: Weights
    size: int

    def scores(self, features: Iterable[str]) -> Weights:
        """The cosine of a question with each text; what no text knows counts in its length as something rare."""
        counts = Counter(features)
        known = {feature: self.rows[feature] for feature in counts if feature in self.rows}
        if not known:
            return np.zeros(self.size)
        strange = sum(_often(n) ** 2 for name, n in counts.items() if name not in known)
        rows = np.fromiter(known.values(), np.intp, len(known))
        own = np.array([_often(counts[name]) for name in known]) * self.inverse_share[rows]
        own /= math.sqrt(own @ own + strange * self.unknown**2)
        spans = [slice(*self.starts[row : row + 2]) for row in known.values()]
        products = np.concatenate([self.weights[span] for span in spans])
        products *= np.repeat(own, self.starts[rows + 1] - self.starts[rows])
        places = np.concatenate([self.places[span] for span in spans])
        return np.asarray(np.bincount(places, products, self.size), dtype=np.float64)


class SubjectFinder:
    """Knows the areas' words, and weighs a text against them."""

    def __init__(self, areas: Collection[Area], settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self.carried = re.compile(settings["carried"], re.IGNORECASE)
        self.silent = frozenset(word for row in settings["silent"].values() for word in row)
        self.silent_squeezed = frozenset(squeeze(word) for word in self.silent)
        self.ids: list[str] = []
        self.stemmers = [Stemmer.Stemmer("danish"), Stemmer.Stemmer("english")]
        phrases: list[str] = []
        whole: list[list[str]] = []
        # Where each area's own phrases begin; every area has its names at least.
        self.first_phrase: list[int] = []
        for area in areas:
            self.ids.append(area.id)
            self.first_phrase.append(len(phrases))
            whole.append(_texts(area))
            phrases += whole[-1]
        self.words = _build([self._stems(" ".join(texts)) for texts in whole])
        self.pieces = _build([self._pieces(" ".join(texts)) for texts in whole])
        self.phrases = _build([self._pieces(text) for text in phrases])
        self.owners = _owners(areas)

    def find(self, text: str, similarity: Similarity | None = None) -> SubjectMatch:
        """The area the text is about, or the areas to ask about.

        A story that points nowhere surely is looked at piece by piece: its subject is often named in one of them.
        """
        text = self.carried.sub(" ", text)
        match = self._find(text, similarity)
        if match.area is not None:
            return match
        pieces = [piece for piece in PIECE_END.split(text) if self._telling(piece)]
        if len(pieces) < 2:
            return match
        named = {
            self._find(piece, similarity).area
            for piece in pieces
            if self._may_be_certain(piece, similarity)
        } - {None}
        if len(named) == 1:
            area = next(iter(named))
            if area is not None and (not match.candidates or area in match.candidates):
                return SubjectMatch(area, (area,))
        return match

    def _find(self, text: str, similarity: Similarity | None) -> SubjectMatch:
        if not self._telling(text):
            # Nearness in meaning alone would make a subject of a 'yes, thanks', and is the dearest to find.
            return SubjectMatch(None, ())
        limits = self.settings["thresholds"]
        ranked = sorted(self.scores(text, similarity).items(), key=lambda item: -item[1])
        (best, top), (_, second) = ranked[0], ranked[1]
        if top < limits["least"]:
            return SubjectMatch(None, ())
        ahead = (top - second) / top
        if top >= limits["certain"] and (
            ahead >= limits["margin"]
            or ahead >= limits["margin_named"]
            and self._named(text) == {best}
        ):
            return SubjectMatch(best, (best,))
        near = [area for area, score in ranked if score >= limits["near"] * top]
        return SubjectMatch(None, tuple(near[: self.settings["most_candidates"]]))

    def scores(self, text: str, similarity: Similarity | None = None) -> dict[str, float]:
        """How near the text is to each area, between 0 and 1."""
        found = self._by_words(text)
        if similarity is not None:
            meaning = similarity(self.carried.sub(" ", text))
            nearness = np.array([meaning.get(area, 0.0) for area in self.ids])
            found += self.settings["weights"]["meaning"] * nearness
        return dict(zip(self.ids, (found / self._total(similarity)).tolist(), strict=True))

    def _by_words(self, text: str) -> Weights:
        """How near the text is to each area, in their order: by words, pieces of words and the areas' phrases."""
        text = self.carried.sub(" ", text)
        weights = self.settings["weights"]
        pieces = self._pieces(text)
        by_phrase = np.maximum.reduceat(self.phrases.scores(pieces), self.first_phrase)
        found: Weights = weights["words"] * self.words.scores(self._stems(text))
        found += weights["pieces"] * self.pieces.scores(pieces) + weights["phrase"] * by_phrase
        return found

    def _total(self, similarity: Similarity | None) -> float:
        weights = self.settings["weights"]
        total: float = weights["words"] + weights["pieces"] + weights["phrase"]
        return total + (weights["meaning"] if similarity is not None else 0.0)

    def _may_be_certain(self, text: str, similarity: Similarity | None) -> bool:
        """Whether a text could name an area surely if it were as near in meaning as can be; finding out is dear."""
        total = self._total(similarity)
        most = self._by_words(text).max() + (total - self._total(None))
        return bool(most / total >= self.settings["thresholds"]["certain"])

    def _named(self, text: str) -> set[str]:
        """The areas that have a keyword of theirs alone in the text, as whole words."""
        plain = f" {' '.join(words(squeeze(text)))} "
        return {area for keyword, area in self.owners.items() if f" {keyword} " in plain}

    def _telling(self, text: str) -> list[str]:
        return [word for word in words(squeeze(text)) if word not in self.silent_squeezed]

    def _stems(self, text: str) -> list[str]:
        telling = self._telling(text)
        return [stem for stemmer in self.stemmers for stem in set(stemmer.stemWords(telling))]

    def _pieces(self, text: str) -> list[str]:
        found: list[str] = []
        for word in self._telling(text):
            padded = f"_{word}_"
            for size in PIECES:
                found += [padded[i : i + size] for i in range(max(1, len(padded) - size + 1))]
        return found


def _texts(area: Area) -> list[str]:
    found = [area.name.da, area.name.en]
    for spoken in area.words.values():
        found += [*spoken.keywords, *spoken.phrases]
    return found


def _owners(areas: Iterable[Area]) -> dict[str, str]:
    """The keywords that are no part of another area's, each with its area: 'aktindsigt' belongs to two."""
    having: dict[str, set[str]] = {}
    for area in areas:
        for spoken in area.words.values():
            for keyword in spoken.keywords:
                having.setdefault(f" {' '.join(words(squeeze(keyword)))} ", set()).add(area.id)
    parts: dict[str, set[str]] = {keyword: set(ids) for keyword, ids in having.items()}
    for keyword, ids in parts.items():
        for other, others in having.items():
            if keyword in other:
                ids |= others
    return {keyword.strip(): min(ids) for keyword, ids in parts.items() if len(ids) == 1}


def _build(texts: list[list[str]]) -> _Index:
    """Weighs each feature by how few texts share it, in vectors of length one."""
    counts = [Counter(features) for features in texts]
    shared = Counter(feature for count in counts for feature in count)
    rows = {feature: row for row, feature in enumerate(shared)}
    having = np.fromiter(shared.values(), np.float64, len(shared))
    inverse = np.log((1 + len(texts)) / (1 + having)) + 1.0
    row, place, weight = [], [], []
    for number, count in enumerate(counts):
        own = np.fromiter((rows[feature] for feature in count), np.intp, len(count))
        raw = np.array([_often(times) for times in count.values()]) * inverse[own]
        row.append(own)
        place.append(np.full(len(count), number))
        weight.append(raw / (np.linalg.norm(raw) or 1.0))
    by_row = np.argsort(np.concatenate(row), kind="stable")
    return _Index(
        rows, inverse, float(inverse.max(initial=1.0)),
        np.concatenate(([0], np.cumsum(having))).astype(np.intp),
        np.concatenate(place)[by_row], np.concatenate(weight)[by_row], len(texts),
    )  # fmt: skip


def _often(times: int) -> float:
    """What it counts that a feature stands somewhere so many times."""
    return 1.0 + math.log(times)


@cache
def load_finder(settings_file: Path = SETTINGS_FILE) -> SubjectFinder:
    """The finder over all subject areas."""
    settings = yaml.load(settings_file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return SubjectFinder(load_areas().values(), settings)
