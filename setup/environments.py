"""Makes the two environments from their locks: Rasa on Python 3.10, the application on 3.11 or newer."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from setup.interpreters import ensure_python
from setup.paths import APP_ENV, BOT_ENV, LOCKS, ROOT, python_of, var
from setup.steps import SetupError, fingerprint, once, run
from setup.uv import ensure_uv, uv_environment

# Two environments and what uv keeps of their packages; measured 4.1 GiB, the rest is room for the CUDA-less torch.
NEEDED_GIB = 6
APP_PYTHONS = ("3.11", "3.12", "3.13")
BOT_PYTHONS = ("3.10",)
NETWORK_ADVICE = (
    "Is the machine connected to a package registry? See `pip config list`, then try again."
)


def install_app() -> bool:
    """The application's environment, with the product itself in it; returns whether anything was done."""
    mark = fingerprint(
        [LOCKS / "app.txt", ROOT / "pyproject.toml"], os.environ.get("STAFET_PYTHON_APP", "")
    )
    return once(mark, APP_ENV / "app.done", python_of(APP_ENV), _install_app)


def install_checks() -> bool:
    """The tools of `make test`, on top of the application's environment."""
    mark = fingerprint([LOCKS / "app.txt", LOCKS / "dev.txt"])
    return once(mark, APP_ENV / "checks.done", APP_ENV / "bin" / "pytest", _install_checks)


def install_bot() -> bool:
    """Rasa's environment; returns whether anything was done."""
    mark = fingerprint([LOCKS / "bot.txt"], os.environ.get("STAFET_PYTHON_BOT", ""))
    return once(mark, BOT_ENV / "bot.done", python_of(BOT_ENV), _install_bot)


def _install_app() -> None:
    require_room()
    uv, env = ensure_uv(), uv_environment()
    python = ensure_python(uv, APP_PYTHONS, "the application", "STAFET_PYTHON_APP", env)
    make_environment(uv, APP_ENV, python, env)
    install: list[str | Path] = [uv, "pip", "install", "--python", python_of(APP_ENV)]
    if "UV_FIND_LINKS" not in {**os.environ, **env}:
        _prefer_small_torch(install, env)
    run(
        "Installing the application's packages (about 1.3 GB)",
        [*install, "-r", LOCKS / "app.txt"],
        log="app", env=env, advice=NETWORK_ADVICE,
    )  # fmt: skip
    run(
        "Installing the product",
        [*install, "--no-deps", "--editable", ROOT],
        log="product", env=env, advice=NETWORK_ADVICE,
    )  # fmt: skip


def _prefer_small_torch(install: list[str | Path], env: dict[str, str]) -> None:
    """Tries for torch's CPU-only build first, where pip is configured with none: the ordinary one is gigabytes."""
    torch = next(
        line for line in (LOCKS / "app.txt").read_text().splitlines() if line.startswith("torch==")
    )
    try:
        run(
            "Looking for the small, CPU-only torch",
            [*install, "--torch-backend", "cpu", "--no-deps", torch],
            log="torch", env={**env, "UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "20"}, advice="",
        )  # fmt: skip
    except SetupError:
        print("  None to be had here; the ordinary build comes instead, which takes longer.")


def _install_checks() -> None:
    run(
        "Installing the tools of the checks",
        [ensure_uv(), "pip", "install", "--python", python_of(APP_ENV), "-r", LOCKS / "dev.txt"],
        log="dev", env=uv_environment(), advice=NETWORK_ADVICE,
    )  # fmt: skip


def _install_bot() -> None:
    require_room()
    uv, env = ensure_uv(), uv_environment()
    python = ensure_python(uv, BOT_PYTHONS, "Rasa", "STAFET_PYTHON_BOT", env)
    make_environment(uv, BOT_ENV, python, env)
    run(
        "Installing Rasa's packages (about 2.5 GB)",
        [uv, "pip", "install", "--python", python_of(BOT_ENV), "-r", LOCKS / "bot.txt"],
        log="bot", env=env, advice=NETWORK_ADVICE,
    )  # fmt: skip


def make_environment(uv: Path, folder: Path, python: Path, env: dict[str, str]) -> None:
    """A new, empty environment; what was there is from another lock and goes."""
    shutil.rmtree(folder, ignore_errors=True)
    run(
        f"Making {folder.name} with {python}",
        [uv, "venv", "--quiet", "--no-config", "--python", python, folder],
        log=folder.name.strip("."), env=env, advice="Is the disk full, or the folder write-protected?",
    )  # fmt: skip


def require_room() -> None:
    """Stops before anything is fetched when the disk cannot hold it.

    Raises:
        SetupError: too little free space, or the folder cannot be written to.
    """
    try:
        var().mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(var()).free / 2**30
    except OSError as error:
        raise SetupError(
            f"{var()} cannot be written to ({error.strerror}).",
            "Put the checkout where you may write, or point STAFET_VAR at such a folder.",
        ) from error
    if free < NEEDED_GIB:
        raise SetupError(
            f"There are {free:.1f} GiB free on the disk; set-up needs {NEEDED_GIB} GiB.",
            "Make room, or put the checkout on a larger disk, and run the command again.",
        )
