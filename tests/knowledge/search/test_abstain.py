from __future__ import annotations

import random

from knowledge.search.abstain import ALWAYS, Calibration, Observed, Signals, calibrate


def signals(centre: float, count: int, seed: int) -> list[Signals]:
    draw = random.Random(seed)
    return [
        Signals(centre + draw.gauss(0, 0.1), 1 + draw.gauss(0, 0.1), draw.random() / 10, centre)
        for _ in range(count)
    ]


def observed(seed: int, count: int = 400, lang: str = "da") -> list[Observed]:
    yes = [Observed(lang, True, one) for one in signals(0.8, count, seed)]
    return yes + [Observed(lang, False, one) for one in signals(0.4, count, seed + 1)]


def test_the_threshold_keeps_the_share_it_was_asked_to_keep() -> None:
    calibration = calibrate(observed(1), keep=0.95)["da"]
    fresh = signals(0.8, 400, 13)
    kept = sum(calibration.answers(one) for one in fresh) / len(fresh)
    assert 0.91 <= kept <= 0.99
    refused = sum(not calibration.answers(one) for one in signals(0.4, 400, 14)) / 400
    assert refused > 0.9


def test_each_language_has_its_own_threshold() -> None:
    english = [Observed("en", True, one) for one in signals(0.6, 100, 5)]
    calibration = calibrate([*observed(1), *english])
    assert calibration["en"].weights == calibration["da"].weights
    assert calibration["en"].threshold < calibration["da"].threshold


def test_the_curve_falls_and_rises_as_it_must() -> None:
    curve = calibrate(observed(1, 100))["da"].curve
    assert len(curve) > 10
    assert [p.answers for p in curve] == sorted((p.answers for p in curve), reverse=True)
    assert [p.abstains for p in curve] == sorted(p.abstains for p in curve)


def test_it_can_be_written_and_read() -> None:
    calibration = calibrate(observed(1, 50))["da"]
    assert Calibration.from_data(calibration.as_data()) == calibration


def test_without_data_nothing_is_refused() -> None:
    assert calibrate([]) == {}
    assert calibrate([Observed("da", True, one) for one in signals(0.8, 9, 1)]) == {}
    assert ALWAYS.answers(Signals(0, 0, 0, 0))
