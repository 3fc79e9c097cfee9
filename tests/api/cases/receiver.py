"""A receiver of webhooks on loopback, as another supplier would write it from the two published standards."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class _Request(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        Webhook(SECRET).verify(body, dict(self.headers.items()))
        self.server.requests.append((dict(self.headers.items()), json.loads(body)))
        status, headers = self.server.answer
        if status < 300:
            self.server.kept.setdefault(self.headers["webhook-id"], json.loads(body))
        event = json.loads(body)
        self._answer(status, headers, {"external_ref": f"S-{event['subject'][:8]}"})

    def do_GET(self) -> None:
        Webhook(SECRET).verify(b"", dict(self.headers.items()), json_parse=False)
        known = self.server.kept.get(self.path.rsplit("/", 1)[-1])
        ref = {"external_ref": f"S-{known['subject'][:8]}"} if known else {}
        self._answer(200 if known else 404, {}, ref)

    def _answer(self, status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


class Receiver(ThreadingHTTPServer):
    """Checks signatures, drops repeats by their id, and answers as it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.requests: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.kept: dict[str, dict[str, Any]] = {}
        self.answer: tuple[int, dict[str, str]] = (202, {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for as long as it is needed."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
