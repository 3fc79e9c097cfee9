"""The alarm for rising complaints: it sees a rise, it is seldom wrong, and no unit hides behind another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scipy.stats import binom

from api.oversight.alert_limits import load_limits
from api.oversight.rising import find_rises, p_value, spread
from benchmarks.rising import simulate

LIMITS = load_limits().rising
YEAR = LIMITS.past_weeks


def test_the_test_is_the_conditional_one() -> None:
    assert p_value(8, 40, 4 / 56) == pytest.approx(float(binom.sf(7, 48, 4 / 56)))
    assert p_value(0, 40, 4 / 56) == 1.0
    assert p_value(8, 40, 4 / 56, widened=2.0) > p_value(8, 40, 4 / 56)


def test_a_rise_is_named_and_the_steady_are_not() -> None:
    weeks = {
        "steady": [2] * (YEAR + 4),
        "risen": [2] * YEAR + [6, 7, 6, 7],
        "none": [0] * (YEAR + 4),
    }
    found = find_rises(weeks, LIMITS)
    assert [rise.key for rise in found] == ["risen"]
    assert (found[0].recent, found[0].expected) == (26, 8.0)


def test_too_few_too_little_and_too_young_are_no_alarm() -> None:
    few = [0] * YEAR + [1, 1, 1, 1]
    little = [100] * YEAR + [120] * 4
    assert find_rises({"few": few}, LIMITS) == []
    assert find_rises({"little": little}, LIMITS) == []
    young = [1] * (LIMITS.least_past_weeks - 1) + [9] * 4
    assert find_rises({"young": young}, LIMITS) == []
    assert find_rises({"old enough": [1, *young]}, LIMITS) != []
    assert find_rises({}, LIMITS) == []


def test_an_uneven_past_asks_for_more() -> None:
    calm, wild = [2] * YEAR, ([0] * 4 + [4] * 4) * (YEAR // 8) + [0] * (YEAR % 8)
    assert spread(calm, 4) == 1.0
    assert spread(wild, 4) > 5
    recent = [5, 5, 5, 5]
    assert find_rises({"calm": calm + recent}, LIMITS)
    assert not find_rises({"wild": wild + recent}, LIMITS)


def test_many_units_raise_the_bar_for_each() -> None:
    border = [2] * YEAR + [4, 4, 4, 4]
    alone = find_rises({"one": border}, replace(LIMITS, least_ratio=1.1))
    crowd = {str(at): [2] * (YEAR + 4) for at in range(300)} | {"one": border}
    assert alone
    assert not find_rises(crowd, replace(LIMITS, least_ratio=1.1))


def test_it_is_seldom_wrong_and_sees_a_doubling() -> None:
    calm = simulate(LIMITS, weeks=150, times=1.0)
    # By chance alone, at most one week in twenty names anybody; 150 weeks leave room for luck.
    assert calm.false_alarm_weeks <= 0.08
    doubled = simulate(LIMITS, weeks=150, times=2.0)
    assert doubled.false_share <= 0.08
    assert doubled.seen[30] >= 0.8
    assert doubled.seen[60] >= 0.95
