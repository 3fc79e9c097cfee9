"""Makes a back-up of everything that cannot be made again, while the service runs."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, func, select

from api import __version__
from api.db.migrate import alembic_config, sync_url
from api.db.tables import TABLES
from api.keeping.archive import (
    FORMAT,
    ArchiveError,
    Manifest,
    TableNote,
    note_of,
    pack,
    row_to_line,
    table_file,
)

# Rows taken from the database at a time.
BATCH = 1000
# What lies in the var folder beside the database and cannot be made again.
FOLDERS = ("attachments",)
DOCUMENTS = Path("index") / "documents.sqlite"

Say = Callable[[str], None]


def back_up(url: str, var: Path, target: Path, *, made_at: datetime, say: Say) -> Manifest:
    """Writes database, attachments and taken-in documents to one file.

    The rows are those of one moment; writers go on meanwhile.

    Raises:
        ArchiveError: the file exists, or the database belongs to another version.
    """
    if target.exists():
        raise ArchiveError(f"{target} exists. Choose another name; a back-up is never overwritten.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        folder = Path(scratch)
        revision, notes = _rows(url, folder, say)
        for name in FOLDERS:
            _copy_folder(var / name, folder / name)
        _copy_documents(var / DOCUMENTS, folder / "documents.sqlite")
        manifest = Manifest(FORMAT, made_at.isoformat(), __version__, revision, notes)
        pack(folder, manifest, target)
    return manifest


def newest_revision(url: str) -> str:
    """The revision that this version's models belong to."""
    head = ScriptDirectory.from_config(alembic_config(url)).get_current_head()
    if head is None:
        raise ArchiveError("This version has no migrations.")
    return head


def _rows(url: str, folder: Path, say: Say) -> tuple[str, list[TableNote]]:
    engine = create_engine(sync_url(url), hide_parameters=True)
    if engine.dialect.name == "postgresql":
        # One moment for all tables; SQLite's read transactions are so by nature.
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            revision = MigrationContext.configure(connection).get_current_revision()
            if revision != newest_revision(url):
                raise ArchiveError(
                    f"The database is at {revision or 'no revision'}, this version at"
                    f" {newest_revision(url)}. Start this version once, or use the version that runs."
                )
            return revision, [_one_table(connection, name, folder, say) for name in TABLES]
    finally:
        engine.dispose()


def _one_table(connection: Connection, name: str, folder: Path, say: Say) -> TableNote:
    table = TABLES[name]
    total = connection.scalar(select(func.count()).select_from(table)) or 0
    file = table_file(folder, name)
    file.parent.mkdir(exist_ok=True)
    written = 0
    with file.open("w", encoding="utf-8") as lines:
        found = connection.execution_options(yield_per=BATCH).execute(select(table))
        for row in found.mappings():
            lines.write(row_to_line(dict(row)))
            written += 1
            if written % (100 * BATCH) == 0:
                say(f"{name} {written}/{total}")
    return note_of(table, written)


def _copy_folder(source: Path, target: Path) -> None:
    if not source.is_dir():
        return
    for file in sorted(source.rglob("*")):
        if not file.is_file():
            continue
        to = target / file.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(file, to)
        except FileNotFoundError:
            # Erased since the folder was listed, and so not to be kept here either.
            to.unlink(missing_ok=True)


def _copy_documents(source: Path, target: Path) -> None:
    if not source.is_file():
        return
    # SQLite's own way: a plain copy can miss what is in the write-ahead log.
    with sqlite3.connect(source) as reader, sqlite3.connect(target) as writer:
        reader.backup(writer)
    reader.close()
    writer.close()
