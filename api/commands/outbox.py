"""`stafet outbox`: what is on its way to the case system, and what to do when something stays behind."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.shared import read_settings, require_case_system, with_database

if TYPE_CHECKING:
    from api.clock import Clock
    from api.db.engine import Database
    from api.outbox.service import Outbox
    from api.outbox.watching import Line
    from api.settings import Settings

commands = typer.Typer(no_args_is_help=True, help="What is on its way to the case system.")


@commands.command(name="list")
def list_(
    state: Annotated[
        list[str] | None, typer.Option(help="Only deliveries in this state; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """Lists deliveries, the newest first, with their counts by state."""
    from api.clock import Clock
    from api.outbox.policy import load_policy
    from api.outbox.watching import listed, metrics

    async def work(database: Database) -> None:
        async with database.reading() as tx:
            lines = await listed(tx, states=state or (), limit=limit)
            numbers = await metrics(tx, now=Clock().now(), late=load_policy().late)
        for line in lines:
            _show(line)
        for destination, counts in numbers["counts"].items():
            typer.echo(f"{destination}: " + ", ".join(f"{n} {s}" for s, n in counts.items()))
        typer.echo(
            f"late: {numbers['late']}, dead: {numbers['dead']}, "
            f"missing there: {numbers['missing_there']}"
        )

    with_database(read_settings(), work)


@commands.command()
def replay(
    delivery: Annotated[int | None, typer.Argument(help="The delivery's number.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Everything that was given up.")] = False,
) -> None:
    """Sends a delivery again that was given up; the case system is first asked whether it has it."""
    from api.clock import Clock
    from api.outbox.watching import replay as send_again
    from api.outbox.watching import replay_all

    if (delivery is None) == (not all_):
        typer.echo("Give a delivery's number, or --all.", err=True)
        raise typer.Exit(2)

    async def work(database: Database) -> None:
        async with database.transaction() as tx:
            now = Clock().now()
            if delivery is not None:
                lines = [await send_again(tx, delivery, now=now)]
            else:
                lines = await replay_all(tx, now=now)
        for line in lines:
            _show(line)

    with_database(read_settings(), work)


@commands.command()
def reconcile(
    repair: Annotated[bool, typer.Option(help="Send again what is not there any more.")] = False,
    days: Annotated[int, typer.Option(min=1, help="How far back.")] = 120,
) -> None:
    """Asks the case system for everything that was delivered, and says what is missing there."""
    from api.clock import Clock
    from api.outbox.looking import reconcile as compare

    settings, clock = read_settings(), Clock()

    async def work(database: Database) -> bool:
        outbox = _open(settings, database, clock)
        missing = False
        for destination, system in outbox.systems.items():
            if not system.can_find:
                typer.echo(f"{destination}: {system.name} cannot be asked")
                continue
            found = await compare(
                database, destination, system, clock.now(), days=days,
                seconds=outbox.policy.try_seconds, repair=repair,
            )  # fmt: skip
            typer.echo(
                f"{destination}: {len(found.there)} there, {len(found.missing)} missing, "
                f"{len(found.not_asked)} could not be asked for"
            )
            for delivery in found.missing:
                typer.echo(f"missing: {delivery}")
            missing = missing or bool(found.missing or found.not_asked)
        await outbox.close()
        return missing

    if with_database(settings, work):
        raise typer.Exit(1)


@commands.command()
def check() -> None:
    """Says whether the case system and the mail server can be reached and are set up as they must be."""
    from api.clock import Clock

    settings = read_settings()

    async def work(database: Database) -> dict[str, list[str]]:
        outbox = _open(settings, database, Clock())
        try:
            return await outbox.check()
        finally:
            await outbox.close()

    found = with_database(settings, work)
    for destination, problems in found.items():
        typer.echo(f"{destination}: {', '.join(problems) or 'all is well'}")
    if any(found.values()):
        raise typer.Exit(1)


@commands.command()
def run() -> None:
    """Delivers until it is stopped; for machines where the application does not deliver by itself."""
    from api.clock import Clock
    from api.logs import configure_logging
    from api.settings import Environment

    settings = read_settings()
    production = settings.environment is Environment.PRODUCTION
    json = settings.log_format == "json" or (settings.log_format == "auto" and production)
    configure_logging(settings.log_level, json=json)

    async def work(database: Database) -> None:
        outbox = _open(settings, database, Clock(fixed_day=settings.today))
        running = asyncio.ensure_future(outbox.run())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await outbox.close()

    with_database(settings, work)


def _open(settings: Settings, database: Database, clock: Clock) -> Outbox:
    """The outbox with the complaints' own history behind it."""
    from api import __version__
    from api.cases.documents import CaseFiles, document_keys
    from api.complaints.parts import open_complaints
    from api.outbox.service import open_outbox

    require_case_system(settings)
    complaints = open_complaints(
        municipality=settings.municipality, database=database,
        folder=settings.var / "attachments", now=clock.now, today=clock.today,
        public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
        knowledge_version=__version__, similarity=None, mail=settings.smtp_host is not None,
    )  # fmt: skip
    keys = document_keys(settings, clock.now)
    return open_outbox(
        settings, database, clock, complaints.delivery,
        files=CaseFiles(database, complaints.files.read).of, access=keys.access if keys else None,
    )  # fmt: skip


def _show(line: Line) -> None:
    name = line.reference or line.subject_id
    reason = f" ({line.reason_code})" if line.reason_code else ""
    typer.echo(
        f"{line.id} {line.state}{reason} {line.event_type} {name} -> {line.destination}, "
        f"tries: {line.attempts}, since {line.created_at:%Y-%m-%d %H:%M}"
    )
