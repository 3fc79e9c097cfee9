"""What runs where: browser and server tests need Debian packages, and the strict switch forbids skipping them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

STRICT = os.environ.get("STAFET_STRICT") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return found[0].parent if found else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the long runs unless they are asked for by name, and groups what shares a running system."""
    asked = config.getoption("-m")
    for item in items:
        if item.get_closest_marker("journey") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("running-system"))
    if "slow" not in str(asked):
        kept = [item for item in items if not item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what this machine cannot run, and says so; in a strict run that is a failure."""
    missing = None
    if item.get_closest_marker("browser") and CHROMIUM is None:
        missing = "Debian's chromium is not installed"
    if item.get_closest_marker("server") and postgres_programs() is None:
        missing = "Debian's postgresql is not installed"
    if missing:
        leave_out(missing)


def leave_out(reason: str) -> None:
    """Skips the test with a reason that is shown; in a strict run that is a failure."""
    if STRICT:
        pytest.fail(f"{reason}, and nothing may be skipped in a strict run")
    pytest.skip(reason)
