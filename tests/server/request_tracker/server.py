"""A real Request Tracker from Debian's packages, on loopback, with a database and a configuration of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx

from tests.bot.serving import free_port

HERE = Path(__file__).parent
QUEUE = Path(__file__).resolve().parents[3] / "api" / "cases" / "mappings" / "rt_queue.pl"
PROGRAM = Path("/usr/share/request-tracker5/libexec/rt-server")
SETUP = Path("/usr/sbin/rt-setup-database-5")
# The account that Debian's packages let write where RT keeps its compiled pages.
ACCOUNT = "www-data"
START_SECONDS = 60
CONFIG = """
Set($rtname, 'rt.localhost'); Set($Organization, 'rt.localhost');
Set($CorrespondAddress, 'rt@rt.localhost'); Set($CommentAddress, 'rt-comment@rt.localhost');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '%(folder)s/rt.db');
Set($WebDomain, '127.0.0.1'); Set($WebPort, %(port)s); Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:%(port)s'); Set($WebURL, 'http://127.0.0.1:%(port)s/');
Set($MailCommand, 'mbox'); Set($LogToSyslog, undef); Set($LogToSTDERR, 'error');
Set($Timezone, 'Europe/Copenhagen');
1;
"""


def installed() -> bool:
    """Whether Debian's packages are there."""
    return PROGRAM.exists() and SETUP.exists()


class RequestTrackerServer:
    """One RT, made fresh in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = ""
        self.process: subprocess.Popen[bytes] | None = None
        # Nothing in the packaged configuration is read or touched.
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8",
            "RT_SITE_CONFIG": str(folder / "site.pm"), "RT_SITE_CONFIG_DIR": str(folder / "none"),
            "TMPDIR": str(folder),
        }  # fmt: skip

    def make(self) -> None:
        """The database, the queue with its fields, and a token."""
        config = CONFIG % {"folder": self.folder, "port": self.port}
        (self.folder / "site.pm").write_text(config, encoding="utf-8")
        for script in (HERE / "token.pl", QUEUE):
            shutil.copy(script, self.folder)
        if os.geteuid() == 0:
            # The account owns all it reads: under a strict umask the files are their owner's alone.
            for made in (self.folder, *self.folder.iterdir()):
                shutil.chown(made, ACCOUNT, ACCOUNT)
        self._run(str(SETUP), "--action", "init", "--skip-create")
        queue = str(self.folder / QUEUE.name)
        self._run(str(SETUP), "--action", "insert", "--skip-create", "--datafile", queue)
        self.token = self._run("perl", str(self.folder / "token.pl")).strip()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        command = [*_as_account(), str(PROGRAM), "--server", "Starlet", "--max-workers", "3",
                   "--host", "127.0.0.1", "--port", str(self.port)]  # fmt: skip
        log = (self.folder / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                command, cwd="/", env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        headers = {"Authorization": f"token {self.token}"}
        while time.monotonic() < until:
            assert self.process.poll() is None, self.said()
            try:
                answer = httpx.get(f"{self.url}/REST/2.0/rt", headers=headers, trust_env=False)
                if answer.status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"Request Tracker does not answer: {self.said()}")

    def stop(self) -> None:
        """Ends it and all its workers."""
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def said(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [*_as_account(), *command], cwd="/", env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
        return done.stdout


def _as_account() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups", "--"]
