"""A citizen at the chat's HTTP interface, as the page on their screen uses it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

Message = dict[str, Any]


@dataclass
class Citizen:
    """One conversation with the running system."""

    url: str
    lang: str = "da"
    session: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    greeting: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        opened = self.call("POST", "", {"lang": self.lang}, expect=201)
        self.session = f"/{opened['session']}"
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.greeting = opened["messages"]

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """One request; gives the body of the answer."""
        answer = httpx.request(
            method,
            f"{self.url}/api/v1/chat/sessions{self.session}{path}",
            json=body,
            headers=self.headers,
            timeout=40,
            trust_env=False,
        )
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    def say(self, text: str, *, client_id: str | None = None) -> list[Message]:
        """Sends own words; gives the messages that answer them."""
        body = {"text": text, "client_id": client_id or uuid.uuid4().hex}
        answered: list[Message] = self.call("POST", "/messages", body)["messages"]
        return answered

    def press(self, messages: list[Message], title: str) -> list[Message]:
        """Presses the button with this title under one of the messages."""
        offers = [b for message in messages for b in message["buttons"] if b["title"] == title]
        assert offers, f"no button {title!r} in {[m['buttons'] for m in messages]}"
        body = {"payload": offers[0]["payload"], "client_id": uuid.uuid4().hex}
        answered: list[Message] = self.call("POST", "/messages", body)["messages"]
        return answered

    def messages(self) -> list[Message]:
        """Everything that stands in the conversation."""
        stored: list[Message] = self.call("GET", "/messages?after=0")["messages"]
        return stored


def words(messages: list[Message]) -> str:
    """The text of several messages together."""
    return "\n".join(message["text"] for message in messages)


def sources(messages: list[Message]) -> list[dict[str, Any]]:
    """The sources of several messages together."""
    return [source for message in messages for source in message["sources"]]


def titles(messages: list[Message]) -> list[str]:
    """What is written on the buttons under several messages."""
    return [button["title"] for message in messages for button in message["buttons"]]


def place(messages: list[Message]) -> tuple[str, str]:
    """The article and the section that an answer was taken from."""
    cards = [m["card"]["data"] for m in messages if (m["card"] or {}).get("type") == "article"]
    assert cards, f"no answer from an article: {words(messages)}"
    return cards[0]["slug"], cards[0]["anchor"]
