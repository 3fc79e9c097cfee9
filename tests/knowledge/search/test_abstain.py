from __future__ import annotations

import random

from knowledge.search.abstain import ALWAYS, Calibration, Signals, calibrate


def signals(centre: float, count: int, seed: int) -> list[Signals]:
    draw = random.Random(seed)
    return [
        Signals(centre + draw.gauss(0, 0.1), 1 + draw.gauss(0, 0.1), draw.random() / 10, centre)
        for _ in range(count)
    ]


def test_the_threshold_keeps_the_share_it_was_asked_to_keep() -> None:
    calibration = calibrate(signals(0.8, 400, 1), signals(0.4, 400, 2), keep=0.95)
    fresh = signals(0.8, 400, 3)
    kept = sum(calibration.answers(one) for one in fresh) / len(fresh)
    assert 0.91 <= kept <= 0.99
    refused = sum(not calibration.answers(one) for one in signals(0.4, 400, 4)) / 400
    assert refused > 0.9


def test_the_curve_falls_and_rises_as_it_must() -> None:
    curve = calibrate(signals(0.8, 100, 1), signals(0.5, 100, 2)).curve
    assert len(curve) > 10
    assert [p.answers for p in curve] == sorted((p.answers for p in curve), reverse=True)
    assert [p.abstains for p in curve] == sorted(p.abstains for p in curve)


def test_it_can_be_written_and_read() -> None:
    calibration = calibrate(signals(0.8, 50, 1), signals(0.5, 50, 2))
    assert Calibration.from_data(calibration.as_data()) == calibration


def test_without_data_nothing_is_refused() -> None:
    assert calibrate([], signals(0.5, 5, 1)) is ALWAYS
    assert ALWAYS.answers(Signals(0, 0, 0, 0))
