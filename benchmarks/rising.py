"""How often the alarm for rising complaints is wrong, and how often it sees a rise, on made-up units.

    python -m benchmarks.rising [--weeks 2000]

In each made-up week some units are tested, each with a pace of its own. 'False alarms' is the share of weeks in which
at least one unit is named though nothing has changed; 'seen' is the share of units that are named when the pace of one
in ten has risen.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from api.oversight.alert_limits import Rising, load_limits
from api.oversight.rising import find_rises

UNITS = 40
# Complaints a unit gets in four weeks, from the smallest to the largest.
PACES = (0.5, 1, 2, 4, 8, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of the weeks."""

    false_alarm_weeks: float
    false_share: float
    seen: dict[float, float]


def simulate(
    limits: Rising, *, weeks: int, times: float, uneven: float = 1.0, units: int = UNITS, seed: int = 1,
) -> Shown:  # fmt: skip
    """Tests made-up units: one in ten has risen `times`; `uneven` is how much more than chance they vary."""
    chance = np.random.default_rng(seed)
    wrong_weeks = wrong = named_in_all = 0
    risen: dict[float, list[bool]] = {pace: [] for pace in PACES}
    for _ in range(weeks):
        made, rose = _units(chance, limits, units, times, uneven)
        named = {rise.key for rise in find_rises(made, limits)}
        false = named - rose.keys()
        wrong_weeks += bool(false)
        wrong += len(false)
        named_in_all += len(named)
        for key, pace in rose.items():
            risen[pace].append(key in named)
    return Shown(
        wrong_weeks / weeks, wrong / max(1, named_in_all),
        {pace: sum(hits) / len(hits) for pace, hits in risen.items() if hits},
    )  # fmt: skip


def _units(
    chance: np.random.Generator, limits: Rising, units: int, times: float, uneven: float
) -> tuple[dict[str, list[int]], dict[str, float]]:
    length, rose, made = limits.past_weeks + limits.recent_weeks, {}, {}
    for unit in range(units):
        pace = PACES[unit % len(PACES)]
        rate = np.full(length, pace / limits.recent_weeks)
        if times != 1 and unit % 10 == 0:
            # Another unit pace each week, so that every pace is seen rising.
            pace = PACES[int(chance.integers(len(PACES)))]
            rate = np.full(length, pace / limits.recent_weeks)
            rate[-limits.recent_weeks :] *= times
            rose[str(unit)] = pace
        if uneven > 1:
            blocks = -(-length // limits.recent_weeks)
            by = pace / (uneven - 1)
            swing = np.repeat(chance.gamma(by, 1 / by, blocks), limits.recent_weeks)[-length:]
            rate = rate * swing
        made[str(unit)] = [int(one) for one in chance.poisson(rate)]
    return made, rose


def main() -> None:
    """Prints what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=2000)
    weeks = parser.parse_args().weeks
    limits = load_limits().rising
    lines = [
        "case                      false-alarm weeks  false of all alarms  seen, by complaints in 4 weeks"
    ]
    for name, times, uneven in (
        ("nothing has changed", 1.0, 1.0), ("nothing, uneven past", 1.0, 1.5),
        ("one in ten: twice", 2.0, 1.0), ("one in ten: three times", 3.0, 1.0),
        ("twice, uneven past", 2.0, 1.5),
    ):  # fmt: skip
        shown = simulate(limits, weeks=weeks, times=times, uneven=uneven)
        seen = "  ".join(f"{pace:g}: {share:.0%}" for pace, share in sorted(shown.seen.items()))
        lines.append(f"{name:26}{shown.false_alarm_weeks:17.1%}  {shown.false_share:19.1%}  {seen}")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
