"""Runs one step of set-up: says what it does, shows that it is alive, remembers that it was done."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from setup.paths import ROOT, var

# How often a line is written where the output is no terminal, in seconds.
QUIET_BEAT = 15.0


class SetupError(Exception):
    """Set-up cannot go on; the message says what happened, `advice` what to do about it."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.advice = advice


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """A hash of files (folders are walked) and words: the same when nothing that matters has changed."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted(files_of(paths)):
        digest.update(
            f"\0{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}\0".encode()
        )
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def files_of(paths: Iterable[Path]) -> Iterable[Path]:
    """All files at or below the paths, without what Python leaves behind."""
    for path in paths:
        if path.is_file():
            yield path
        elif path.is_dir():
            for below in path.rglob("*"):
                if below.is_file() and "__pycache__" not in below.parts:
                    yield below


def stamp_file(name: str) -> Path:
    """Where it is remembered that something under the var folder was made."""
    return var() / "setup" / f"{name}.done"


def once(mark: str, stamp: Path, result: Path, work: Callable[[], None]) -> bool:
    """Does the work unless it was done for this fingerprint and its result is still there.

    Returns whether anything was done.
    """
    if result.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == mark:
        return False
    stamp.unlink(missing_ok=True)
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark, encoding="utf-8")
    return True


def run(
    title: str,
    command: Sequence[str | Path],
    *,
    log: str,
    advice: str,
    env: Mapping[str, str] | None = None,
) -> None:
    """Runs a command, its output in a log file, while the terminal shows the time that has passed.

    Raises:
        SetupError: the command failed; shows the end of its output.
    """
    log_file = var() / "log" / f"setup-{log}.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log_file.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        try:
            code = _wait(process, title, log_file, started)
        except BaseException:
            _stop(process)
            raise
    took = time.monotonic() - started
    if code != 0:
        _line(f"  {title} ... failed after {took:.0f} s", end=True)
        tail = log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-15:]
        raise SetupError(
            f"{title} did not succeed:\n" + "\n".join(f"    {line}" for line in tail),
            f"{advice}\nThe whole output is in {log_file}",
        )
    _line(f"  {title} ... done in {took:.0f} s", end=True)


def _wait(process: subprocess.Popen[bytes], title: str, log_file: Path, started: float) -> int:
    """Waits for the process and shows progress: on a terminal in place, elsewhere a line now and then."""
    terminal = sys.stdout.isatty()
    said = started
    if not terminal:
        _line(f"  {title} ...", end=True)
    while True:
        try:
            return process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            passed = time.monotonic() - started
            if terminal:
                _line(f"  {title} ... {passed:3.0f} s  {_last_line(log_file)}")
            elif time.monotonic() - said >= QUIET_BEAT:
                said = time.monotonic()
                _line(f"  {title} ... {passed:.0f} s {_last_line(log_file)}".rstrip(), end=True)


def _last_line(log_file: Path) -> str:
    with log_file.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 400))
        lines = file.read().decode("utf-8", "replace").replace("\r", "\n").split("\n")
    shown = [line.strip() for line in lines if line.strip()]
    return shown[-1][:60] if shown else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process of ours and what it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _line(text: str, *, end: bool = False) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text[:118]}" + ("\n" if end else ""))
    else:
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
