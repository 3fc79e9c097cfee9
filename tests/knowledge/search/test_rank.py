from __future__ import annotations

import numpy as np

from knowledge.search.rank import Groups, blend, fuse, normalise, over_kinds


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
    ranking = fuse(over_kinds(dense, dense), floats(1.0, 0.2, 0.0), floats(1.0, 0.0, 0.0))
    assert ranking.subjects.tolist() == [0, 1, 2]
    assert fuse(dense, floats(0, 0, 0), floats(0, 0, 0)).subjects[0] == 1


def test_what_people_say_weighs_more_than_what_is_written() -> None:
    assert np.allclose(over_kinds(floats(1.0, 0.0), floats(0.0, 1.0)), [0.25, 0.75])
    assert np.allclose(over_kinds(floats(0.4, -2.0), floats(-2.0, -2.0)), [0.4, -2.0])


def test_half_of_a_long_question_is_its_pieces() -> None:
    whole, pieces = floats(0.2, -2.0), floats(0.6, 0.9)
    assert np.allclose(blend(whole, pieces), [0.4, -2.0])


def test_a_subject_with_nothing_allowed_is_left_out() -> None:
    ranking = fuse(floats(0.5, -2.0), floats(0.0, 1.0), floats(0.0, 1.0))
    assert ranking.subjects.tolist() == [0]


def test_scores_of_words_end_at_one() -> None:
    assert normalise(floats(2.0, 4.0)).max() == 1.0
    assert normalise(floats(0.0, 0.0)).tolist() == [0.0, 0.0]
