"""A back-up holds everything, restores exactly, and refuses what would lose something."""

from __future__ import annotations

import sqlite3
import tarfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from api.db.engine import Database
from api.db.migrate import migrate, sync_url
from api.db.models import AuditEvent, ChatMessage, ChatSession
from api.db.tables import TABLES
from api.keeping.archive import ArchiveError, Manifest
from api.keeping.backup import back_up
from api.keeping.restore import restore

NOW = datetime(2026, 11, 21, 9, 30, 15, 123456, tzinfo=UTC)


async def fill(url: str) -> None:
    """A conversation with everything that a row can hold: dates, JSON, letters beyond ASCII, nothing."""
    database = Database(url)
    async with database.transaction() as tx:
        tx.add(
            ChatSession(
                id="s1",
                token_hash="t",
                today=date(2026, 2, 28),
                facts={"concerns": ["æ"], "n": None},
                created_at=NOW,
                last_active_at=NOW,
                expires_at=NOW,
            )  # fmt: skip
        )
        await tx.flush()
        tx.add_all(
            ChatMessage(
                session_id="s1",
                seq=seq,
                sender="citizen",
                text=f"Blåbærgrød\nlinje {seq}",
                card=None if seq % 2 else {"type": "x"},
                at=NOW,
            )  # fmt: skip
            for seq in range(1, 2501)
        )
        tx.add(AuditEvent(at=NOW, actor="a", act="b", subject_kind="c", subject_id="d"))
    await database.close()


def rows(url: str) -> dict[str, list[Any]]:
    engine = create_engine(sync_url(url))
    with engine.connect() as connection:
        found = {
            name: sorted(map(repr, connection.execute(select(table)).all()))
            for name, table in TABLES.items()
        }
    engine.dispose()
    return found


@pytest.fixture
async def url(tmp_path: Path) -> str:
    made = f"sqlite:///{tmp_path / 'var' / 'stafet.db'}"
    migrate(made)
    await fill(made)
    return made


def made(url: str, tmp_path: Path, name: str = "b.tar.gz") -> tuple[Path, Manifest]:
    file = tmp_path / name
    return file, back_up(url, tmp_path / "var", file, made_at=NOW, say=lambda _: None)


def put_back(tmp_path: Path, file: Path) -> str:
    to = f"sqlite:///{tmp_path / 'new' / 'stafet.db'}"
    restore(to, tmp_path / "new", file, say=lambda _: None)
    return to


async def test_what_was_backed_up_comes_back_exactly(url: str, tmp_path: Path) -> None:
    attachment = tmp_path / "var" / "attachments" / "ab" / "abc"
    attachment.parent.mkdir(parents=True)
    attachment.write_bytes(b"%PDF-")
    documents = tmp_path / "var" / "index" / "documents.sqlite"
    documents.parent.mkdir()
    with sqlite3.connect(documents) as taken_in:
        taken_in.execute("CREATE TABLE document (name TEXT)")
        taken_in.execute("INSERT INTO document VALUES ('vejledning')")
    taken_in.close()

    file, manifest = made(url, tmp_path)
    to = put_back(tmp_path, file)

    assert rows(to) == rows(url)
    assert {table.name: table.rows for table in manifest.tables}["chat_message"] == 2500
    assert (tmp_path / "new" / "attachments" / "ab" / "abc").read_bytes() == b"%PDF-"
    with sqlite3.connect(tmp_path / "new" / "index" / "documents.sqlite") as restored:
        assert restored.execute("SELECT name FROM document").fetchall() == [("vejledning",)]
    restored.close()


def test_a_backup_is_for_its_owner_alone_and_never_overwritten(url: str, tmp_path: Path) -> None:
    file, _ = made(url, tmp_path)
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(ArchiveError, match="exists"):
        made(url, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.tar.gz", "var"]


def test_every_table_is_in_it(url: str, tmp_path: Path) -> None:
    _, manifest = made(url, tmp_path)
    assert {table.name for table in manifest.tables} == TABLES.keys()


def test_nothing_is_restored_over_what_is_there(url: str, tmp_path: Path) -> None:
    file, _ = made(url, tmp_path)
    before = rows(url)
    with pytest.raises(ArchiveError, match="not empty"):
        restore(url, tmp_path / "elsewhere", file, say=lambda _: None)
    assert rows(url) == before


def test_a_damaged_backup_is_refused(url: str, tmp_path: Path) -> None:
    file, _ = made(url, tmp_path)
    opened = tmp_path / "opened"
    with tarfile.open(file) as tar:
        tar.extractall(opened, filter="data")
    lines = opened / "tables" / "chat_message.jsonl"
    lines.write_text("".join(lines.read_text().splitlines(keepends=True)[1:]))
    changed = tmp_path / "changed.tar.gz"
    with tarfile.open(changed, "w:gz") as tar:
        for path in sorted(opened.rglob("*")):
            tar.add(path, arcname=path.relative_to(opened).as_posix(), recursive=False)
    with pytest.raises(ArchiveError, match="changed"):
        put_back(tmp_path, changed)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(ArchiveError):
        put_back(tmp_path, cut)
    assert not (tmp_path / "new" / "stafet.db").exists()


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "x.tar.gz"
    with tarfile.open(other, "w:gz") as tar:
        tar.add(__file__, arcname="manifest.json")
    with pytest.raises(ArchiveError, match="manifest"):
        put_back(tmp_path, other)


def test_a_database_of_another_version_is_not_backed_up(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'var' / 'stafet.db'}"
    (tmp_path / "var").mkdir()
    with pytest.raises(ArchiveError, match="no revision"):
        made(url, tmp_path)
