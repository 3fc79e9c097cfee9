from __future__ import annotations

import numpy as np

from knowledge.search.rank import Groups, fuse, normalise, over_kinds


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_the_mean_of_the_best_three_counts() -> None:
    groups = Groups([[0, 1, 2, 3], [4]])
    values = floats(0.9, 0.1, 0.6, 0.3, 0.7)
    means = groups.best_mean(values, np.ones(5, dtype=bool))
    assert np.allclose(means, [0.6, 0.7])


def test_what_is_not_allowed_does_not_count() -> None:
    groups = Groups([[0, 1], [2]])
    allowed = np.array([False, True, False])
    means = groups.best_mean(floats(0.9, 0.2, 0.8), allowed)
    assert np.allclose(means[0], 0.2)
    assert means[1] <= -2


def test_letters_decide_between_like_meanings() -> None:
    dense = floats(0.5, 0.52, 0.1)
    ranking = fuse(over_kinds([dense, dense]), floats(1.0, 0.2, 0.0), floats(1.0, 0.0, 0.0))
    assert ranking.subjects.tolist() == [0, 1, 2]
    assert fuse(dense, floats(0, 0, 0), floats(0, 0, 0)).subjects[0] == 1


def test_a_subject_with_nothing_allowed_is_left_out() -> None:
    ranking = fuse(floats(0.5, -2.0), floats(0.0, 1.0), floats(0.0, 1.0))
    assert ranking.subjects.tolist() == [0]


def test_scores_of_words_end_at_one() -> None:
    assert normalise(floats(2.0, 4.0)).max() == 1.0
    assert normalise(floats(0.0, 0.0)).tolist() == [0.0, 0.0]
