"""`make test`: every check in turn, each announced; stops at nothing, fails if any of them failed.

Checks that need Debian packages are announced as skipped where those are not installed, unless STAFET_STRICT=1.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / ".venv" / "bin"
BOT = ROOT / ".venv-bot" / "bin"

# Name, command. In the order in which a mistake is cheapest to find.
CHECKS: Sequence[tuple[str, Sequence[str | Path]]] = (
    ("format", [APP / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [APP / "ruff", "check", "--quiet", "."]),
    ("data files", [APP / "yamllint", "--strict", "."]),
    ("imports", [APP / "lint-imports", "--no-cache"]),
    ("types", [APP / "mypy"]),
    ("articles", [sys.executable, "-m", "api.cli", "knowledge", "check"]),
    ("rules", [sys.executable, "-m", "api.cli", "rules", "check"]),
    ("bot data", [BOT / "python", "-m", "bot.check"]),
    ("tests", [APP / "pytest", "-q", "-n", "2", "--dist", "loadgroup"]),
)


def main(arguments: list[str]) -> int:
    """Runs all checks, or those named; returns the exit status."""
    chosen = [check for check in CHECKS if not arguments or check[0].split()[0] in arguments]
    failed: list[str] = []
    for name, command in chosen:
        say(f"\n== {name}")
        started = time.monotonic()
        code = subprocess.run(
            [str(part) for part in command], cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=False,
        ).returncode  # fmt: skip
        took = f"{time.monotonic() - started:.0f} s"
        say(f"== {name}: {'ok' if code == 0 else f'FAILED (status {code})'}, {took}")
        if code != 0:
            failed.append(name)
    say("")
    if failed:
        say(f"Failed: {', '.join(failed)}")
    say(f"{len(chosen) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def say(line: str) -> None:
    """Writes a line that keeps its place among the checks' own output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
