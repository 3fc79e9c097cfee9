"""The `stafet` command. Everything heavy is loaded only by the command that needs it."""

from __future__ import annotations

import asyncio
import getpass
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError

from api.settings import Environment, Settings

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Stafet: guidance and complaints for citizens of a municipality.")  # fmt: skip
knowledge_commands = typer.Typer(no_args_is_help=True, help="The articles and their search index.")
staff_commands = typer.Typer(no_args_is_help=True, help="Accounts of members of staff.")
app.add_typer(knowledge_commands, name="knowledge")
app.add_typer(staff_commands, name="staff")


def main() -> None:
    """Entry point of the command."""
    app()


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


@app.command()
def up() -> None:
    """Starts the application and Rasa, and keeps them running until Ctrl-C."""
    from api.secrets import with_secrets
    from api.supervise import StartError, Supervisor, parts_of, require_free_ports

    settings = with_secrets(read_settings())
    try:
        require_free_ports(settings)
        supervisor = Supervisor(settings, parts_of(settings), lambda line: typer.echo(line))
        raise typer.Exit(supervisor.run())
    except StartError as error:
        typer.echo(f"\n{error}", err=True)
        raise typer.Exit(1) from None


@app.command()
def serve() -> None:
    """Runs the application process alone; Rasa must run beside it."""
    import uvicorn

    from api.app import create_app
    from api.db.migrate import migrate
    from api.logs import configure_logging

    settings = read_settings()
    production = settings.environment is Environment.PRODUCTION
    json = settings.log_format == "json" or (settings.log_format == "auto" and production)
    configure_logging(settings.log_level, json=json)
    migrate(settings.database)
    uvicorn.run(
        create_app(settings), host=settings.host, port=settings.port, log_config=None,
        access_log=False, server_header=False, timeout_graceful_shutdown=8,
    )  # fmt: skip


@app.command(name="search")
def search_command(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    lang: Annotated[str, typer.Option(help="da or en.")] = "da",
    audience: Annotated[str, typer.Option(help="citizen or caseworker.")] = "caseworker",
    limit: Annotated[int, typer.Option(min=1, max=20)] = 5,
) -> None:
    """Looks a question up in KlarRet, in the terminal."""
    from api.knowledge.terminal import show
    from api.knowledge_base import open_knowledge
    from api.masking import mask_cpr

    settings = read_settings()
    knowledge = open_knowledge(settings)
    answer = knowledge.search(
        mask_cpr(question), audience="citizen" if audience == "citizen" else "caseworker",
        lang="en" if lang == "en" else "da", municipality=settings.municipality, limit=limit,
    )  # fmt: skip
    for line in show(answer, "en" if lang == "en" else "da"):
        typer.echo(line)


@knowledge_commands.command(name="build")
def knowledge_build() -> None:
    """Builds the search index, where the articles or the model have changed."""
    from api.knowledge_base import open_knowledge

    said = -1

    def progress(what: str, done: int, total: int) -> None:
        nonlocal said
        if done * 10 // max(total, 1) != said or done == total:
            said = done * 10 // max(total, 1)
            typer.echo(f"{what} {done}/{total}")

    knowledge = open_knowledge(read_settings(), progress=progress)
    typer.echo(f"{len(knowledge.slugs)} articles, {knowledge.size} passages")


@staff_commands.command(name="add")
def staff_add(
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
    settings = read_settings()
    with_database(settings, lambda database: create_account(
        database, username=username, name=name, password=password, roles=roles,
        units=unit or [], now=Clock().now(),
    ))  # fmt: skip
    typer.echo(f"The account {username} can now sign in at /staff.")


@staff_commands.command(name="password")
def staff_password(username: str) -> None:
    """Gives an account a new password and ends its sessions."""
    from api.auth import reset_password
    from api.clock import Clock

    password = ask_password()
    with_database(
        read_settings(),
        lambda database: reset_password(database, username, password, Clock().now()),
    )
    typer.echo(f"The account {username} has a new password.")


@staff_commands.command(name="disable")
def staff_disable(username: str) -> None:
    """Closes an account; whoever is signed in under it is signed out."""
    _switch(username, active=False)


@staff_commands.command(name="enable")
def staff_enable(username: str) -> None:
    """Opens a closed account again."""
    _switch(username, active=True)


@staff_commands.command(name="list")
def staff_list() -> None:
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


def with_database(settings: Settings, work: Callable[..., Awaitable[T]]) -> T:
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


def _switch(username: str, *, active: bool) -> None:
    from api.auth import set_active
    from api.clock import Clock

    with_database(
        read_settings(),
        lambda database: set_active(database, username, active=active, now=Clock().now()),
    )
    typer.echo(f"The account {username} is {'open' if active else 'closed'}.")


if __name__ == "__main__":
    main()
