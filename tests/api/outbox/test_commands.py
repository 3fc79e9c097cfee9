"""`stafet outbox`: what is listed, what is sent again, what is said when something is missing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from api.cli import app
from api.clock import Clock
from api.db.engine import Database
from api.db.migrate import migrate
from api.db.outbox_models import OutboxDelivery
from api.outbox.store import enqueue


@pytest.fixture
def url(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one delivery that was given up and one that waits."""
    file = tmp_path / "stafet.db"
    file.write_bytes(empty_database.read_bytes())
    monkeypatch.setenv("STAFET_VAR", str(tmp_path))
    monkeypatch.setenv("STAFET_ENVIRONMENT", "test")
    address = f"sqlite:///{file}"
    migrate(address)
    asyncio.run(_fill(address))
    return address


async def _fill(url: str) -> None:
    database = Database(url)
    async with database.transaction() as tx:
        for number in (1, 2):
            await enqueue(
                tx, event_type="dk.stafet.complaint.submitted", subject_id=f"c-{number}",
                payload={"reference": f"KLG-{number}", "text": "hemmeligt"}, due=Clock().now(),
                idempotency_key=str(number),
            )  # fmt: skip
        await tx.execute(
            update(OutboxDelivery)
            .where(OutboxDelivery.subject_id == "c-1")
            .values(state="dead", due_at=None, reason_code="http_422")
        )
    await database.close()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["outbox", *arguments])
    return result.exit_code, result.output


def test_a_list_names_states_and_nothing_of_the_content(url: str) -> None:
    code, said = run("list")
    assert code == 0
    assert "KLG-1" in said
    assert "dead (http_422)" in said
    assert "dead: 1" in said
    assert "hemmeligt" not in said
    assert "KLG-2" not in run("list", "--state", "dead")[1]


def test_what_was_given_up_is_sent_again(url: str) -> None:
    assert run("replay", "1")[0] == 0
    assert run("replay", "1")[0] == 1, "it is on its way already"
    assert run("replay", "99")[0] == 1
    assert "ambiguous" in run("list")[1]


def test_everything_that_was_given_up(url: str) -> None:
    code, said = run("replay", "--all")
    assert code == 0
    assert "KLG-1" in said
    assert "KLG-2" not in said
    assert run("replay")[0] == 2


def test_the_register_is_always_well_and_complete(url: str) -> None:
    assert "all is well" in run("check")[1]
    code, said = run("reconcile")
    assert code == 0
    assert "0 missing" in said


def test_what_the_case_system_still_needs_ends_the_command(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAFET_CASE_SYSTEM", "webhook")
    code, said = run("check")
    assert code == 2
    assert "STAFET_WEBHOOK_URL" in said
