"""Makes the shipped model anew: `python -m knowledge.models.train`.

It reads only text written for the product (`corpus.py`), grafts Danish onto the English model in seconds
(`graft.py`), tunes for a set number of steps (`tuning.py`), and writes what changed to `stafet-da/`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from knowledge.models.artefact import FOLDER, Artefact, save_artefact, text_hash
from knowledge.models.assemble import assemble
from knowledge.models.base import WEIGHTS_SHA256, base_model
from knowledge.models.corpus import load_corpus
from knowledge.models.graft import Rows, base_rows, base_vocabulary, graft
from knowledge.models.tuning import Tuned, tune
from knowledge.search.outside import load_outside

STEPS, SEED = 300, 11


def train(folder: Path = FOLDER, steps: int = STEPS, seed: int = SEED) -> Artefact:
    """Graft and tune, and write the artefact with what it was made of."""
    base = base_model()
    corpus = load_corpus()
    outside = [unit.text for unit in load_outside()]
    tokens, rows = graft(corpus, base)
    with tempfile.TemporaryDirectory() as work:
        grafted = assemble(base, Path(work) / "grafted", tokens, rows)
        tuned = tune(corpus, outside, grafted, base, steps, seed, _tell)
    artefact = merge(tokens, rows, len(base_vocabulary(base)), tuned)
    manifest = {
        "base_sha256": WEIGHTS_SHA256,
        "text_sha256": text_hash([*corpus.danish, *corpus.english, *outside]),
        "pairs": len(corpus.pairs),
        "questions_and_texts": len(corpus.labelled),
        "steps": steps,
        "seed": seed,
    }
    save_artefact(artefact, manifest, folder)
    return artefact


def merge(tokens: list[str], rows: Rows, known: int, tuned: Tuned) -> Artefact:
    """Gather every row that is new or differs from the English model's."""
    grown = rows.copy()
    grown[tuned.row_numbers] = tuned.rows
    english = base_rows(base_model())
    changed = np.flatnonzero(np.abs(grown[:known] - english).max(axis=1) > 1e-6)
    numbers = np.concatenate([changed, np.arange(known, len(tokens))]).astype(np.int64)
    return Artefact(tuple(tokens[known:]), numbers, grown[numbers], tuned.changes)


def _tell(done: int, whole: int) -> None:
    sys.stderr.write(f"\rtuning: {done} of {whole} steps")
    sys.stderr.flush()


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    train(chosen.out, chosen.steps, chosen.seed)


if __name__ == "__main__":
    main()
