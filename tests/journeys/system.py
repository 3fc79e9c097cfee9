"""Runs the whole product as `make run` ends up running it: the supervisor, Rasa and the application as real processes.

The index and the bot's model are copied from the checkout's var folder, so that nothing is built twice; everything
else (database, secrets, logs, ports) is the system's own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.bot.serving import free_port

REPOSITORY = Path(__file__).resolve().parents[2]
BUILT = Path(os.environ.get("STAFET_VAR") or REPOSITORY / "var").resolve()
# Seconds. On two cores that others use as well a cold start took 60.
READY_SECONDS = 120.0
STOP_SECONDS = 15.0
# How the kernel writes that a socket waits for callers.
LISTENING = "0A"
# What each part's command line holds.
PARTS = {"application": "api.cli", "bot": "bot.serve"}


class RunningSystem:
    """The product on ports of its own, and what stands around it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.var = folder / "var"
        self.home = folder / "home"
        self.tmp = folder / "tmp"
        self.output = folder / "supervisor.log"
        self.port, self.rasa_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.rasa_url = f"http://127.0.0.1:{self.rasa_port}"
        # A page of somebody else's stands here when a test puts one up; it may embed the chat.
        self.host_port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._more = environment
        for made in (self.var, self.home, self.tmp):
            made.mkdir(parents=True)
        take_what_is_built(self.var)

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this system is started with: nothing of the tester's own."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.tmp),
            "LANG": "C.UTF-8",
            "STAFET_VAR": str(self.var),
            "STAFET_PORT": str(self.port),
            "STAFET_RASA_PORT": str(self.rasa_port),
            "STAFET_ALLOWED_ORIGINS": f"http://127.0.0.1:{self.host_port}",
            **self._more,
        }

    @property
    def logs(self) -> dict[str, Path]:
        """The log file of each part, and what the supervisor said."""
        return {name: self.var / "log" / f"{name}.log" for name in PARTS} | {
            "supervisor": self.output
        }

    def start(self) -> RunningSystem:
        """Starts the supervisor and waits until everything answers."""
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api.cli", "up"],
                cwd=REPOSITORY,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ends the system with a signal to the supervisor; returns its exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                for pid in self.all_pids():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                self.process.wait()
        code = self.process.returncode
        self.process = None
        return code

    def cli(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs one of the product's commands on this system's data."""
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            cwd=REPOSITORY,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def is_ready(self) -> bool:
        """Whether everything answers just now."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=3, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Waits until everything answers.

        Raises:
            AssertionError: it does not in time; the message is what the parts said last.
        """
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            ended = self.process is not None and self.process.poll() is not None
            assert not ended, f"the supervisor ended\n{self.last_words()}"
            if self.is_ready():
                return
            time.sleep(0.2)
        raise AssertionError(f"not ready after {seconds:.0f} s\n{self.last_words()}")

    def pid(self, part: str) -> int:
        """The process of one part, which is a child of the supervisor.

        Raises:
            AssertionError: it does not run.
        """
        found = self.find(part)
        assert found is not None, f"the {part} does not run\n{self.last_words()}"
        return found

    def find(self, part: str) -> int | None:
        """The process of one part, if it runs."""
        assert self.process is not None
        for pid in self.all_pids():
            with contextlib.suppress(OSError):
                if parent_of(pid) == self.process.pid and PARTS[part] in command_line(pid):
                    return pid
        return None

    def kill(self, part: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Sends a part a signal; returns which process got it."""
        pid = self.pid(part)
        os.kill(pid, number)
        return pid

    @contextlib.contextmanager
    def stopped(self, part: str) -> Iterator[int]:
        """Holds a part still, as one that hangs does; lets it go on at the end if it still lives."""
        pid = self.kill(part, signal.SIGSTOP)
        try:
            yield pid
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def wait_for_another(self, part: str, old: int, seconds: float = 40.0) -> int:
        """Waits until a part runs under another process id than before."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            pid = self.find(part)
            if pid is not None and pid != old:
                return pid
            time.sleep(0.1)
        raise AssertionError(f"the {part} was not started again\n{self.last_words()}")

    def all_pids(self) -> list[int]:
        """Every living process that was started for this system."""
        mark = f"STAFET_VAR={self.var}".encode()
        return [pid for pid in pids() if mark in environment_of(pid).split(b"\0")]

    def last_words(self, lines: int = 15) -> str:
        """The end of every log, for a message."""
        ends = []
        for name, file in self.logs.items():
            text = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
            ends.append("\n".join([f"--- {name}", *text.splitlines()[-lines:]]))
        return "\n".join(
            [*ends, "If the index is rebuilt or the model is missing, run `make ready` first."]
        )


def take_what_is_built(var: Path) -> None:
    """Copies the index and the bot's model out of the checkout's var folder."""
    index, model = BUILT / "index", BUILT / "models" / "bot.tar.gz"
    missing = [str(wanted) for wanted in (index / "current", model) if not wanted.exists()]
    if missing:
        pytest.fail(f"not built: {', '.join(missing)}; run `make ready` first", pytrace=False)
    shutil.copytree(index, var / "index")
    (var / "models").mkdir()
    shutil.copy2(model, var / "models" / "bot.tar.gz")


_shared = pytest.StashKey[RunningSystem]()


def shared_system(config: pytest.Config, folder: Path) -> RunningSystem:
    """The one system of a test run, for the journeys and the browser alike; ended with the run."""
    if _shared not in config.stash:
        # Whoever is on duty can be reached, whatever the hour of the run.
        system = RunningSystem(folder, STAFET_LIVE_HOURS="always")
        config.stash[_shared] = system
        config.add_cleanup(lambda: ended(system))
        system.start()
    system = config.stash[_shared]
    system.wait_until_ready()
    return system


def ended(system: RunningSystem) -> None:
    """Stops a system; its status is another test's business."""
    system.stop()


def pids() -> list[int]:
    """All processes that the kernel lists."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def environment_of(pid: int) -> bytes:
    """A process's environment at its start; empty when it is gone or a zombie."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def command_line(pid: int) -> str:
    """A process's command line, as everybody on the machine can read it."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def parent_of(pid: int) -> int:
    """The process id of a process's parent."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return int(stat.rpartition(")")[2].split()[1])


def secrets_of(system: RunningSystem) -> Mapping[str, str]:
    """The secrets that the system made for itself."""
    lines = (system.var / "secrets.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def listeners(port: int) -> list[str]:
    """The addresses that the kernel's own table says somebody listens on at a port."""
    found = []
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, hexed = local.partition(":")
            if state == LISTENING and int(hexed, 16) == port:
                # Four bytes at a time, each in the machine's own order.
                parts = [address[at : at + 8] for at in range(0, len(address), 8)]
                packed = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in parts)
                found.append(socket.inet_ntop(family, packed))
    return found
