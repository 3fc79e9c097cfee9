"""Measures set-up from nothing: a fresh clone with caches of its own until `/readyz` is green, and the second start.

    python3 -m benchmarks.setup [--minutes 45] [--keep]

Fetches some gigabytes from the package registry that pip is configured with. Needs nothing but Python, make and git.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import BenchmarkError, end, free_port, wait_for
from setup.paths import ROOT

# Caches that would make it look faster than it is on a new machine; and what belongs to another environment.
NOT_OURS = ("UV_CACHE_DIR", "UV_PYTHON_INSTALL_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "VIRTUAL_ENV",
            "PYTHONPATH", "MAKEFLAGS", "MAKELEVEL")  # fmt: skip
SECOND_START_SECONDS = 180.0
# How often the step that set-up is at is shown, in seconds.
BEAT = 15.0


def main(arguments: Sequence[str]) -> int:
    """Measures and prints; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measures set-up from nothing.")
    parser.add_argument("--minutes", type=float, default=45, help="give up after so long")
    parser.add_argument("--folder", type=Path, help="where the clone is made (needs 6 GiB)")
    parser.add_argument("--keep", action="store_true", help="leave the clone there")
    wanted = parser.parse_args(arguments)
    scratch = Path(tempfile.mkdtemp(prefix="stafet-setup-", dir=wanted.folder))
    try:
        clone = scratch / "stafet"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first = run(clone, scratch, "from nothing", wanted.minutes * 60)
        size = disk_gib(clone)
        second = run(clone, scratch, "second start", SECOND_START_SECONDS)
    except (BenchmarkError, subprocess.CalledProcessError) as error:
        say(str(error))
        return 1
    finally:
        if not wanted.keep:
            shutil.rmtree(scratch, ignore_errors=True)
    say(f"\nset-up from nothing until ready: {first:8.0f} s")
    say(f"second start until ready:        {second:8.1f} s")
    say(f"on disk:                         {size:8.1f} GiB")
    say(f"cores: {os.cpu_count()}")
    return 0


def run(clone: Path, scratch: Path, name: str, seconds: float) -> float:
    """Runs `make run` until everything answers, then ends it as Ctrl-C does; gives the seconds it took."""
    port = free_port()
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_OURS and not name.startswith("STAFET_")
    } | {"STAFET_PORT": str(port), "STAFET_RASA_PORT": str(free_port())}
    log = scratch / f"{name.replace(' ', '-')}.log"
    say(f"make run, {name} ...")
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "run"], cwd=clone, env=env, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    beat = Beat(log)
    try:
        return wait_for(
            lambda: beat.answers(f"http://127.0.0.1:{port}/readyz"), process, log, seconds
        )
    finally:
        # make passes no signal on to what it runs, so the whole group is told.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 2)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        end(process)


class Beat:
    """Asks whether the product is up, and shows now and then what set-up said last."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.began = self.said = time.monotonic()

    def answers(self, url: str) -> bool:
        """Whether the address answers with 200."""
        if time.monotonic() - self.said > BEAT:
            self.said = time.monotonic()
            lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "")
            say(f"  {self.said - self.began:5.0f} s  {last[:90]}")
        try:
            # Never through a proxy from the environment: it is this machine that is asked.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(url, timeout=3) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def disk_gib(folder: Path) -> float:
    """What a folder takes on the disk; linked files count once."""
    seen: set[int] = set()
    total = 0
    for file in folder.rglob("*"):
        found = file.lstat()
        if found.st_ino not in seen:
            seen.add(found.st_ino)
            total += found.st_blocks * 512
    return total / 2**30


def say(line: str) -> None:
    """Writes a line at once, so that a long run shows where it is."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
