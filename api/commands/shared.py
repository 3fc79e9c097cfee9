"""What commands share: reading the settings, running work on the database, telling what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import typer
from pydantic import ValidationError

from api.settings import Settings

if TYPE_CHECKING:
    from api.db.engine import Database
    from api.keeping.periods import Periods

T = TypeVar("T")


def read_settings() -> Settings:
    """The settings, or an end with what is wrong with them."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            where = ".".join(str(part) for part in problem["loc"])
            name = f"STAFET_{where.upper()}: " if where else ""
            typer.echo(f"{name}{problem['msg'].removeprefix('Value error, ')}", err=True)
        raise typer.Exit(2) from None


def problems_with(settings: Settings) -> list[str]:
    """What the chosen case system still needs, and what is wrong with the file of keeping periods."""
    from api.cases.registry import problems
    from api.keeping.periods import PeriodsError, load_periods

    found = list(problems(settings))
    try:
        load_periods(settings.periods)
    except PeriodsError as error:
        found.append(f"STAFET_PERIODS: {error}")
    return found


def end_with(problems: Sequence[str]) -> None:
    """Ends the command with what is wrong, if anything is."""
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(2)


def require_case_system(settings: Settings) -> None:
    """Ends the command with what the chosen case system still needs, if anything."""
    from api.cases.registry import problems

    end_with(problems(settings))


def require_periods(settings: Settings) -> Periods:
    """How long records are kept, or an end with what is wrong with the file that says so."""
    from api.keeping.periods import PeriodsError, load_periods

    try:
        return load_periods(settings.periods)
    except PeriodsError as error:
        typer.echo(f"STAFET_PERIODS: {error}", err=True)
        raise typer.Exit(2) from None


def with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Runs work on a migrated database; an expected error ends the command with its words."""
    from api.db.engine import Database
    from api.db.migrate import migrate
    from api.errors import ProblemError, problem_body

    migrate(settings.database)

    async def run() -> T:
        database = Database(settings.database)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except ProblemError as error:
        body = problem_body(error.status, error.code, language="en", values=error.values)
        typer.echo(body["detail"], err=True)
        raise typer.Exit(1) from None


def progress_lines() -> Callable[[str, int, int], None]:
    """Writes a line at each tenth of a long piece of work."""
    said: dict[str, int] = {}

    def progress(what: str, done: int, total: int) -> None:
        tenth = done * 10 // max(total, 1)
        if said.get(what) != tenth:
            said[what] = tenth
            typer.echo(f"{what} {done}/{total}")

    return progress
