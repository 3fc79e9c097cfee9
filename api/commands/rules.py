"""`stafet rules`: checks the rules, explains how a matter is decided, shows which cases reach which row."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from api.commands.shared import read_settings

commands = typer.Typer(no_args_is_help=True, help="The rules that guidance is given by.")


@commands.command()
def check() -> None:
    """Reads all rules and areas; ends with status 1 on an error; a warning is told."""
    from knowledge.rules.check import check_rules, unreviewed

    findings = check_rules()
    for finding in findings:
        typer.echo(f"{finding.level}: {finding.where}: {finding.what}")
    typer.echo(f"{len(findings)} findings; {len(unreviewed())} rows no jurist has read yet")
    raise typer.Exit(1 if any(finding.level == "error" for finding in findings) else 0)


@commands.command()
def explain(
    facts: Annotated[
        list[str], typer.Argument(help="Facts as name=value, for example is_decision=true.")
    ],
    lang: Annotated[str, typer.Option(help="da or en.")] = "da",
) -> None:
    """Shows row by row how a matter is decided, with the whole answer."""
    from api.clock import Clock
    from knowledge.rules.check import explain as explain_rules
    from knowledge.rules.facts import FactError
    from knowledge.rules.routing import RuleGapError

    settings = read_settings()
    try:
        text = explain_rules(
            read_facts(facts), settings.municipality,
            today=settings.today or Clock().today(), lang="en" if lang == "en" else "da",
        )  # fmt: skip
    except (FactError, RuleGapError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(text)


def read_facts(pairs: list[str]) -> dict[str, Any]:
    """Facts from `name=value`: true, false, numbers and JSON lists as such, everything else as text."""
    facts: dict[str, Any] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise typer.BadParameter(f"{pair}: write it as name=value")
        try:
            facts[name] = json.loads(value)
        except json.JSONDecodeError:
            facts[name] = value.split(",") if name == "concerns" else value
    if isinstance(facts.get("concerns"), str):
        facts["concerns"] = [facts["concerns"]]
    return facts
