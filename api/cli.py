"""The `stafet` command. Everything heavy is loaded only by the command that needs it."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Annotated

import typer

import api.commands.keeping
import api.commands.knowledge
import api.commands.outbox
import api.commands.oversight
import api.commands.rules
import api.commands.staff
from api.commands.shared import end_with, problems_with, read_settings
from api.settings import Environment, Settings

# What is written at run time holds what citizens wrote: for the owner alone.
PRIVATE = 0o077

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Stafet: guidance and complaints for citizens of a municipality.",
)  # fmt: skip
app.add_typer(api.commands.knowledge.commands, name="knowledge")
app.add_typer(api.commands.outbox.commands, name="outbox")
app.add_typer(api.commands.oversight.commands, name="oversight")
app.add_typer(api.commands.rules.commands, name="rules")
app.add_typer(api.commands.staff.commands, name="staff")
app.command(name="backup")(api.commands.keeping.backup_command)
app.command(name="restore")(api.commands.keeping.restore_command)
app.command(name="forget")(api.commands.keeping.forget_command)
app.command(name="export")(api.commands.keeping.export_command)


def main() -> None:
    """Entry point of the command."""
    app()


@app.command()
def up() -> None:
    """Starts the application and Rasa, and keeps them running until Ctrl-C."""
    from api.secrets import with_secrets
    from api.supervise import StartError, Supervisor, parts_of, require_free_ports

    os.umask(PRIVATE)
    settings = with_secrets(read_settings())
    _require_apart(settings)
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
    from api.chat.socket import FRAME_LIMIT
    from api.db.migrate import migrate
    from api.logs import configure_logging

    os.umask(PRIVATE)
    settings = read_settings()
    end_with(problems_with(settings))
    production = settings.environment is Environment.PRODUCTION
    json = settings.log_format == "json" or (settings.log_format == "auto" and production)
    configure_logging(settings.log_level, json=json)
    migrate(settings.database)
    uvicorn.run(
        create_app(settings), host=settings.host, port=settings.port, log_config=None,
        access_log=False, server_header=False, timeout_graceful_shutdown=8,
        ws_max_size=FRAME_LIMIT,
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


def _require_apart(settings: Settings) -> None:
    """Checks in a process that ends: what the checks load would stay in memory as long as the product runs."""
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as apart:
        end_with(apart.submit(problems_with, settings).result())


if __name__ == "__main__":
    main()
