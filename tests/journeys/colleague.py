"""A member of staff at the console's HTTP interface, as the page on their screen uses it."""

from __future__ import annotations

import re
from typing import Any

import httpx

from tests.journeys.system import RunningSystem

PASSWORD = "tolv grå gæs over engen"


class Colleague:
    """Somebody who is signed in and takes conversations."""

    def __init__(self, system: RunningSystem, username: str) -> None:
        made = system.cli(
            "staff", "add", username, "--name", username.title(), "--role", "live_staff",
            STAFET_NEW_PASSWORD=PASSWORD,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        self.http = httpx.Client(base_url=system.url, timeout=40, trust_env=False)
        form = hidden(self.http.get("/staff/login").text, "form")
        self.http.post(
            "/staff/login", data={"username": username, "password": PASSWORD, "form": form}
        )
        self.csrf = hidden(self.http.get("/staff").text, "csrf")

    def act(self, path: str, *, expect: int = 204, **body: Any) -> Any:
        """One act; gives the body of the answer."""
        answer = self.http.post(
            f"/api/v1/staff/{path}", json=body, headers={"X-CSRF-Token": self.csrf}
        )
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    def on(self, session: str, act: str, *, expect: int = 204, **body: Any) -> Any:
        """One act on a conversation."""
        return self.act(f"conversations{session}/{act}", expect=expect, **body)

    def listed(self) -> dict[str, dict[str, Any]]:
        """The open conversations, by their id with a slash before it."""
        rows = self.http.get("/api/v1/staff/conversations").json()["conversations"]
        return {f"/{row['session']}": row for row in rows}


def hidden(page: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]
