"""Questions of one meaning come together, by the model that the product comes with."""

from __future__ import annotations

import numpy as np
import pytest

from api.oversight.gaps import load_rules
from api.oversight.grouping import Vectors, middle_of, nearest_group, new_groups
from knowledge.models.shipped import prepare_model
from knowledge.search.embedder import Embedder, load_embedder

SUBJECTS = (
    ("Hvordan fornyer jeg mit pas?", "Hvor skal jeg hen for at få nyt pas",
     "mit pas er udløbet, hvad gør jeg", "Kan I hjælpe mig med pas?", "where do I renew my passport?"),
    ("Hvornår bliver mit skrald hentet?", "der er ikke tømt skraldespand i to uger"),
    ("hvad koster en beboerlicens til parkering", "hvordan søger jeg om parkering som beboer"),
    ("Hvordan bliver jeg gift på rådhuset?", "vi vil gerne giftes, hvad gør vi"),
    ("Kan hunden komme med i parken uden snor", "må min hund løbe frit i Fælledparken?"),
    ("Hvad koster en cykelhjelm?",),
)  # fmt: skip
SIMILARITY = load_rules().similarity


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return load_embedder(prepare_model(tmp_path_factory.mktemp("models")))


def test_each_subject_is_a_group_and_a_new_question_finds_its_own(
    model: Embedder,
) -> None:
    questions = [question for subject in SUBJECTS for question in subject]
    vectors = model.encode(questions, "query")
    groups = new_groups(vectors, SIMILARITY)
    assert {frozenset(questions[at] for at in group) for group in groups} == {
        frozenset(subject) for subject in SUBJECTS
    }
    known = {number: vectors[group] for number, group in enumerate(groups)}
    asked, stray = model.encode(["Mit pas er blevet væk", "Hvad er hovedstaden i Peru?"], "query")
    found = nearest_group(asked, known, SIMILARITY)
    assert found is not None
    assert questions[groups[found][0]] in SUBJECTS[0]
    assert nearest_group(stray, known, SIMILARITY) is None


def test_nothing_and_one_are_groups_too() -> None:
    none: Vectors = np.zeros((0, 4), dtype=np.float32)
    one: Vectors = np.ones((1, 4), dtype=np.float32) / 2
    assert new_groups(none, SIMILARITY) == []
    assert new_groups(one, SIMILARITY) == [[0]]
    assert nearest_group(one[0], {}, SIMILARITY) is None
    assert middle_of(np.eye(4, dtype=np.float32), [2]) == 2
