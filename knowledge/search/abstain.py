"""Knowing when not to answer: a calibrated reading of how good the best subject is.

The numbers come from the product's own data: the tuning half of the evaluation questions, which are in no
index, some with an answer and some without. A logistic curve over a few signals tells the two apart, and the
threshold of each language is the point on that curve that keeps the share of real questions we ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FEATURES = ("cosine", "words", "margin", "inside")
Floats = npt.NDArray[np.float64]

# Share of answerable questions that must still be answered: refusing a person with a real question costs
# more than showing a near subject, which is labelled with its title and source.
# Asked of questions left out in turn, .94 answered 93 in 100 and refused 86 of those without an answer; .96: 95 and 78.
KEEP = 0.94
_CURVE_POINTS = 21
_ROUNDS = 60
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Signals:
    """How good the best subject looks for one query."""

    cosine: float  # of the best subject's best text
    words: float  # lexical score per n-gram of the query: absolute, unlike the one used to rank
    margin: float  # to the next subject
    inside: float  # best subject against the best question known to lie outside

    def row(self) -> list[float]:
        """Return the signals in the order of `FEATURES`."""
        return [self.cosine, self.words, self.margin, self.inside]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What one threshold would do."""

    threshold: float
    answers: float
    abstains: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The weights of the signals, the threshold, and the curve it was read from."""

    weights: tuple[float, ...]
    bias: float
    threshold: float
    curve: tuple[CurvePoint, ...]

    def certainty(self, signals: Signals) -> float:
        """Return how likely it is that the articles answer the query, from 0 to 1."""
        total = float(np.dot(self.weights, signals.row())) + self.bias
        return float(1.0 / (1.0 + np.exp(-np.clip(total, -40, 40))))

    def answers(self, signals: Signals) -> bool:
        """Say whether the best subject is good enough to be shown as an answer."""
        return self.certainty(signals) >= self.threshold

    def as_data(self) -> dict[str, Any]:
        """Return plain data for a file."""
        return asdict(self)

    @staticmethod
    def from_data(data: dict[str, Any]) -> Calibration:
        """Read what `as_data` gave."""
        curve = tuple(CurvePoint(**point) for point in data["curve"])
        return Calibration(tuple(data["weights"]), data["bias"], data["threshold"], curve)


# Answers everything: what an index without calibration data does.
ALWAYS = Calibration((0.0,) * len(FEATURES), 0.0, 0.0, ())


@dataclass(frozen=True, slots=True)
class Observed:
    """One calibration question: its language, whether it has an answer, and its signals."""

    lang: str
    answerable: bool
    signals: Signals


def calibrate(observed: Sequence[Observed], keep: float = KEEP) -> dict[str, Calibration]:
    """Fit one curve for all, and read from it the threshold of each language.

    Each threshold keeps `keep` of the answerable questions in its language.
    """
    if len({one.answerable for one in observed}) < 2:
        return {}
    rows = np.array([one.signals.row() for one in observed], dtype=np.float64)
    wanted = np.array([float(one.answerable) for one in observed])
    weights, bias = _fit(rows, wanted)
    certain = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights + bias, -40, 40)))
    langs = np.array([one.lang for one in observed])
    return {
        lang: _read_off(certain[langs == lang], wanted[langs == lang], weights, bias, keep)
        for lang in sorted(set(langs.tolist()))
        if wanted[langs == lang].any()
    }


def _read_off(
    certain: Floats, wanted: Floats, weights: Floats, bias: float, keep: float
) -> Calibration:
    yes, no = certain[wanted == 1], certain[wanted == 0]
    threshold = float(np.quantile(yes, 1.0 - keep))
    points = np.unique(np.quantile(certain, np.linspace(0, 1, _CURVE_POINTS)))
    curve = tuple(CurvePoint(round(float(t), 4), _share(yes >= t), _share(no < t)) for t in points)
    return Calibration(tuple(float(w) for w in weights), bias, threshold, curve)


def _share(hits: npt.NDArray[np.bool_]) -> float:
    return float(hits.mean()) if len(hits) else 1.0


def _fit(rows: Floats, wanted: Floats) -> tuple[Floats, float]:
    """Logistic regression by Newton's method, both classes weighing the same."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    design = np.hstack([(rows - mean) / spread, np.ones((len(rows), 1))])
    share = wanted.mean()
    weight = np.where(wanted == 1, 0.5 / share, 0.5 / (1 - share))
    beta = np.zeros(design.shape[1])
    ridge = _RIDGE * len(rows) * np.eye(design.shape[1])
    for _ in range(_ROUNDS):
        probability = 1.0 / (1.0 + np.exp(-np.clip(design @ beta, -40, 40)))
        gradient = design.T @ (weight * (probability - wanted)) + ridge @ beta
        slope = weight * probability * (1 - probability) + 1e-9
        step = np.linalg.solve((design.T * slope) @ design + ridge, gradient)
        beta -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    weights = beta[:-1] / spread
    return weights, float(beta[-1] - weights @ mean)
