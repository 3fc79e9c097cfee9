"""Runs the application and Rasa as one: starts both, says when they answer, restarts what dies, ends all of it.

`make run` hands over to this. Output of the children goes to files under the var folder.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType
from typing import IO

from api.secrets import revealed
from api.settings import REPOSITORY, Settings

# How long the parts may take to answer the first time, in seconds; a cold start on two busy cores took 24.
START_SECONDS = 120.0
# How long one look at them may take, in seconds.
LOOK_SECONDS = 3.0
# How long a part may take to end when asked to, before it is killed.
STOP_SECONDS = 10.0
# A part that dies is started again after a pause that doubles up to this, in seconds.
LONGEST_PAUSE = 30.0
# A part that has run this long counts as well, and its next pause is short again.
SETTLED_SECONDS = 60.0
# Before the first green light, this many deaths of one part mean that it cannot start here.
HOPELESS = 3
BOT_PYTHON = REPOSITORY / ".venv-bot" / "bin" / "python"
_PR_SET_PDEATHSIG = 1
# Many small tasks: threads inside one would only wait for each other. Memory is set aside once, not per thread, and
# large pieces go back to the system when they are let go (Linux; elsewhere these say nothing).
FRUGAL = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "1048576",
}
# With this Python would translate every file anew at each start, which takes longer than the rest of it.
UNWANTED = "PYTHONDONTWRITEBYTECODE"


class StartError(Exception):
    """The product cannot start; the message says why and what to do."""


@dataclass
class Part:
    """One child process and how it has been doing."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log_file: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    start_again_at: float | None = None
    _log: IO[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Starts the process in a group of its own; it ends when we do, even if we are killed."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self._log = self.log_file.open("ab")
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            list(self.command),
            cwd=REPOSITORY,
            env=_environment(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.started_at = time.monotonic()
        self.start_again_at = None

    def has_died(self) -> bool:
        """Whether the process has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> float:
        """Notes a death and says after how many seconds the part is started again."""
        if time.monotonic() - self.started_at > SETTLED_SECONDS:
            self.deaths = 0
        self.deaths += 1
        pause = min(LONGEST_PAUSE, 2.0 ** (self.deaths - 1))
        self.start_again_at = time.monotonic() + pause
        self.process = None
        self._close_log()
        return pause

    def stop(self) -> None:
        """Asks the process to end, then insists."""
        if self.process is not None and self.process.poll() is None:
            _signal_group(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _signal_group(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._close_log()

    def last_lines(self, count: int = 12) -> str:
        """The end of the part's log, for an error message."""
        if not self.log_file.exists():
            return ""
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-count:])

    def _close_log(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None


def _environment(own: dict[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != UNWANTED}
    return {**FRUGAL, **inherited, **own}


def _die_with_parent() -> None:
    """Runs in the child: asks Linux to end it when its parent is gone; elsewhere there is no such promise."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def parts_of(settings: Settings) -> list[Part]:
    """The processes of this deployment; secrets travel in the environment, not in the command line."""
    logs = settings.var / "log"
    shared = {
        "STAFET_VAR": str(settings.var),
        "STAFET_PORT": str(settings.port),
        "STAFET_RASA_PORT": str(settings.rasa_port),
        "STAFET_RASA_FAST": "1" if settings.rasa_fast else "0",
        "STAFET_RASA_TOKEN": revealed(settings.rasa_token),
        "STAFET_ACTION_SECRET": revealed(settings.action_secret),
        "PYTHONUNBUFFERED": "1",
        # Where a model brings torch, it would make a folder among the temporary files of the machine.
        "TORCHINDUCTOR_CACHE_DIR": str(settings.var / "cache" / "torchinductor"),
    }
    parts = [
        Part(
            "application",
            [sys.executable, "-m", "api.cli", "serve"],
            shared,
            logs / "application.log",
        )
    ]
    if settings.rasa_url is None:
        parts.insert(0, Part("bot", [str(BOT_PYTHON), "-m", "bot.serve"], shared, logs / "bot.log"))
    return parts


def require_free_ports(settings: Settings) -> None:
    """Checks that our ports are free before anything is started.

    Raises:
        StartError: somebody else has one of them.
    """
    wanted = [("STAFET_PORT", settings.host, settings.port)]
    if settings.rasa_url is None:
        wanted.append(("STAFET_RASA_PORT", "127.0.0.1", settings.rasa_port))
    for setting, host, port in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise StartError(
                    f"Port {port} on {host} cannot be used ({error.strerror}). Is the product running"
                    f" already? Otherwise choose another port, for example: {setting}={port + 10} make run"
                ) from error


class Supervisor:
    """Keeps the parts running until it is told to stop."""

    def __init__(self, settings: Settings, parts: list[Part], say: Callable[[str], None]) -> None:
        self.settings = settings
        self.parts = parts
        self.say = say
        self.stopping = threading.Event()
        self.green = False

    def run(self) -> int:
        """Starts everything, waits until it answers, and watches over it; returns the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            for part in self.parts:
                part.start()
            if not self._wait_until_green():
                return 0
            self._announce()
            while not self.stopping.wait(0.5):
                self._revive()
            return 0
        finally:
            self.say("Stopping ...")
            for part in reversed(self.parts):
                part.stop()
            self.say("Stopped.")

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def _wait_until_green(self) -> bool:
        """Polls readiness; False when told to stop meanwhile.

        Raises:
            StartError: a part cannot start, or it takes too long.
        """
        began = time.monotonic()
        said = ""
        while time.monotonic() - began < START_SECONDS:
            waiting_for = self._waiting_for()
            if not waiting_for:
                self.green = True
                self.say(f"  Everything answers after {time.monotonic() - began:.0f} s.")
                return True
            if waiting_for != said:
                said = waiting_for
                self.say(f"  Starting; waiting for: {waiting_for} ...")
            if self.stopping.wait(0.2):
                return False
            self._revive()
        raise StartError(
            f"It took more than {START_SECONDS:.0f} seconds. What the parts said last is in"
            f" {self.settings.var / 'log'}."
        )

    def _waiting_for(self) -> str:
        """The names of what does not answer yet; empty when all is green."""
        # What comes with Python does here: a larger client would stay in memory for as long as the product runs.
        here = HTTPConnection(self._host(), self.settings.port, timeout=LOOK_SECONDS)
        try:
            here.request("GET", "/readyz")
            parts = json.load(here.getresponse())["parts"]
        except (OSError, HTTPException, ValueError, KeyError):
            return "application"
        finally:
            here.close()
        return ", ".join(name for name, answers in parts.items() if not answers)

    def _revive(self) -> None:
        """Starts again what has died."""
        for part in self.parts:
            if part.has_died():
                code = part.process.returncode if part.process else None
                pause = part.plan_restart()
                if not self.green and part.deaths >= HOPELESS:
                    raise StartError(
                        f"The {part.name} does not start. It said last:\n{part.last_lines()}\n"
                        f"The rest is in {part.log_file}"
                    )
                self.say(
                    f"  The {part.name} ended (status {code}); starting it again in {pause:.0f} s."
                )
            elif part.start_again_at is not None and time.monotonic() >= part.start_again_at:
                part.start()

    def _host(self) -> str:
        """Where this machine itself reaches the application."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not a bind
        return everywhere.get(self.settings.host, self.settings.host)

    def _address(self) -> str:
        host = self._host()
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}"

    def _announce(self) -> None:
        base = self.settings.public_url or self._address()
        for name, path in PAGES:
            self.say(f"  {name:<28} {base}{path}")
        self.say("  Ctrl-C stops it.")


# The pages that exist, in the order in which somebody would look at them.
PAGES = (
    ("Chat for citizens", "/"),
    ("Guide without chat", "/vejviser"),
    ("KlarRet look-up", "/klarret"),
    ("Staff", "/staff"),
    ("Interface (OpenAPI)", "/openapi.json"),
)
