"""Every script, held with the running system."""

from __future__ import annotations

import pytest

from tests.conversations.checks import faults
from tests.conversations.data import Script, quick_scripts, scripts
from tests.conversations.talk import hold
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


ALL = [
    pytest.param(
        script, id=f"{script.kind}-{script.id}",
        marks=[] if script.id in quick_scripts() else [pytest.mark.slow],
    )
    for script in scripts()
]  # fmt: skip


@pytest.mark.parametrize("script", ALL)
def test_a_conversation_goes_where_the_law_leads(system: RunningSystem, script: Script) -> None:
    record = hold(system.url, script)

    assert faults(record) == [], record.text()[-1500:]
