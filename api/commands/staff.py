"""`stafet staff`: the accounts of members of staff, made and closed by command only."""

from __future__ import annotations

import getpass
import os
import secrets
import sys
from typing import Annotated

import typer

from api.commands.shared import read_settings, with_database

commands = typer.Typer(no_args_is_help=True, help="Accounts of members of staff.")


@commands.command()
def add(
    username: str,
    name: Annotated[str, typer.Option(help="Full name.")],
    role: Annotated[
        list[str], typer.Option(help="live_staff, caseworker, manager or editor; may be repeated.")
    ],
    unit: Annotated[
        list[str] | None, typer.Option(help="Unit the account is limited to; may be repeated.")
    ] = None,
) -> None:
    """Makes an account; asks for the password, or makes one where nobody is at the terminal."""
    from api.auth import Role, create_account
    from api.clock import Clock

    try:
        roles = [Role(value) for value in role]
    except ValueError as error:
        typer.echo(f"{error}; roles are: {', '.join(Role)}", err=True)
        raise typer.Exit(2) from None
    password = ask_password()
    with_database(read_settings(), lambda database: create_account(
        database, username=username, name=name, password=password, roles=roles,
        units=unit or [], now=Clock().now(),
    ))  # fmt: skip
    typer.echo(f"The account {username} can now sign in at /staff.")


@commands.command()
def password(username: str) -> None:
    """Gives an account a new password and ends its sessions."""
    from api.auth import reset_password
    from api.clock import Clock

    wanted = ask_password()
    with_database(
        read_settings(), lambda database: reset_password(database, username, wanted, Clock().now())
    )
    typer.echo(f"The account {username} has a new password.")


@commands.command()
def disable(username: str) -> None:
    """Closes an account; whoever is signed in under it is signed out."""
    _switch(username, active=False)


@commands.command()
def enable(username: str) -> None:
    """Opens a closed account again."""
    _switch(username, active=True)


@commands.command(name="list")
def list_() -> None:
    """Lists the accounts."""
    from api.auth import list_accounts

    for account in with_database(read_settings(), list_accounts):
        state = "" if account.active else " (closed)"
        units = f" [{', '.join(account.units)}]" if account.units else ""
        typer.echo(f"{account.username}: {account.name}; {', '.join(account.roles)}{units}{state}")


def ask_password() -> str:
    """The password from the terminal, twice; from STAFET_NEW_PASSWORD or made up where there is no terminal."""
    given = os.environ.get("STAFET_NEW_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        made = secrets.token_urlsafe(15)
        typer.echo(f"Password (shown this once): {made}")
        return made
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        typer.echo("The two are not the same; nothing was changed.", err=True)
        raise typer.Exit(1)
    return first


def _switch(username: str, *, active: bool) -> None:
    from api.auth import set_active
    from api.clock import Clock

    with_database(
        read_settings(),
        lambda database: set_active(database, username, active=active, now=Clock().now()),
    )
    typer.echo(f"The account {username} is {'open' if active else 'closed'}.")
