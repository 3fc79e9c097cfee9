from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge.models.artefact import FOLDER, Artefact, artefact_hash, load_artefact, save_artefact

# Bytes. What we make of the model ourselves must stay small enough to live beside the code.
LARGEST = 15_000_000


def test_an_artefact_survives_the_disk(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    rows = random.normal(size=(3, 8)).astype(np.float32)
    thin = random.normal(size=(4, 2)).astype(np.float32)
    artefact = Artefact(("sag", "##en"), np.array([1, 7, 9]), rows, {"layer": (thin, thin.T)})
    save_artefact(artefact, {"steps": 1}, tmp_path)
    again = load_artefact(tmp_path)
    assert again.tokens == artefact.tokens
    assert again.row_numbers.tolist() == [1, 7, 9]
    assert np.abs(again.rows - rows).max() < 0.02
    assert np.abs(again.changes["layer"][0] - thin).max() < 0.01


def test_another_artefact_has_another_hash(tmp_path: Path) -> None:
    rows = np.ones((1, 4), np.float32)
    save_artefact(Artefact(("a",), np.array([0]), rows, {}), {}, tmp_path / "one")
    save_artefact(Artefact(("b",), np.array([0]), rows, {}), {}, tmp_path / "two")
    assert artefact_hash(tmp_path / "one") != artefact_hash(tmp_path / "two")


def test_what_ships_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < LARGEST
