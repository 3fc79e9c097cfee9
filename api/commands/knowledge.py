"""`stafet knowledge`: checks the articles and builds their index."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.shared import progress_lines, read_settings, with_database

if TYPE_CHECKING:
    from api.db.engine import Database
    from api.knowledge.gaps import Gap
    from knowledge.search.document_store import DocumentStore

commands = typer.Typer(no_args_is_help=True, help="The articles and their search index.")


@commands.command()
def build() -> None:
    """Builds the search index, where the articles or the model have changed."""
    from api.knowledge_base import open_areas, open_knowledge

    settings = read_settings()
    knowledge = open_knowledge(settings, progress=progress_lines())
    open_areas(settings, knowledge)
    typer.echo(f"{len(knowledge.slugs)} articles, {knowledge.size} passages")


@commands.command()
def check() -> None:
    """Reads every article as a machine can; ends with status 1 when something is to be mended."""
    from api.clock import Clock
    from api.settings import REPOSITORY
    from knowledge.check import check_articles
    from knowledge.organisation import load_organisation

    settings = read_settings()
    today = settings.today or Clock().today()
    directory = load_organisation(settings.municipality)
    findings = check_articles(today=today, resolve=directory.placeholder)
    for finding in findings:
        path = finding.path
        shown = path.relative_to(REPOSITORY) if path.is_relative_to(REPOSITORY) else path
        typer.echo(f"{shown}:{finding.line}: {finding.check}: {finding.message}")
    typer.echo(f"{len(findings)} findings")
    raise typer.Exit(1 if findings else 0)


@commands.command()
def ingest(
    files: Annotated[list[Path], typer.Argument(help="PDF, DOCX, HTML, Markdown or text files.")],
    lang: Annotated[str, typer.Option(help="da or en.")] = "da",
    audience: Annotated[str, typer.Option(help="citizen or caseworker.")] = "caseworker",
    municipality: Annotated[str, typer.Option(help="A municipality's id, or general.")] = "general",
    title: Annotated[str | None, typer.Option(help="Title, where the file names none.")] = None,
    url: Annotated[str | None, typer.Option(help="Where the document can be read.")] = None,
) -> None:
    """Takes documents of the municipality's own into the search; doing it again changes nothing."""
    from api.knowledge_base import load_model
    from knowledge.ingest.ingest import Labels
    from knowledge.ingest.ingest import ingest as take_in
    from knowledge.search.document_store import DocumentStore, safe_url
    from knowledge.search.search import DOCUMENTS_FILE

    if url is not None and safe_url(url) is None:
        raise typer.BadParameter("an address begins with https:// or http://", param_hint="--url")
    settings = read_settings()
    labels = Labels(
        lang=_one_of(lang, "da", "en"), audience=_one_of(audience, "citizen", "caseworker"),
        municipality=municipality, title=title, url=url,
    )  # fmt: skip
    store = DocumentStore(settings.index_folder / DOCUMENTS_FILE)
    report = take_in(files, store, load_model(settings), labels, progress_lines())
    for document in report.documents:
        typer.echo(f"{document.id}  {document.title}")
    typer.echo(f"{report.new_passages} new passages, {report.known_passages} known before")
    for refused in report.refused:
        typer.echo(f"{refused.path.name}: {refused.message('en')}", err=True)
    typer.echo("A running application sees them after a restart.")
    raise typer.Exit(1 if report.refused else 0)


@commands.command()
def documents() -> None:
    """Lists the documents that have been taken in."""
    for document in _document_store().documents():
        typer.echo(f"{document.id}  {document.title} ({document.name}, {document.audience})")


@commands.command()
def withdraw(document_id: str) -> None:
    """Takes a document out of the search again."""
    if not _document_store().withdraw(document_id):
        typer.echo(
            f"There is no document {document_id}; `stafet knowledge documents` lists them.",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo("Withdrawn. A running application sees it after a restart.")


@commands.command()
def gaps(
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back to look.")] = 30,
) -> None:
    """Shows what did not help: questions without a good answer, and texts that readers flagged."""
    from api.clock import Clock
    from api.knowledge.gaps import gaps as gather

    settings = read_settings()
    since = Clock(fixed_day=settings.today).now() - timedelta(days=days)

    async def work(database: Database) -> list[Gap]:
        async with database.reading() as tx:
            return await gather(tx, since)

    for gap in with_database(settings, work):
        typer.echo(f"{gap.article or '(no answer)'}: {gap.times}")
        for question in gap.questions:
            typer.echo(f"  ? {question}")
        for section, comment in gap.comments:
            typer.echo(f"  ! {section or '-'}: {comment}")


def _document_store() -> DocumentStore:
    from knowledge.search.document_store import DocumentStore
    from knowledge.search.search import DOCUMENTS_FILE

    return DocumentStore(read_settings().index_folder / DOCUMENTS_FILE)


def _one_of(value: str, *allowed: str) -> Any:
    if value not in allowed:
        typer.echo(f"{value}: must be one of {', '.join(allowed)}", err=True)
        raise typer.Exit(2)
    return value
