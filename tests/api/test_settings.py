"""The settings refuse what is unsafe, and the docs describe exactly the settings there are."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from api.secrets import revealed, with_secrets
from api.settings import Environment, Settings

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
SECRETS: dict[str, Any] = {"rasa_token": "a" * 40, "action_secret": "b" * 40}


def read(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.fixture(autouse=True)
def no_settings_of_the_tester(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("STAFET_"):
            monkeypatch.delenv(name)


def test_the_defaults_are_a_development_on_loopback() -> None:
    settings = read()
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.host == "127.0.0.1"
    assert settings.database.startswith("sqlite:///")
    assert not settings.limits_on


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "stafet.kk.dk"])
def test_development_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValidationError, match="STAFET_HOST"):
        read(host=host)


@pytest.mark.parametrize("missing", sorted(SECRETS))
def test_production_does_not_start_without_its_secrets(missing: str) -> None:
    given = {name: value for name, value in SECRETS.items() if name != missing}
    with pytest.raises(ValidationError, match=f"STAFET_{missing.upper()}"):
        read(environment="production", **given)


def test_production_uses_the_real_date_and_limits() -> None:
    with pytest.raises(ValidationError, match="STAFET_TODAY"):
        read(environment="production", today=date(2026, 1, 1), **SECRETS)
    assert read(environment="production", host="0.0.0.0", **SECRETS).limits_on


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFET_PORT", "9001")
    monkeypatch.setenv("STAFET_ALLOWED_ORIGINS", "https://www.kk.dk/, https://kk.dk")
    monkeypatch.setenv("STAFET_TODAY", "")
    settings = read()
    assert settings.port == 9001
    assert settings.allowed_origins == ("https://www.kk.dk", "https://kk.dk")
    assert settings.today is None


def test_secrets_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = with_secrets(read(var=tmp_path))
    again = with_secrets(read(var=tmp_path))
    file = tmp_path / "secrets.env"
    assert revealed(first.rasa_token) == revealed(again.rasa_token)
    assert len(revealed(first.action_secret)) >= 40
    assert revealed(first.action_secret) != revealed(first.rasa_token)
    assert file.stat().st_mode & 0o077 == 0
    assert revealed(first.rasa_token) not in repr(first)


def test_the_docs_describe_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `(STAFET_[A-Z_]+)` \| ([^|]*) \| ([^|]+) \|$", DOCS.read_text(), re.M)
    described = {name: (default.strip(), text.strip()) for name, default, text in rows}
    actual = {
        f"STAFET_{name.upper()}": (shown(name, field.default), field.description)
        for name, field in Settings.model_fields.items()
    }
    assert described == actual


def shown(name: str, default: Any) -> str:
    """A default as the docs write it."""
    if name == "var":
        return "`var`"
    if default is None or default == ():
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{getattr(default, 'value', default)}`"


def test_the_example_file_names_only_settings_that_exist() -> None:
    example = (DOCS.parents[1] / ".env.example").read_text()
    named = set(re.findall(r"STAFET_[A-Z_]+", example))
    assert named <= {f"STAFET_{name.upper()}" for name in Settings.model_fields}
    assert not re.findall(r"^STAFET_(?:RASA_TOKEN|ACTION_SECRET)=.+", example, re.M)
