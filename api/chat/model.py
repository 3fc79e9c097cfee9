"""The shapes of the chat contract: what clients send and what they get."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["da", "en"]
# Under which a page sends the same message again.
ClientId = Annotated[str | None, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]


class State(StrEnum):
    """Who answers the citizen in a conversation."""

    BOT = "bot"
    WAITING = "waiting"
    STAFF = "staff"
    CLOSED = "closed"


class Sender(StrEnum):
    """Who a message is from; `system` is the application itself."""

    CITIZEN = "citizen"
    BOT = "bot"
    STAFF = "staff"
    SYSTEM = "system"


class Strict(BaseModel):
    """Refuses keys it does not know, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class NewSession(Strict):
    """Opens a conversation; `today` sees the service as of another day."""

    lang: Language | None = None
    page: str | None = Field(None, max_length=2000)
    today: date | None = None


class NewMessage(Strict):
    """What the citizen sends: their own words, or the payload of a button that was offered."""

    text: str | None = None
    payload: str | None = Field(None, max_length=64)
    client_id: ClientId = None


class HandoffWish(Strict):
    """Asks for a person, or with `callback` (name, phone, when) for a call."""

    summary: str | None = Field(None, max_length=2000)
    callback: dict[str, str] | None = None


class Button(BaseModel):
    """A choice; the payload is opaque and good in this conversation only."""

    title: str
    payload: str


class Source(BaseModel):
    """Where a sentence comes from."""

    label: str
    paragraph: str | None = None
    url: str | None = None
    article: str | None = None
    title: str | None = None
    confidence: str | None = None


class Message(BaseModel):
    """One message of a conversation."""

    seq: int
    sender: Sender
    text: str
    buttons: list[Button] = []
    card: dict[str, Any] | None = None
    sources: list[Source] = []
    at: datetime


class Answer(BaseModel):
    """The messages that a call gave, and who has the conversation now."""

    messages: list[Message]
    state: State


class Opened(Answer):
    """A new conversation; the token is shown this once."""

    session: str
    token: str


class HandoffAnswer(Answer):
    """The way to a person: the place in the queue, or when and how somebody can be reached."""

    queue_position: int | None = None
    waiting_minutes: int | None = None
    opening_hours: list[str] = []
    callback_fields: list[dict[str, Any]] = []
