"""When to try again, when to give up, when to leave a destination alone: pure decisions over numbers in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "policy.yaml"


@dataclass(frozen=True)
class Policy:
    """The numbers of policy.yaml, which explains each."""

    retry_after: tuple[float, ...]
    jitter: float
    longest_wait: float
    try_seconds: float
    lease_margin: float
    at_once: int
    idle: float
    breaker_failures: int
    breaker_wait: float
    breaker_longest: float
    closed_door: float
    changes_every: float
    reconcile_every: float
    reconcile_days: int
    late: float

    def next_wait(self, attempts: int, chance: float, asked: float | None = None) -> float | None:
        """Seconds until the next try after so many, or nothing when it is time to give up.

        `chance` is between 0 and 1 and spreads the tries; `asked` is what the other side wants at least.
        """
        if attempts > len(self.retry_after):
            return None
        wait = self.retry_after[max(attempts, 1) - 1] * (1 + self.jitter * chance)
        return min(max(wait, asked or 0), self.longest_wait)

    def breaker(self, failures: int) -> float | None:
        """Seconds to leave a destination alone after so many failures in a row, or nothing."""
        beyond = failures - self.breaker_failures
        if beyond < 0:
            return None
        return float(min(self.breaker_wait * 2 ** min(beyond, 30), self.breaker_longest))

    def lease(self, settle_seconds: float) -> float:
        """Seconds after which a claim may be taken from a worker that has gone silent.

        By then its try has surely ended, and so has whatever the other side still made of it.
        """
        return self.try_seconds + settle_seconds + self.lease_margin


def load_policy(file: Path = FILE, **changed: Any) -> Policy:
    """The policy in the file, with single numbers changed by name."""
    values: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    merged: dict[str, Any] = {**values, **changed}
    return Policy(**(merged | {"retry_after": tuple(merged["retry_after"])}))
