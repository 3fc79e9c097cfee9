"""Puts a back-up into an empty database, and brings it up to this version."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    MetaData,
    column,
    create_engine,
    func,
    insert,
    select,
    table,
    text,
)

from api.db.migrate import alembic_config, migrate, sync_url
from api.keeping.archive import ArchiveError, Manifest, TableNote, read_rows, type_of, unpack
from api.keeping.backup import BATCH, DOCUMENTS, FOLDERS, Say


def restore(url: str, var: Path, source: Path, *, say: Say) -> Manifest:
    """Fills an empty database and the var folder from a back-up; all of it or nothing of the database.

    Raises:
        ArchiveError: the back-up is damaged or newer than this version, or there is something here already.
    """
    var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=var, prefix=".restore-") as scratch:
        folder = Path(scratch)
        manifest = unpack(source, folder)
        _require_known(url, manifest)
        _require_nothing_here(url, var)
        command.upgrade(alembic_config(url), manifest.revision)
        _fill(url, folder, manifest, say)
        for name in FOLDERS:
            if (folder / name).is_dir():
                shutil.copytree(folder / name, var / name, dirs_exist_ok=True)
        if (folder / "documents.sqlite").is_file():
            (var / DOCUMENTS).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / "documents.sqlite", var / DOCUMENTS)
    migrate(url)
    return manifest


def _require_known(url: str, manifest: Manifest) -> None:
    known = {
        script.revision
        for script in ScriptDirectory.from_config(alembic_config(url)).walk_revisions()
    }
    if manifest.revision not in known:
        raise ArchiveError(
            f"The back-up was made by version {manifest.version}, which is newer than this one."
            " Restore it with that version."
        )


def _require_nothing_here(url: str, var: Path) -> None:
    for name in FOLDERS:
        if (var / name).is_dir() and any((var / name).iterdir()):
            raise ArchiveError(f"{var / name} is not empty. Move it away first.")
    if (var / DOCUMENTS).exists():
        raise ArchiveError(f"{var / DOCUMENTS} exists. Move it away first.")
    parsed = sync_url(url)
    engine = create_engine(parsed, hide_parameters=True)
    try:
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.connect() as connection:
            here = MetaData()
            here.reflect(connection)
            for found in here.sorted_tables:
                if found.name != "alembic_version" and connection.scalar(
                    select(func.count()).select_from(found)
                ):
                    raise ArchiveError(
                        "The database is not empty. Restore into an empty one, so that nothing is lost."
                    )
    finally:
        engine.dispose()


def _fill(url: str, folder: Path, manifest: Manifest, say: Say) -> None:
    engine = create_engine(sync_url(url), hide_parameters=True)
    try:
        with engine.begin() as connection:
            for note in manifest.tables:
                rows = _fill_table(connection, folder, note)
                if rows != note.rows:
                    raise ArchiveError(f"The back-up is damaged: {note.name} has {rows} rows.")
                say(f"{note.name} {rows}")
                _go_on_counting(connection, note)
    finally:
        engine.dispose()


def _fill_table(connection: Connection, folder: Path, note: TableNote) -> int:
    target = table(note.name, *(column(name, type_of(kind)) for name, kind in note.columns.items()))
    done = 0
    rows = iter(read_rows(folder, note))
    while batch := list(itertools.islice(rows, BATCH)):
        connection.execute(insert(target), batch)
        done += len(batch)
    return done


def _go_on_counting(connection: Connection, note: TableNote) -> None:
    """PostgreSQL counts ids in a sequence of its own, which rows with given ids do not move."""
    if connection.dialect.name != "postgresql" or "id" not in note.columns:
        return
    sequence = connection.scalar(
        text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": note.name}
    )
    if sequence is not None:
        connection.execute(
            text(f"SELECT setval(:sequence, (SELECT max(id) FROM {note.name}))"),  # noqa: S608 - our own table
            {"sequence": sequence},
        )
