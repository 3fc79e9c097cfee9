"""The short ways through the model give what the library gives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from knowledge.evaluation.questions import load_questions
from knowledge.models.shipped import prepare_model
from knowledge.search import graph
from knowledge.search.embedder import (
    AT_ONCE,
    LeanEmbedder,
    TransformerEmbedder,
    load_by_library,
    load_embedder,
)
from knowledge.search.graph import GraphBert
from knowledge.search.lean import LeanBert, is_lean

TEXTS = ["Hvor klager jeg?", "", "æøå " * 300, "My caseworker does not answer", "12 §§ 😀"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_model(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def plain(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model without its graph, as anybody's own model comes."""
    other = tmp_path_factory.mktemp("plain") / "model"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns(graph.FOLDER), copy_function=link)
    return other


@pytest.fixture(scope="module")
def model(plain: Path) -> LeanEmbedder:
    loaded = load_embedder(plain)
    assert isinstance(loaded, LeanEmbedder)
    return loaded


@pytest.fixture(scope="module")
def quick(folder: Path) -> LeanEmbedder:
    loaded = load_embedder(folder)
    assert isinstance(loaded, LeanEmbedder)
    assert isinstance(loaded._model, GraphBert)
    return loaded


def link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


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


def test_the_graph_gives_what_the_weights_as_learnt_give(
    model: LeanEmbedder, quick: LeanEmbedder
) -> None:
    texts = [question.text for question in load_questions("dev") if question.text.strip()]
    short, long = quick.encode(texts, "query"), model.encode(texts, "query")
    assert short.shape == long.shape
    assert short.dtype == np.float32
    assert np.allclose(np.linalg.norm(short, axis=1), 1, atol=1e-4)
    alike = (short * long).sum(axis=1)
    assert len(texts) > 200
    assert alike.mean() > 0.9995
    assert alike.min() > 0.999


def test_the_graph_reads_a_text_alike_whatever_stands_beside_it(quick: LeanEmbedder) -> None:
    alone = np.vstack([quick.encode([text], "query") for text in TEXTS])
    assert np.array_equal(alone, quick.encode(TEXTS, "query"))
    assert quick.encode([], "query").shape == (0, quick.dimension)


def test_an_index_of_one_way_does_not_fit_the_other(
    model: LeanEmbedder, quick: LeanEmbedder, library: TransformerEmbedder
) -> None:
    assert quick.dimension == model.dimension
    assert quick.fingerprint != model.fingerprint
    assert library.fingerprint == model.fingerprint


def test_a_machine_that_cannot_run_the_graph_reads_the_weights(
    folder: Path, model: LeanEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with capture_logs() as said:
        loaded = load_embedder(folder)
    assert [line["event"] for line in said] == ["model.without_graph"]
    assert isinstance(loaded, LeanEmbedder)
    assert isinstance(loaded._model, LeanBert)
    assert loaded.fingerprint == model.fingerprint


def test_the_graph_runs_in_one_thread_and_reports_to_nobody(folder: Path) -> None:
    code = (
        "import os, sys, pathlib; from knowledge.search.graph import open_graph;"
        "graph = open_graph(pathlib.Path(sys.argv[1]));"
        "before = len(os.listdir('/proc/self/task')); graph.encode(['hej'] * 3);"
        "assert len(os.listdir('/proc/self/task')) == before == 1, before;"
        "library = pathlib.Path(sys.modules['onnxruntime'].__file__).parent;"
        "found = [p for p in library.rglob('*.so') if b'Applications6Events' in p.read_bytes()];"
        "assert not found, found; assert os.environ['ORT_DISABLE_TELEMETRY'] == '1';"
        "assert 'onnx' not in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, folder], capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
             "TOKENIZERS_PARALLELISM": "false"},
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


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
