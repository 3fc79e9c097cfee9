"""The short way through the model gives what the library gives."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge.models.shipped import prepare_model
from knowledge.search.embedder import (
    AT_ONCE,
    LeanEmbedder,
    TransformerEmbedder,
    load_by_library,
    load_embedder,
)
from knowledge.search.lean import is_lean

TEXTS = ["Hvor klager jeg?", "", "æøå " * 300, "My caseworker does not answer", "12 §§ 😀"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_model(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def model(folder: Path) -> LeanEmbedder:
    loaded = load_embedder(folder)
    assert isinstance(loaded, LeanEmbedder)
    return loaded


@pytest.fixture(scope="module")
def library(folder: Path) -> TransformerEmbedder:
    return load_by_library(folder)


def test_the_short_way_gives_what_the_library_gives(
    model: LeanEmbedder, library: TransformerEmbedder
) -> None:
    short, long = model.encode(TEXTS, "query"), library.encode(TEXTS, "query")
    assert short.shape == long.shape == (len(TEXTS), model.dimension)
    assert np.allclose(short, long, atol=1e-4)
    assert np.allclose(np.linalg.norm(short, axis=1), 1, atol=1e-4)
    assert model.fingerprint == library.fingerprint


def test_many_texts_get_the_vectors_that_few_get(model: LeanEmbedder) -> None:
    told: list[tuple[int, int]] = []
    many = model.encode(TEXTS * AT_ONCE, "passage", lambda done, of: told.append((done, of)))
    assert np.allclose(many[: len(TEXTS)], model.encode(TEXTS, "passage"), atol=1e-4)
    assert told[-1] == (len(TEXTS) * AT_ONCE, len(TEXTS) * AT_ONCE)


def test_no_text_gets_no_vector(model: LeanEmbedder, library: TransformerEmbedder) -> None:
    assert model.encode([], "query").shape == (0, model.dimension)
    assert library.encode([], "query").shape == (0, library.dimension)


def test_no_text_sees_the_texts_beside_it(model: LeanEmbedder) -> None:
    alone = np.vstack([model.encode([text], "query") for text in TEXTS])
    assert np.allclose(alone, model.encode(TEXTS, "query"), atol=1e-4)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"model_type": "xlm-roberta"}),
        ("config.json", {"position_embedding_type": "relative_key"}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        ("config_sentence_transformers.json", {"prompts": {"query": "query: "}}),
    ],
)
def test_a_model_of_another_shape_is_left_to_the_library(
    folder: Path, tmp_path: Path, file: str, change: dict[str, object]
) -> None:
    other = tmp_path / "model"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("*.safetensors"))
    (other / "model.safetensors").touch()
    assert is_lean(other)
    written = json.loads((other / file).read_text(encoding="utf-8"))
    (other / file).write_text(json.dumps(written | change), encoding="utf-8")
    assert not is_lean(other)
    assert not is_lean(tmp_path)
