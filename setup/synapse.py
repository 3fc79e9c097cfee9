"""Installs the Matrix homeserver that the server tests talk to, in an environment of its own: `make synapse`."""

from __future__ import annotations

import sys
from pathlib import Path

from setup.environments import APP_PYTHONS, NETWORK_ADVICE, make_environment
from setup.interpreters import ensure_python
from setup.paths import LOCKS, python_of, var
from setup.steps import SetupError, fingerprint, once, run
from setup.uv import ensure_uv, uv_environment

LOCK = LOCKS / "synapse.txt"


def folder() -> Path:
    """Where it is put."""
    return var() / "tools" / "synapse"


def install_synapse() -> bool:
    """The homeserver as it is locked; returns whether anything was done."""
    return once(fingerprint([LOCK]), folder() / "synapse.done", python_of(folder()), _install)


def _install() -> None:
    uv, env = ensure_uv(), uv_environment()
    python = ensure_python(uv, APP_PYTHONS, "Synapse", "STAFET_PYTHON_APP", env)
    make_environment(uv, folder(), python, env)
    run(
        "Installing Synapse's packages (about 240 MB)",
        [uv, "pip", "install", "--python", python_of(folder()), "-r", LOCK],
        log="synapse", env=env, advice=NETWORK_ADVICE,
    )  # fmt: skip


if __name__ == "__main__":
    try:
        install_synapse()
    except SetupError as error:
        sys.exit(f"\n{error}\n\nWhat to do: {error.advice}")
