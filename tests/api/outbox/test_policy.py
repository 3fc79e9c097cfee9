"""When to try again: grows, is spread, obeys, ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.outbox.policy import load_policy

POLICY = load_policy()


@given(st.integers(1, 40), st.floats(0, 1), st.none() | st.floats(0, 1e7))
def test_a_wait_lies_between_the_schedule_and_the_longest(
    attempts: int, chance: float, asked: float | None
) -> None:
    wait = POLICY.next_wait(attempts, chance, asked)
    if attempts > len(POLICY.retry_after):
        assert wait is None
    else:
        assert wait is not None
        assert wait >= min(POLICY.retry_after[attempts - 1], POLICY.longest_wait)
        assert wait >= min(asked or 0, POLICY.longest_wait)
        assert wait <= POLICY.longest_wait


def test_waits_and_closures_only_grow() -> None:
    assert list(POLICY.retry_after) == sorted(POLICY.retry_after)
    closures = [POLICY.breaker(failures) or 0 for failures in range(60)]
    assert closures == sorted(closures)
    assert closures[POLICY.breaker_failures - 1] == 0
    assert closures[-1] == POLICY.breaker_longest


def test_a_weekend_can_be_waited_out() -> None:
    assert sum(POLICY.retry_after) > 60 * 3600


def test_a_claim_outlives_the_try_and_the_other_sides_work() -> None:
    assert POLICY.lease(90) > POLICY.try_seconds + 90
