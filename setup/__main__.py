"""`python3 -m setup run|test|ready`: makes ready what is needed, then hands over to the product or to the checks."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from setup.artefacts import build_index, home_inside, train_bot
from setup.environments import install_app, install_bot, install_checks, require_room
from setup.paths import APP_ENV, ROOT, python_of, var
from setup.steps import SetupError


def main(arguments: list[str]) -> int:
    """Makes ready and hands over; returns the exit status."""
    if sys.version_info < (3, 9):  # noqa: UP036 - it may well be started by an older one
        print("Set-up needs Python 3.9 or newer: run it as `make PYTHON=python3.11 run`.")
        return 1
    goal, *rest = arguments or ["run"]
    try:
        with only_one():
            make_ready(checks=goal == "test")
    except SetupError as error:
        print(f"\n{error}\n\nWhat to do: {error.advice}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next run goes on from here.", file=sys.stderr)
        return 130
    sys.stdout.flush()
    if goal == "ready":
        return 0
    module = {"run": ["api.cli", "up"], "test": ["tests.run"]}[goal]
    python = python_of(APP_ENV)
    os.chdir(ROOT)
    os.environ.update(home_inside())
    os.execv(python, [str(python), "-m", *module, *rest])  # noqa: S606 - our own program takes over


def make_ready(*, checks: bool) -> None:
    """All steps in order; each is skipped when nothing it depends on has changed."""
    done = [install_app(), install_bot()]
    if checks:
        done.append(install_checks())
    done += [build_index(), train_bot()]
    if not any(done):
        print("  Nothing has changed since last time.")


@contextmanager
def only_one() -> Iterator[None]:
    """Keeps two set-ups in one checkout apart.

    Raises:
        SetupError: another one is at work.
    """
    require_writable = var() / "setup"
    try:
        require_writable.mkdir(parents=True, exist_ok=True)
    except OSError:
        require_room()
        raise
    with (require_writable / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SetupError(
                "Another set-up is running in this checkout.",
                "Wait until it is done, then run the command again.",
            ) from error
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
