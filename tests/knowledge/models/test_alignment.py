from __future__ import annotations

from knowledge.models.alignment import align


def test_words_that_always_meet_are_translations() -> None:
    # 1 hus, 2 rødt, 3 bil; 11 house, 12 red, 13 car
    pairs = [([2, 1], [12, 11]), ([2, 3], [12, 13]), ([1], [11]), ([3], [13])]
    danish, english, given = align(pairs)
    best: dict[int, tuple[float, int]] = {}
    for left, right, chance in zip(danish, english, given, strict=True):
        best[int(left)] = max(best.get(int(left), (0.0, 0)), (float(chance), int(right)))
    assert {left: right for left, (_, right) in best.items()} == {1: 11, 2: 12, 3: 13}
    assert all(chance > 0.7 for chance, _ in best.values())
