"""`stafet oversight`: what somebody should see to, and the sums of the statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.shared import read_settings, with_database

if TYPE_CHECKING:
    from api.db.engine import Database
    from api.oversight.registration import Registration

commands = typer.Typer(no_args_is_help=True, help="What somebody should see to.")


@commands.command()
def alerts(
    look: Annotated[
        bool, typer.Option("--look", help="Look now, open and close alerts, and send new ones.")
    ] = False,
) -> None:
    """Lists the open alerts; the application looks for new ones by itself."""
    from sqlalchemy import select

    from api import __version__
    from api.app import open_alerts
    from api.clock import Clock
    from api.complaints.parts import open_complaints
    from api.db.alert_models import Alert
    from api.oversight.alert_words import sentence
    from knowledge.organisation import load_organisation

    settings = read_settings()

    async def work(database: Database) -> None:
        clock = Clock(fixed_day=settings.today)
        complaints = open_complaints(
            municipality=settings.municipality, database=database,
            folder=settings.var / "attachments", now=clock.now, today=clock.today,
            public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
            knowledge_version=__version__, similarity=None, mail=settings.smtp_host is not None,
        )  # fmt: skip
        kept = open_alerts(settings, complaints, load_organisation(settings.municipality))
        if look:
            done = await kept.keep()
            typer.echo(f"opened: {done.opened}, closed: {done.closed}, sent: {done.sent}")
        async with database.reading() as tx:
            rows = list(
                await tx.scalars(
                    select(Alert).where(Alert.closed_at.is_(None)).order_by(Alert.opened_at)
                )
            )
        for row in rows:
            by = f" ({row.acknowledged_by})" if row.acknowledged_by else ""
            typer.echo(f"{row.opened_at:%Y-%m-%d} {sentence(row, complaints.setting, 'en')}{by}")
        typer.echo(f"open: {len(rows)}")

    with_database(settings, work)


@commands.command()
def gaps() -> None:
    """Puts new questions that nothing answered together by meaning, and lists the open gaps, the most asked first."""
    from sqlalchemy import func, select

    from api.clock import Clock
    from api.db.alert_models import GapQuestion, KnowledgeGap
    from api.knowledge_base import open_knowledge
    from api.oversight.gaps import CLOSED, NOT_OURS, Gaps

    settings = read_settings()

    async def work(database: Database) -> None:
        clock = Clock(fixed_day=settings.today)
        kept = Gaps(database, open_knowledge(settings), settings.municipality, clock.now)
        while await kept.keep():
            pass
        count = func.count(GapQuestion.id)
        query = (
            select(KnowledgeGap.title, KnowledgeGap.owner, count)
            .join(GapQuestion, GapQuestion.gap_id == KnowledgeGap.id)
            .where(KnowledgeGap.state.not_in((CLOSED, NOT_OURS)))
            .group_by(KnowledgeGap.id, KnowledgeGap.title, KnowledgeGap.owner)
            .order_by(count.desc(), KnowledgeGap.id)
        )
        async with database.reading() as tx:
            rows = list(await tx.execute(query))
        for title, owner, times in rows:
            typer.echo(f"{times} {title}" + (f" ({owner})" if owner else ""))
        typer.echo(f"open: {len(rows)}")

    with_database(settings, work)


@commands.command()
def register() -> None:
    """Registers a contact of everything that is stored; the application does it by itself every minute."""

    async def work(database: Database) -> None:
        looked = await _registration(database).run(everything=True)
        for name, count in looked.items():
            typer.echo(f"{name}: {count}")

    with_database(read_settings(), work)


@commands.command()
def recount(
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Only count; put nothing right; end with status 1 if sums are wrong."
        ),
    ] = False,
) -> None:
    """Counts all sums of the statistics again from the contacts, and puts right what is wrong."""

    async def work(database: Database) -> int:
        return await _registration(database).recount(mend=not check)

    wrong = with_database(read_settings(), work)
    typer.echo(f"sums that were wrong: {wrong}")
    raise typer.Exit(1 if check and wrong else 0)


def _registration(database: Database) -> Registration:
    from api.clock import Clock
    from api.oversight.registration import Registration
    from knowledge.guidance import load_profile

    return Registration(database, load_profile(read_settings().municipality), Clock().now)
