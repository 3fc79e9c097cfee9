"""Starts what is measured, reads from the kernel what it costs, and ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# How long a process may take to end when asked to, in seconds.
STOP_SECONDS = 20.0


class BenchmarkError(Exception):
    """A measurement cannot be made; the message says why."""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def started(
    command: Sequence[str | Path], *, log: Path, env: Mapping[str, str], cwd: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program in a group of its own while the block runs, then ends the whole group."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Asks a process to end as Ctrl-C does, then insists on its whole group."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(
    answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float
) -> float:
    """Waits until something answers; gives how long that took.

    Raises:
        BenchmarkError: the process ended, or it took too long.
    """
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if answers():
            return time.monotonic() - began
        if process.poll() is not None:
            break
        time.sleep(0.1)
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
    raise BenchmarkError("\n".join([f"It did not answer within {seconds:.0f} s. {log}:", *said]))


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def cpu_seconds(pids: Sequence[int]) -> float:
    """Seconds of processor that the processes have used so far."""
    used = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = _stat(pid)
            used += (int(fields[11]) + int(fields[12])) / TICKS
    return used


def memory_mib(pid: int) -> float:
    """Memory of a process that is its own or shared (resident), in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def name_of(pid: int) -> str:
    """What a process is, from its command line."""
    line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    known = {"api.cli serve": "application", "bot.serve": "bot (Rasa)", "api.cli up": "supervisor",
             "rasa run": "vanilla Rasa"}  # fmt: skip
    return next((name for part, name in known.items() if part in line), line[:40])


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return text.rpartition(")")[2].split()
