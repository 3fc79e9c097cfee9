"""Stand-ins for what is slow or lives elsewhere, the same on every run."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.evaluation.questions import Question
from knowledge.search.embedder import Progress, TextKind, Vectors
from knowledge.text.folding import char_ngrams

MATERIAL = Path(__file__).parent / "material"
PHONE = "12 34 56 78"


class FakeEmbedder:
    """Counts character n-grams into a fixed number of places: like texts get like vectors."""

    dimension = 256

    def __init__(self, fingerprint: str = "fake-1") -> None:
        self.fingerprint = fingerprint
        self.encoded = 0

    def encode(
        self, texts: Sequence[str], kind: TextKind, progress: Progress | None = None
    ) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for gram in char_ngrams(text, (4,)):
                row[zlib.crc32(gram.encode()) % self.dimension] += 1.0
        self.encoded += len(texts)
        if progress:
            progress(len(texts), len(texts))
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(norms == 0, 1, norms)


def _asked(number: int, text: str, *expect: str) -> Question:
    return Question(f"c{number}", "da", "plain", text, frozenset(expect))


CALIBRATION = tuple(
    _asked(number, text, *expect)
    for number, (text, *expect) in enumerate(
        [
            ("må jeg læse papirerne i min sag", "aktindsigt"),
            ("jeg vil have aktindsigt", "aktindsigt"),
            ("hvordan ser jeg min journal", "aktindsigt"),
            ("hvorfor svarer ingen på mine mails", "svarpligt"),
            ("skal vi svare borgeren", "svarpligt"),
            ("hvornår får jeg svar på mit brev", "svarpligt"),
            ("hvordan koger man et æg",),
            ("hvad koster en is",),
            ("hvem vandt kampen",),
            ("bliver det regn i morgen",),
            ("hvor køber jeg sko",),
        ]
    )
)


def resolve(key: str, lang: str) -> str:
    return {"borgerraadgiveren.phone": PHONE}[key]
