"""Choosing a case system: what it needs is said before anything starts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.cases.port import MAIL_REQUESTED, Refused
from api.cases.registry import SYSTEMS, Around, build_case_system, build_mail, problems
from api.db.engine import Database
from api.settings import Settings
from tests.api.cases.contract import event

DOCS = Path(__file__).resolve().parents[3] / "docs" / "case-systems.md"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ENOUGH: dict[str, dict[str, Any]] = {
    "register": {},
    "file": {},
    "webhook": {"webhook_url": "https://sager.example/hook", "webhook_secret": SECRET},
    "rt": {"rt_url": "https://rt.example", "rt_token": "1-2-3"},
    "smtp": {"smtp_host": "mail.example", "smtp_from": "a@b.dk", "case_mail_to": "c@d.dk"},
}


def read(**values: Any) -> Settings:
    return Settings(**({"environment": "test", "_env_file": None} | values))


@pytest.mark.parametrize("name", SYSTEMS)
async def test_each_is_built_from_what_it_needs(
    name: str, database: Database, tmp_path: Path
) -> None:
    settings = read(case_system=name, var=tmp_path, **ENOUGH[name])
    assert problems(settings) == []
    system = build_case_system(settings, Around(database, lambda: datetime.now(UTC)))
    assert system.name == name
    await system.close()


@pytest.mark.parametrize(
    ("name", "missing"), [(name, need) for name, entry in SYSTEMS.items() for need in entry.needs]
)
async def test_what_is_missing_is_named(name: str, missing: str, database: Database) -> None:
    given = {key: value for key, value in ENOUGH[name].items() if key != missing}
    settings = read(case_system=name, **given)
    assert any(f"STAFET_{missing.upper()}" in problem for problem in problems(settings))
    with pytest.raises(ValueError, match=f"STAFET_{missing.upper()}"):
        build_case_system(settings, Around(database, lambda: datetime.now(UTC)))


@pytest.mark.parametrize("url", ["http://sager.example/hook", "ftp://x", "http://127.0.0.1:9/x"])
def test_production_speaks_over_tls_only(url: str) -> None:
    settings = read(
        environment="production", rasa_token="a", action_secret="b", case_system="webhook",
        **ENOUGH["webhook"] | {"webhook_url": url},
    )  # fmt: skip
    assert any("STAFET_WEBHOOK_URL" in problem for problem in problems(settings))


def test_an_unknown_system_is_told_the_known_ones() -> None:
    (problem,) = problems(read(case_system="other"))
    assert all(name in problem for name in SYSTEMS)


async def test_mail_to_citizens_needs_a_server() -> None:
    with pytest.raises(Refused, match="no_mail_server"):
        await build_mail(read()).send(event(MAIL_REQUESTED))
    assert build_mail(read(**ENOUGH["smtp"])).name == "smtp"
    assert problems(read(smtp_host="mail.example")) != []


def test_the_docs_name_every_system_and_what_it_needs() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for name, entry in SYSTEMS.items():
        assert f"`{name}`" in text
        assert all(f"STAFET_{need.upper()}" in text for need in entry.needs)
