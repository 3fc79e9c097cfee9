"""`stafet knowledge`: checks the articles and builds their index."""

from __future__ import annotations

import typer

from api.commands.shared import progress_lines, read_settings

commands = typer.Typer(no_args_is_help=True, help="The articles and their search index.")


@commands.command()
def build() -> None:
    """Builds the search index, where the articles or the model have changed."""
    from api.knowledge_base import open_knowledge

    knowledge = open_knowledge(read_settings(), progress=progress_lines())
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
