"""`stafet backup` and `stafet restore`: so that nothing is lost with a disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from api.commands.shared import read_settings

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
