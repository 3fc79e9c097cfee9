"""Runs the real bot in its own environment against the actions over made-up ports."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request

from actions.ports import Ports
from actions.registry import build_executor

REPOSITORY = Path(__file__).resolve().parents[2]
BOT = REPOSITORY / "bot"
BOT_PYTHON = REPOSITORY / ".venv-bot" / "bin" / "python"
# Seconds. A cold start on a busy machine took 25.
START = 90
TOKEN = "token-of-the-test"
SECRET = "secret-of-the-test"


def bot_environment(var: Path, **more: str) -> dict[str, str]:
    """The environment the supervisor gives the bot, with nothing of the tester's own."""
    return {"PATH": os.environ["PATH"], "STAFET_VAR": str(var), **more}


def run_bot(*arguments: str, var: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs one of the bot's commands and gives its output."""
    return subprocess.run(
        [str(BOT_PYTHON), *arguments],
        cwd=REPOSITORY,
        env=bot_environment(var, **more),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def trained_model() -> Path:
    """The model of the present files; kept below var, since training takes about a minute."""
    parts = [BOT / "config.yml", *sorted((REPOSITORY / "knowledge" / "articles").glob("*/*.md"))]
    for folder in ("data", "domain", "components"):
        parts += sorted(
            path for path in (BOT / folder).rglob("*") if path.suffix in (".yml", ".py")
        )
    digest = hashlib.sha256()
    for path in [*parts, BOT / "train.py", BOT / "article_questions.py"]:
        digest.update(path.read_bytes())
    model = REPOSITORY / "var" / "test" / f"bot-{digest.hexdigest()[:16]}.tar.gz"
    if not model.is_file():
        done = run_bot("-m", "bot.train", "--out", str(model), var=REPOSITORY / "var")
        assert done.returncode == 0, done.stderr
        for old in set(model.parent.glob("bot-*.tar.gz")) - {model}:
            old.unlink(missing_ok=True)
    return model


def free_port() -> int:
    """A port that nobody listens on just now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class ServedBot:
    """A running bot and what is known about it."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    secrets_seen: list[str] = field(default_factory=list)
    # One client for all calls: making one takes longer than a turn of the bot.
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20, trust_env=False))

    def say(
        self,
        session: str,
        text: str,
        *,
        lang: str | None = None,
        facts: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Sends one message as the application does, and gives what comes back."""
        metadata = {"lang": lang, "facts": facts if facts is not None else self.slots(session)}
        answer = self.http.post(
            f"{self.url}/webhooks/turns/webhook",
            headers={"Authorization": f"Bearer {TOKEN}"},
            json={"sender": session, "message": text, "metadata": {**metadata, "session": session}},
        )
        answer.raise_for_status()
        replies: list[dict[str, Any]] = answer.json()["replies"]
        return replies

    def text(self, session: str, text: str, **more: Any) -> str:
        """The words of the answer alone."""
        return "\n".join(part.get("text", "") for part in self.say(session, text, **more))

    def slots(self, session: str) -> dict[str, Any]:
        """What the bot remembers of a conversation."""
        slots: dict[str, Any] = self.tracker(session)["slots"]
        return slots

    def tracker(self, session: str, events: str = "NONE") -> dict[str, Any]:
        """The bot's own record of a conversation."""
        answer = self.http.get(
            f"{self.url}/conversations/{session}/tracker",
            params={"token": TOKEN, "include_events": events},
        )
        answer.raise_for_status()
        record: dict[str, Any] = answer.json()
        return record

    def forget(self, session: str) -> None:
        """Erases a conversation as the application does."""
        self.http.put(
            f"{self.url}/conversations/{session}/tracker/events",
            params={"token": TOKEN},
            json=[],
        ).raise_for_status()

    def intent(self, text: str) -> dict[str, Any]:
        """What the bot takes a text to mean."""
        answer = self.http.post(
            f"{self.url}/model/parse",
            params={"token": TOKEN},
            json={"text": text},
        )
        answer.raise_for_status()
        parsed: dict[str, Any] = answer.json()
        return parsed


@contextmanager
def served(model: Path, ports: Ports, var: Path, **more: str) -> Iterator[ServedBot]:
    """A bot that answers, until the block ends; it runs in a further environment if one is given."""
    actions_port, bot_port = free_port(), free_port()
    log = var / "bot.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = bot_environment(
        var,
        STAFET_PORT=str(actions_port),
        STAFET_RASA_PORT=str(bot_port),
        STAFET_RASA_TOKEN=TOKEN,
        STAFET_ACTION_SECRET=SECRET,
        **more,
    )
    with log.open("wb") as out, action_server(ports, actions_port) as secrets_seen:
        process = subprocess.Popen(
            [str(BOT_PYTHON), "-m", "bot.serve", "--model", str(model)],
            cwd=REPOSITORY,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        bot = ServedBot(f"http://127.0.0.1:{bot_port}", process, log, secrets_seen)
        try:
            wait_until_it_answers(bot)
            yield bot
        finally:
            process.terminate()
            process.wait(20)
            bot.http.close()


@contextmanager
def action_server(ports: Ports, port: int) -> Iterator[list[str]]:
    """The actions behind the address that the bot calls; yields the secrets that were shown."""
    secrets_seen: list[str] = []
    app = FastAPI()
    executor = build_executor(ports)

    @app.post("/internal/actions")
    async def run_action(request: Request) -> Any:
        secrets_seen.append(request.headers.get("X-Stafet-Action-Secret", ""))
        result = await executor.run(await request.json())
        return result.model_dump() if result else {}

    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield secrets_seen
    finally:
        server.should_exit = True
        thread.join(10)


def wait_until_it_answers(bot: ServedBot) -> None:
    """Waits for the model to be loaded.

    Raises:
        AssertionError: it ended, or was not there in time; the message is its log.
    """
    give_up = time.monotonic() + START
    while time.monotonic() < give_up:
        assert bot.process.poll() is None, bot.log.read_text(errors="replace")
        try:
            status = httpx.get(
                f"{bot.url}/status", params={"token": TOKEN}, timeout=2, trust_env=False
            )
        except httpx.HTTPError:
            time.sleep(0.2)
            continue
        if status.status_code == 200 and status.json().get("model_file"):
            return
        time.sleep(0.2)
    raise AssertionError(bot.log.read_text(errors="replace"))
