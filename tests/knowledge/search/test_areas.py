"""The search model's view of subject areas: the nearest phrase counts, and vectors are made once."""

from __future__ import annotations

from pathlib import Path

from knowledge.search.areas import FILE, open_area_meaning
from tests.knowledge.fakes import FakeEmbedder

PHRASES = {"parking": ["parkeringsafgift", "p-bøde"], "school": ["min søns skole"]}


def test_the_nearest_phrase_of_an_area_counts_and_vectors_are_made_once(tmp_path: Path) -> None:
    model = FakeEmbedder()

    def embed(text: str):
        return model.encode([text], "query")

    meaning = open_area_meaning(tmp_path, PHRASES, model, embed)
    near = meaning("en parkeringsafgift")
    assert near["parking"] > 0.5 > near["school"] >= 0.0
    made = model.encoded
    again = open_area_meaning(tmp_path, PHRASES, model, embed)
    assert model.encoded == made
    assert again("p-bøde") == meaning("p-bøde")


def test_other_phrases_or_another_model_make_them_anew(tmp_path: Path) -> None:
    for model, phrases in (
        (FakeEmbedder("one"), PHRASES),
        (FakeEmbedder("two"), PHRASES),
        (FakeEmbedder("two"), PHRASES | {"waste": ["skrald"]}),
    ):
        open_area_meaning(tmp_path, phrases, model, lambda text: model.encode([text], "query"))  # noqa: B023
        assert model.encoded > 0
    assert (tmp_path / FILE).is_file()
