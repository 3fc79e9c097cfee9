"""Statements that are translated once, for the few units of work that every turn of a conversation takes.

They are written like all others, over the same tables, for both databases. What is left out is what a mapper does
around each statement anew; that was a third of the application's work in a turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Delete, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Translated:
    """A statement in a database's own words, with what makes its values fit in and its results fit out."""

    sql: str
    # Whether values go in by their place, in the order of `binds`, or by name.
    by_place: bool
    binds: tuple[tuple[str, Change | None], ...]
    constants: Mapping[str, Any]
    reads: tuple[Change | None, ...]

    def values(self, given: Mapping[str, Any]) -> Sequence[Any] | dict[str, Any]:
        """What the driver is handed for these values.

        Raises:
            KeyError: a value is missing.
        """
        whole = {**self.constants, **given} if self.constants else given
        if self.by_place:
            return [whole[name] if fit is None else fit(whole[name]) for name, fit in self.binds]
        return {name: whole[name] if fit is None else fit(whole[name]) for name, fit in self.binds}

    def row(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """A row as the rest of the application knows it."""
        return tuple(
            value if fit is None else fit(value)
            for value, fit in zip(found, self.reads, strict=True)
        )


class Prepared:
    """A statement that is translated when a database first runs it, and then kept."""

    def __init__(self, statement: Statement, columns: Sequence[str] | None = None) -> None:
        """`columns` are those that an insert or an update sets; their names are those of the values."""
        self._statement = statement.inline() if isinstance(statement, Insert) else statement
        self._columns = list(columns) if columns is not None else None
        self._known: tuple[Dialect, Translated] | None = None

    def for_dialect(self, dialect: Dialect) -> Translated:
        """The statement in the words of this database."""
        if self._known is None or self._known[0] is not dialect:
            self._known = dialect, _translated(self._statement, self._columns, dialect)
        return self._known[1]


def _translated(statement: Statement, columns: list[str] | None, dialect: Dialect) -> Translated:
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("only statements that read or write rows can be prepared")
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    # What stands in the statement itself, such as how many rows are wanted; an insert is given all it sets.
    constants = {} if isinstance(statement, Insert) else {
        name: compiled.params[name] for name, bind in binds.items() if not bind.required
    }  # fmt: skip
    read = statement.selected_columns if isinstance(statement, Select) else ()
    return Translated(
        sql=str(compiled),
        by_place=compiled.positiontup is not None,
        binds=tuple(
            (name, _writer(binds[name].type, dialect))
            for name in (compiled.positiontup if compiled.positiontup is not None else binds)
        ),
        constants=constants,
        reads=tuple(_reader(column.type, dialect) for column in read),
    )


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
