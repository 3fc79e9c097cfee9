"""The short way through the model gives what the library gives."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from knowledge.models.shipped import prepare_model
from knowledge.search.embedder import FEW, TransformerEmbedder, load_embedder
from knowledge.search.lean import lean

TEXTS = ["Hvor klager jeg?", "", "æøå " * 300, "My caseworker does not answer", "12 §§ 😀"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TransformerEmbedder:
    return load_embedder(prepare_model(tmp_path_factory.mktemp("models")))


def test_few_texts_get_the_vectors_that_many_get(model: TransformerEmbedder) -> None:
    few = model.encode(TEXTS, "query")
    many = model.encode(TEXTS * FEW, "query")[: len(TEXTS)]
    assert few.shape == many.shape == (len(TEXTS), model.dimension)
    assert float((few * many).sum(axis=1).min()) > 0.999
    assert np.allclose(np.linalg.norm(few, axis=1), 1, atol=1e-4)


def test_no_text_gets_no_vector(model: TransformerEmbedder) -> None:
    assert model.encode([], "query").shape == (0, model.dimension)


def test_a_model_of_another_shape_is_left_to_the_library() -> None:
    class Transformer(SimpleNamespace):
        pass

    assert lean([Transformer()]) is None


def test_no_text_sees_the_texts_beside_it(model: TransformerEmbedder) -> None:
    alone = np.vstack([model.encode([text], "query") for text in TEXTS])
    assert float((alone * model.encode(TEXTS, "query")).sum(axis=1).min()) > 0.999
