"""Trains the reader of reports of wrongdoing: `python -m knowledge.reading.wrongdoing_training`.

A logistic regression over TF-IDF of letters and words, cut down to the n-grams that say most, and stored as plain
arrays. Two trainings on the same machine give the same file.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from knowledge.reading.wrongdoing_reader import FILE, Block, Floats, Grams, parts, pieces

TRAINING = Path(__file__).parents[1] / "training"
TEXTS, FILLER = TRAINING / "wrongdoing.yaml", TRAINING / "filler.yaml"
KINDS = (("wrongdoing", 1), ("other", 0))
SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Settings:
    """How it is trained; chosen on the development set."""

    regularisation: float = 1.5
    # What letters, rows of words and pairs of words count for against each other.
    shares: tuple[float, ...] = (1.0, 1.2, 0.8)
    # How often each pattern is filled, and what a filled one counts for against a written message.
    filled: tuple[tuple[str, int], ...] = (("da", 140), ("en", 110))
    filled_weight: float = 0.6
    # How many of those stand in a story, and how many sentences it has at most before and after.
    in_story: float = 0.3
    story: int = 3
    # How many stories tell of nothing else, in each language, and how long they are at most.
    idle: tuple[int, int] = (500, 16)
    # What each few sentences of a long message that is no report count for.
    part_weight: float = 0.3
    # An n-gram counts when so many messages have it, and so many of each kind that say most are kept.
    seen_in: int = 2
    kept: tuple[int, ...] = (24_000, 16_000, 16_000)
    threshold: float = -0.45
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Example:
    """A message, whether it is a report, and what it counts for."""

    text: str
    label: int
    weight: float


def fingerprint(settings: Settings | None = None) -> str:
    """What the file is made from, as one number: texts and settings."""
    digest = sha256(TEXTS.read_bytes() + FILLER.read_bytes())
    digest.update(repr(astuple(settings or Settings())).encode())
    return digest.hexdigest()


def examples(
    data: Mapping[str, Any], filler: Mapping[str, Sequence[str]], settings: Settings
) -> Iterator[Example]:
    """All messages: those that were written, those that are put together, and small talk around them."""
    draw = random.Random(settings.seed)  # noqa: S311 - the same messages at each training are wanted
    for kind, label in KINDS:
        for text in data[kind]:
            yield Example(text, label, 1.0)
            # No part of a letter that tells of nothing may sound like a report.
            if not label:
                yield from (Example(part, label, settings.part_weight) for part in parts(text))
        for lang, times in settings.filled:
            for pattern in data[f"{kind}_patterns"][lang]:
                for _ in range(times):
                    text = _fill(pattern, data["parts"][lang], draw)
                    if draw.random() < settings.in_story:
                        text = _in_story(text, filler[lang], draw, settings.story)
                    yield Example(text, label, settings.filled_weight)
    for sentences in filler.values():
        for text in sentences:
            yield Example(text, 0, 1.0)
        times, most = settings.idle
        for _ in range(times):
            length = draw.randint(1, min(most, len(sentences)))
            yield Example(" ".join(draw.sample(sentences, length)), 0, settings.filled_weight)


def _fill(pattern: str, parts: Mapping[str, Sequence[str]], draw: random.Random) -> str:
    """Fill the slots by chance; a slot with a capital begins a sentence."""

    def chosen(slot: re.Match[str]) -> str:
        name = slot[1]
        part = draw.choice(parts[name.lower()])
        return part[0].upper() + part[1:] if name[0].isupper() else part

    return SLOT.sub(chosen, pattern)


def _in_story(text: str, around: Sequence[str], draw: random.Random, most: int) -> str:
    before, after = (draw.sample(around, draw.randint(0, min(most, len(around)))) for _ in range(2))
    return " ".join([*before, text if text[-1] in ".!?" else f"{text}.", *after])


def train(rows: Sequence[Example], settings: Settings) -> tuple[list[Block], float]:
    """Learn the blocks and the bias."""
    grams = [next(pieces(row.text)) for row in rows]
    labels = np.array([row.label for row in rows])
    counts = np.array([row.weight for row in rows])
    # Both kinds weigh the same: how common reports are is not known, and missing one costs more.
    counts[labels == 1] *= counts[labels == 0].sum() / counts[labels == 1].sum()
    wide = [_vocabulary(grams, kind, settings.seen_in) for kind in range(len(settings.shares))]
    learnt, _ = _fit(wide, grams, labels, counts, settings)
    narrow = [_narrowed(block, most) for block, most in zip(learnt, settings.kept, strict=True)]
    return _fit(narrow, grams, labels, counts, settings)


def _vocabulary(grams: Sequence[Grams], kind: int, seen_in: int) -> Block:
    seen: Counter[int] = Counter()
    for row in grams:
        seen.update(row[kind].keys())
    kept = sorted(key for key, times in seen.items() if times >= seen_in)
    rarity = np.array([np.log((1 + len(grams)) / (1 + seen[key])) + 1 for key in kept])
    # Rounded as it is stored, so that the weights fit what is read back.
    rarity = rarity.astype(np.float16).astype(np.float64)
    return Block(np.array(kept, dtype=np.uint32), rarity, np.zeros(len(kept)))


def _narrowed(block: Block, most: int) -> Block:
    best = np.sort(np.argsort(-np.abs(block.weights * block.rarity), kind="stable")[:most])
    return Block(block.keys[best], block.rarity[best], block.weights[best])


def _fit(
    blocks: Sequence[Block],
    grams: Sequence[Grams],
    labels: NDArray[Any],
    counts: Floats,
    settings: Settings,
) -> tuple[list[Block], float]:
    features = hstack(
        [
            _matrix(block, [row[kind] for row in grams]) * share
            for kind, (block, share) in enumerate(zip(blocks, settings.shares, strict=True))
        ],
        format="csr",
    )
    regression = LogisticRegression(C=settings.regularisation, max_iter=3000)
    regression.fit(features, labels, sample_weight=counts)
    ends = np.cumsum([len(block.keys) for block in blocks])[:-1]
    learnt = [
        Block(block.keys, block.rarity, weights * share)
        for block, weights, share in zip(
            blocks, np.split(regression.coef_[0], ends), settings.shares, strict=True
        )
    ]
    return learnt, float(regression.intercept_[0])


def _matrix(block: Block, rows: Sequence[Counter[int]]) -> csr_matrix:
    vectors = [block.vector(row) for row in rows]
    ends = np.cumsum([0, *(len(places) for places, _ in vectors)])
    return csr_matrix(
        (
            np.concatenate([values for _, values in vectors]),
            np.concatenate([places for places, _ in vectors]),
            ends,
        ),
        shape=(len(rows), len(block.keys)),
    )


def store(blocks: Sequence[Block], bias: float, settings: Settings, file: Path) -> None:
    """Write what was learnt as plain arrays."""
    arrays: dict[str, NDArray[Any]] = {
        "kinds": np.array(len(blocks)),
        "bias": np.array(bias),
        "threshold": np.array(settings.threshold),
        "fingerprint": np.array(fingerprint(settings)),
    }
    for kind, block in enumerate(blocks):
        arrays[f"keys_{kind}"] = block.keys
        arrays[f"rarity_{kind}"] = block.rarity.astype(np.float16)
        arrays[f"weights_{kind}"] = block.weights.astype(np.float16)
    with file.open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **arrays)


def main(file: Path = FILE) -> None:
    """Train on the texts that ship, and store."""
    settings = Settings()
    data = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    filler = yaml.safe_load(FILLER.read_text(encoding="utf-8"))
    rows = list(examples(data, filler, settings))
    blocks, bias = train(rows, settings)
    store(blocks, bias, settings, file)
    sys.stdout.write(f"{len(rows)} messages, {file.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
