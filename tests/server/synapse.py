"""A real Matrix homeserver, Synapse, on loopback, in an environment and with a database of its own."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from setup.paths import python_of
from setup.synapse import folder
from tests.bot.serving import free_port

# `make synapse` installs it here; it is a program beside ours, and no part of the product.
PYTHON = python_of(folder())
NAME = "stafet.localhost"
AS_TOKEN, HS_TOKEN = "as-token-of-the-test", "hs-token-of-the-test"
PASSWORD = "korrekt hest batteri"
START_SECONDS = 90
CONFIG = """
server_name: "{name}"
pid_file: "{folder}/pid"
listeners:
  - {{bind_addresses: ["127.0.0.1"], port: {port}, tls: false, type: http, resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: "{folder}/homeserver.db"}}}}
log_config: "{folder}/log.yaml"
media_store_path: "{folder}/media"
signing_key_path: "{folder}/signing.key"
registration_shared_secret: "registration-of-the-test"
macaroon_secret_key: "macaroon-of-the-test"
form_secret: "form-of-the-test"
report_stats: false
trusted_key_servers: []
federation_domain_whitelist: []
app_service_config_files: ["{folder}/stafet.yaml"]
rc_message: {{per_second: 100, burst_count: 200}}
rc_login:
  address: {{per_second: 50, burst_count: 100}}
  account: {{per_second: 50, burst_count: 100}}
"""
SERVICE = """
id: stafet
url: "http://127.0.0.1:{service_port}"
as_token: "{as_token}"
hs_token: "{hs_token}"
sender_localpart: stafet
rate_limited: false
namespaces:
  users: [{{exclusive: true, regex: '@stafet_.*:stafet\\.localhost'}}]
  aliases: [{{exclusive: true, regex: '#stafet_.*:stafet\\.localhost'}}]
  rooms: []
"""
LOG = """
version: 1
handlers: {{file: {{class: logging.FileHandler, filename: "{folder}/log"}}}}
root: {{level: WARNING, handlers: [file]}}
disable_existing_loggers: false
"""


def installed() -> bool:
    """Whether Synapse is there."""
    return PYTHON.exists()


class Synapse:
    """One homeserver, and the application service it knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.service_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Writes its configuration."""
        values = {
            "name": NAME, "folder": self.folder, "port": self.port, "as_token": AS_TOKEN,
            "hs_token": HS_TOKEN, "service_port": self.service_port,
        }  # fmt: skip
        for name, text in (("homeserver", CONFIG), ("stafet", SERVICE), ("log", LOG)):
            target = self.folder / f"{name}.yaml"
            target.write_text(text.format(**values), encoding="utf-8")
        self._call("--generate-keys")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                self._command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, self._said()
            try:
                if httpx.get(f"{self.url}/health", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.2)
        raise AssertionError(self._said())

    def stop(self) -> None:
        """Ends it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def add_user(self, name: str) -> None:
        """Registers somebody who may sign in."""
        done = subprocess.run(
            [PYTHON.parent / "register_new_matrix_user", "-u", name, "-p", PASSWORD, "--no-admin",
             "-c", self.folder / "homeserver.yaml", self.url],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def _command(self, *more: str) -> list[str | Path]:
        config = self.folder / "homeserver.yaml"
        return [PYTHON, "-m", "synapse.app.homeserver", "--config-path", config, *more]

    def _call(self, *more: str) -> None:
        done = subprocess.run(
            self._command(*more), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _said(self) -> str:
        files = [self.folder / "out", self.folder / "log"]
        return "\n".join(file.read_text()[-2000:] for file in files if file.exists())


class Element:
    """Somebody at a Matrix client."""

    def __init__(self, homeserver: Synapse, name: str) -> None:
        self.name = name
        self.user = f"@{name}:{NAME}"
        self.http = httpx.AsyncClient(
            base_url=f"{homeserver.url}/_matrix/client/v3/", timeout=30, trust_env=False
        )
        self.sent = 0

    async def sign_in(self) -> None:
        """Signs in with the password."""
        identifier = {"type": "m.id.user", "user": self.name}
        answer = await self._call(
            "POST", "login", type="m.login.password", identifier=identifier, password=PASSWORD
        )
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    async def invited_to(self) -> list[str]:
        """The rooms that wait for an answer."""
        found = await self._call("GET", "sync")
        return list(found.get("rooms", {}).get("invite", {}))

    async def join(self, room: str) -> None:
        """Accepts."""
        await self._call("POST", f"join/{room}")

    async def leave(self, room: str) -> None:
        """Goes."""
        await self._call("POST", f"rooms/{room}/leave")

    async def write(self, room: str, text: str) -> None:
        """Writes to everybody in the room."""
        self.sent += 1
        await self._call(
            "PUT", f"rooms/{room}/send/m.room.message/{self.sent}", msgtype="m.text", body=text
        )

    async def read(self, room: str) -> list[tuple[str, str]]:
        """Who wrote what, oldest first."""
        page = await self._call("GET", f"rooms/{room}/messages?dir=b&limit=100")
        return [
            (event["sender"], event["content"]["body"])
            for event in reversed(page["chunk"])
            if event["type"] == "m.room.message" and event["content"]
        ]

    async def name_of(self, user: str) -> str:
        """What somebody is called."""
        return str((await self._call("GET", f"profile/{user}/displayname"))["displayname"])

    async def _call(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        sent = {"json": body} if method != "GET" else {}
        answer = await self.http.request(method, path, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
