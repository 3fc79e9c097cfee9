"""The shipped model, put together and loaded as anybody would load it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.models.shipped import prepare_model
from knowledge.search.embedder import Embedder, load_embedder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_model(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def model(folder: Path) -> Embedder:
    return load_embedder(folder)


def test_it_is_put_together_once(folder: Path) -> None:
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert prepare_model(folder.parent) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_rows_have_unit_length(model: Embedder) -> None:
    rows = model.encode(["Hvor klager jeg?", ""], "query")
    assert rows.shape == (2, model.dimension)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize(
    ("danish", "english", "other"),
    [
        (
            "min sagsbehandler var uhøflig",
            "my caseworker was rude",
            "the rubbish was not collected",
        ),
        ("de hentede ikke skraldet", "the rubbish was not collected", "my caseworker was rude"),
        ("hvornår får jeg svar", "when do I get an answer", "I need an interpreter"),
        ("jeg har brug for en tolk", "I need an interpreter", "when do I get an answer"),
    ],
)
def test_danish_lies_near_its_english(
    model: Embedder, danish: str, english: str, other: str
) -> None:
    asked, right, wrong = model.encode([danish, english, other], "query")
    assert asked @ right > asked @ wrong + 0.15


def test_the_same_folder_has_the_same_mark(folder: Path, model: Embedder) -> None:
    assert load_embedder(folder).fingerprint == model.fingerprint
