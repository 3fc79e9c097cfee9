"""The running system that all journeys share."""

from __future__ import annotations

import pytest

from tests.journeys.system import RunningSystem, shared_system


@pytest.fixture
def system(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> RunningSystem:
    """The product, with everything answering."""
    return shared_system(pytestconfig, tmp_path_factory.getbasetemp() / "running-system")
