"""200 complaints, a receiver that fails in every way, workers that are killed: one case each, none lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.db.engine import Database
from tests.api.outbox import fault_run


@pytest.mark.timeout(150)
async def test_exactly_one_case_each_on_sqlite(tmp_path: Path, database: Database) -> None:
    """Every worker has the file open; a killed one leaves it as a power cut would."""
    url = database.engine.url.render_as_string()
    await fault_run.run(url.replace("+aiosqlite", ""), tmp_path, seed=20261121)
