"""The secrets between our own processes: made at first start outside production, demanded in production."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from api.settings import Environment, Settings

NAMES = ("rasa_token", "action_secret")
# 256 bits each.
BYTES = 32


def with_secrets(settings: Settings) -> Settings:
    """The settings with every secret in place.

    Production brings its own (the settings refuse to load otherwise); elsewhere they are made once and kept in a
    file that only the owner may read.
    """
    if settings.environment is Environment.PRODUCTION:
        return settings
    kept = _kept(settings.var / "secrets.env")
    found = {
        name: getattr(settings, name) or SecretStr(kept[f"STAFET_{name.upper()}"]) for name in NAMES
    }
    return settings.model_copy(update=found)


def _kept(file: Path) -> dict[str, str]:
    """The secrets in the file; those that are missing are made and written."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    kept = dict(line.split("=", 1) for line in lines if "=" in line)
    wanted = [f"STAFET_{name.upper()}" for name in NAMES]
    missing = [name for name in wanted if not kept.get(name)]
    if missing:
        kept |= {name: secrets.token_urlsafe(BYTES) for name in missing}
        file.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{name}={value}\n" for name, value in kept.items())
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
    return kept


def revealed(secret: SecretStr | None) -> str:
    """The secret's value.

    Raises:
        RuntimeError: it was never put in place.
    """
    if secret is None:
        raise RuntimeError("a secret is missing; call with_secrets first")
    return secret.get_secret_value()
