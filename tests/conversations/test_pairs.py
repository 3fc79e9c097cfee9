"""The same matter in another mood, name or language gets the same route, deadline and offer."""

from __future__ import annotations

from functools import cache

import pytest

from tests.conversations.checks import differences, faults
from tests.conversations.data import PLAIN, Matter, Script, matters, pairs, quick_pairs
from tests.conversations.talk import Record, hold
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@cache
def plain_telling(url: str, matter: str) -> Record:
    """The plain telling of a matter, held once."""
    script: Script = next(each.script(PLAIN) for each in matters() if each.id == matter)
    return hold(url, script)


ALL = [
    pytest.param(
        matter, telling, id=f"{matter.id}-{telling}",
        marks=[] if (matter, telling) in quick_pairs() else [pytest.mark.slow],
    )
    for matter, telling in pairs()
]  # fmt: skip


@pytest.mark.parametrize(("matter", "telling"), ALL)
def test_how_a_matter_is_told_changes_nothing(
    system: RunningSystem, matter: Matter, telling: str
) -> None:
    plain = plain_telling(system.url, matter.id)
    other = hold(system.url, matter.script(telling))

    assert faults(plain) + faults(other) + differences(plain, other) == []
