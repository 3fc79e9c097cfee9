"""The form of a back-up: one compressed tar with a manifest, rows as JSON lines, and the files that rows speak of.

It does not depend on the database it came from: what was SQLite can be restored to PostgreSQL.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from sqlalchemy import JSON, Column, Date, Table
from sqlalchemy.types import TypeEngine

from api.db.models import AwareTime

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20

ColumnKind = Literal["time", "date", "json", "plain"]


class ArchiveError(Exception):
    """A back-up that cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class TableNote:
    """One table in a back-up: how to read its columns, and how many rows it has."""

    name: str
    columns: dict[str, ColumnKind]
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a back-up says of itself; tables stand in the order in which they can be filled."""

    format: int
    made_at: str
    version: str
    revision: str
    tables: list[TableNote]
    # Every member and the SHA-256 of its content.
    members: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """As it is written."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """As it is read.

        Raises:
            ArchiveError: it is none of ours.
        """
        try:
            raw = json.loads(text)
            tables = [TableNote(**table) for table in raw.pop("tables")]
            manifest = cls(tables=tables, **raw)
        except (KeyError, TypeError, ValueError) as error:
            raise ArchiveError(
                "This is not a back-up of Stafet: its manifest is broken."
            ) from error
        if manifest.format != FORMAT:
            raise ArchiveError(
                f"This back-up has format {manifest.format}; this version reads {FORMAT}."
            )
        return manifest


def kind_of(column: Column[Any]) -> ColumnKind:
    """How a column's values are written."""
    if isinstance(column.type, AwareTime):
        return "time"
    if isinstance(column.type, Date):
        return "date"
    return "json" if isinstance(column.type, JSON) else "plain"


def type_of(kind: ColumnKind) -> TypeEngine[Any] | None:
    """The type that takes such values into a database; None where the value is taken as it is."""
    types: dict[str, TypeEngine[Any]] = {
        "time": AwareTime(),
        "date": Date(),
        "json": JSON(none_as_null=True),
    }
    return types.get(kind)


def note_of(table: Table, rows: int) -> TableNote:
    """What the manifest says of a table."""
    return TableNote(table.name, {column.name: kind_of(column) for column in table.columns}, rows)


def row_to_line(row: Mapping[str, Any]) -> str:
    """One row as a line."""
    plain = {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in row.items()
    }
    return json.dumps(plain, ensure_ascii=False) + "\n"


def line_to_row(line: str, columns: Mapping[str, ColumnKind]) -> dict[str, Any]:
    """A line as a row again."""
    row: dict[str, Any] = json.loads(line)
    for name, value in row.items():
        if value is not None and columns[name] == "time":
            row[name] = dt.datetime.fromisoformat(value)
        elif value is not None and columns[name] == "date":
            row[name] = dt.date.fromisoformat(value)
    return row


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def pack(folder: Path, manifest: Manifest, target: Path) -> None:
    """Writes a prepared folder as one file, which is there whole or not at all, and for its owner alone."""
    members = {
        path.relative_to(folder).as_posix(): digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    full = Manifest(
        manifest.format, manifest.made_at, manifest.version, manifest.revision, manifest.tables,
        members,
    )  # fmt: skip
    (folder / MANIFEST).write_text(full.to_json(), encoding="utf-8")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        with tarfile.open(unfinished, "w:gz") as tar:
            for name in (MANIFEST, *members):
                tar.add(folder / name, arcname=name, recursive=False)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpacks a back-up and makes sure that nothing in it was lost or changed.

    Raises:
        ArchiveError: it cannot be read, or a part is missing, extra or changed.
    """
    try:
        with tarfile.open(source, "r:gz") as tar:
            # `data` refuses links, devices and names that lead out of the folder.
            tar.extractall(folder, filter="data")
    except (OSError, EOFError, tarfile.TarError) as error:
        raise ArchiveError(f"{source} cannot be read as a back-up: {error}") from error
    if not (folder / MANIFEST).is_file():
        raise ArchiveError(f"{source} is not a back-up of Stafet: it has no manifest.")
    manifest = Manifest.from_json((folder / MANIFEST).read_text(encoding="utf-8"))
    found = {name for name in _files(folder) if name != MANIFEST}
    for name in sorted(found ^ manifest.members.keys()):
        raise ArchiveError(f"The back-up is damaged: {name} is missing or does not belong to it.")
    for name, expected in manifest.members.items():
        if digest(folder / name) != expected:
            raise ArchiveError(f"The back-up is damaged: {name} was changed.")
    return manifest


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield PurePosixPath(path.relative_to(folder)).as_posix()


def table_file(folder: Path, table: str) -> Path:
    """Where a table's rows stand in an unpacked back-up."""
    return folder / "tables" / f"{table}.jsonl"


def read_rows(folder: Path, note: TableNote) -> Iterable[dict[str, Any]]:
    """The rows of one table."""
    with table_file(folder, note.name).open(encoding="utf-8") as lines:
        for line in lines:
            yield line_to_row(line, note.columns)
