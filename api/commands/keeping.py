"""What is kept and what is not: back-ups, restoring them, forgetting in time, handing out what is held."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.shared import read_settings, require_periods, with_database

if TYPE_CHECKING:
    from api.db.engine import Database

# A back-up holds what citizens wrote: for the owner alone.
PRIVATE = 0o077


def backup_command(
    file: Annotated[Path, typer.Argument(help="The back-up to write, for example stafet.tar.gz.")],
) -> None:
    """Writes everything that cannot be made again to one file, while the service runs."""
    from api.clock import Clock
    from api.keeping.archive import ArchiveError
    from api.keeping.backup import back_up

    os.umask(PRIVATE)
    settings = read_settings()
    try:
        manifest = back_up(
            settings.database, settings.var, file, made_at=Clock().now(), say=typer.echo
        )
    except (ArchiveError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    rows = sum(table.rows for table in manifest.tables)
    typer.echo(
        f"{file}: {rows} rows in {len(manifest.tables)} tables. Keep it where only you can read it."
    )


def restore_command(
    file: Annotated[Path, typer.Argument(help="The back-up to put in place.", exists=True)],
) -> None:
    """Fills an empty database from a back-up; stop the service first."""
    from api.keeping.archive import ArchiveError
    from api.keeping.restore import restore

    os.umask(PRIVATE)
    settings = read_settings()
    try:
        manifest = restore(settings.database, settings.var, file, say=typer.echo)
    except (ArchiveError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Restored what was there on {manifest.made_at}.")


def forget_command(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only says how much has had its time.")
    ] = False,
    reference: Annotated[
        str | None, typer.Option(help="Deletes this one complaint at once, whatever its time.")
    ] = None,
) -> None:
    """Deletes what has been kept for its time; the service does the same by itself while it runs."""
    from api.clock import Clock
    from api.keeping.forgetting import Forgetting, folders_of

    settings = read_settings()
    periods = require_periods(settings)
    folders = folders_of(settings.var, settings.case_folder)

    async def work(database: Database) -> bool:
        forgetting = Forgetting(database, folders, periods, Clock().now)
        if reference is not None:
            if dry_run:
                typer.echo("--reference deletes at once; it has no --dry-run.", err=True)
                return False
            found = await forgetting.erase(reference)
            typer.echo(f"{reference}: deleted." if found else f"{reference}: there is none.")
            return found
        found_by_kind = await (forgetting.count() if dry_run else forgetting.run())
        for kind, count in found_by_kind.items():
            period = periods.get(kind)
            kept = f"{period.days} days from when {period.since}" if period else "no row names it"
            typer.echo(f"{count:>8}  {kind}: {kept}")
        typer.echo("Nothing was deleted." if dry_run else "Deleted.")
        return True

    if not with_database(settings, work):
        raise typer.Exit(1)


def export_command(
    reference: Annotated[str, typer.Argument(help="The complaint's reference.")],
    file: Annotated[Path, typer.Argument(help="The file to write, for example KLG-2026-X.zip.")],
) -> None:
    """Writes everything that is held on a complaint, its files and the work of staff too, to one file."""
    from api.keeping.export import write_export

    os.umask(PRIVATE)
    settings = read_settings()

    async def work(database: Database) -> bool:
        return await write_export(database, settings.var / "attachments", reference, file)

    if not with_database(settings, work):
        typer.echo(f"{reference}: there is none.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{file}: keep it where only you can read it.")
