"""Whether complaints of a unit rise more than chance explains: against the unit's own past, all units together. Pure.

If nothing has changed, each of a unit's complaints falls in the recent weeks with the share that those weeks have of
all the time looked at; so, given how many there are in all, the recent ones follow a binomial distribution (the
conditional test of two Poisson rates). Where the past has varied more than chance alone, the distribution is widened
by as much (beta-binomial). Since many units are tested at once, Benjamini and Hochberg's rule decides how unlikely is
unlikely enough. `docs/oversight.md` shows how often it is wrong, and `benchmarks/rising.py` measures it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import betabinom, binom, false_discovery_control

from api.oversight.alert_limits import Rising

# A widening this small is none; the wider distribution cannot be reckoned with nothing to widen by.
NEARLY_ONE = 1e-9


@dataclass(frozen=True, slots=True)
class Rise:
    """One unit whose complaints have risen."""

    key: str
    recent: int
    # What the recent weeks would have held at the past's pace.
    expected: float
    p: float


def find_rises(weeks: Mapping[str, Sequence[int]], limits: Rising) -> list[Rise]:
    """The units that have risen; `weeks` holds each unit's complaints per week, the newest last, all equally long."""
    tested = {key: tested_one(key, counts, limits) for key, counts in weeks.items() if any(counts)}
    rises = [rise for rise in tested.values() if rise is not None]
    if not rises:
        return []
    adjusted = false_discovery_control([rise.p for rise in rises], method="bh")
    found = [
        rise
        for rise, level in zip(rises, adjusted, strict=True)
        if level <= limits.false_discovery_rate
        and rise.recent >= limits.least_recent
        and rise.recent >= limits.least_ratio * rise.expected
    ]
    return sorted(found, key=lambda rise: (rise.p, rise.key))


def tested_one(key: str, counts: Sequence[int], limits: Rising) -> Rise | None:
    """One unit's test; nothing where the past is too short."""
    recent_weeks = limits.recent_weeks
    past = list(counts[:-recent_weeks])[-limits.past_weeks :]
    if len(past) < limits.least_past_weeks:
        return None
    recent = sum(counts[-recent_weeks:])
    share = recent_weeks / (recent_weeks + len(past))
    expected = sum(past) * recent_weeks / len(past)
    return Rise(
        key, recent, expected, p_value(recent, sum(past), share, spread(past, recent_weeks))
    )


def p_value(recent: int, past: int, share: float, widened: float = 1.0) -> float:
    """How likely at least so many recent complaints are, if nothing has changed."""
    total = recent + past
    if recent == 0:
        return 1.0
    more = widened - 1.0
    if more <= NEARLY_ONE or total < 2:
        return float(binom.sf(recent - 1, total, share))
    correlation = min(more / (total - 1), 0.99)
    scale = 1.0 / correlation - 1.0
    return float(betabinom.sf(recent - 1, total, share * scale, (1.0 - share) * scale))


def spread(past: Sequence[int], block: int) -> float:
    """How much more the past has varied than chance alone: variance over mean of blocks of weeks, at least 1."""
    blocks = [sum(past[at : at + block]) for at in range(len(past) % block, len(past), block)]
    mean = sum(blocks) / len(blocks) if blocks else 0.0
    if len(blocks) < 2 or mean == 0:
        return 1.0
    variance = sum((one - mean) ** 2 for one in blocks) / (len(blocks) - 1)
    return max(1.0, variance / mean)
