"""Where set-up puts things; all of it inside the checkout and ignored by git."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "setup" / "locks"
APP_ENV = ROOT / ".venv"
BOT_ENV = ROOT / ".venv-bot"


def var() -> Path:
    """The folder for everything that is made at run time; `STAFET_VAR` moves it."""
    return Path(os.environ.get("STAFET_VAR") or ROOT / "var").resolve()


def python_of(environment: Path) -> Path:
    """The interpreter of an environment."""
    return environment / "bin" / "python"
