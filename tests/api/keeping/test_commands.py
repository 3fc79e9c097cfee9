"""`stafet forget` and `stafet export`: what they say, what they do, and what they refuse."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from api.cli import app
from api.clock import Clock
from api.db.engine import Database
from api.db.models import AuditEvent


@pytest.fixture
def url(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one line in the log that has had its time, and one that has not."""
    file = tmp_path / "stafet.db"
    file.write_bytes(empty_database.read_bytes())
    monkeypatch.setenv("STAFET_VAR", str(tmp_path))
    monkeypatch.setenv("STAFET_ENVIRONMENT", "test")
    address = f"sqlite:///{file}"
    asyncio.run(_fill(address))
    return address


async def _fill(url: str) -> None:
    database = Database(url)
    async with database.transaction() as tx:
        for days in (0, 5000):
            at = Clock().now() - dt.timedelta(days=days)
            tx.add(AuditEvent(at=at, actor="a", act="viewed", subject_kind="c", subject_id="d"))
    await database.close()


def lines(url: str) -> int:
    async def count() -> int:
        database = Database(url)
        async with database.reading() as tx:
            found = await tx.scalar(select(func.count(AuditEvent.id)))
        await database.close()
        return found or 0

    return asyncio.run(count())


def test_forgetting_is_said_first_and_then_done(url: str) -> None:
    dry = CliRunner().invoke(app, ["forget", "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "1  audit: 1825 days from when it was written" in dry.output
    assert "Nothing was deleted." in dry.output
    assert lines(url) == 2
    done = CliRunner().invoke(app, ["forget"])
    assert "1  audit" in done.output
    assert lines(url) == 1


def test_own_periods_are_kept(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "periods.yaml"
    own.write_text("audit: 6000\n")
    monkeypatch.setenv("STAFET_PERIODS", str(own))
    assert "0  audit: 6000 days" in CliRunner().invoke(app, ["forget"]).output
    assert lines(url) == 2
    own.write_text("audit: -1\n")
    for command in (["forget"], ["serve"], ["up"]):
        refused = CliRunner().invoke(app, command)
        assert refused.exit_code == 2
        assert "STAFET_PERIODS" in refused.output
    assert lines(url) == 2


def test_a_complaint_that_is_not_there(url: str, tmp_path: Path) -> None:
    out = tmp_path / "out.zip"
    for command in (
        ["export", "KLG-2026-AAAAAAAA", str(out)], ["forget", "--reference", "KLG-2026-AAAAAAAA"],
    ):  # fmt: skip
        answer = CliRunner().invoke(app, command)
        assert answer.exit_code == 1
        assert "there is none" in answer.output
    assert not out.exists()
    both = CliRunner().invoke(app, ["forget", "--reference", "x", "--dry-run"])
    assert both.exit_code == 1
