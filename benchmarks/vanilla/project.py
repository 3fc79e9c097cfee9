"""Makes and trains the bot of `rasa init` under the var folder; once for each version of Rasa's packages.

python -m benchmarks.vanilla.project
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from setup.artefacts import home_inside
from setup.paths import BOT_ENV, LOCKS, python_of, var
from setup.steps import SetupError, fingerprint, once, run


def folder() -> Path:
    """Where the project is made."""
    return var() / "benchmarks" / "vanilla"


def environment() -> dict[str, str]:
    """What Rasa is started with: as it comes, but silent towards its maker and writing inside the var folder."""
    return {
        **home_inside(),
        "HOME": str(var() / "cache"),
        "PATH": f"{BOT_ENV / 'bin'}:/usr/bin:/bin",
    }


def ensure_project() -> Path:
    """The trained project; made where it is not there yet, which takes minutes.

    Raises:
        SetupError: Rasa could not make or train it.
    """
    mark = fingerprint([LOCKS / "bot.txt", Path(__file__)])
    once(mark, folder() / "made.done", folder() / "models", _make)
    return folder()


def _make() -> None:
    shutil.rmtree(folder(), ignore_errors=True)
    folder().mkdir(parents=True)
    run(
        "Making and training the bot of `rasa init`",
        [python_of(BOT_ENV), "-m", "rasa", "init", "--no-prompt", "--init-dir", folder()],
        log="vanilla", env=environment(), advice="Run `make ready` first.",
    )  # fmt: skip
    if not list((folder() / "models").glob("*.tar.gz")):
        raise SetupError("rasa init trained no model.", f"Look into {var() / 'log'}.")


if __name__ == "__main__":
    try:
        print(ensure_project())
    except SetupError as error:
        sys.exit(f"{error}\n{error.advice}")
