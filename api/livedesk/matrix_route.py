"""What a Matrix homeserver calls: it hands over what happened in our rooms, in order, until we say that we have it."""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr

# Ours in the homeserver; what they do comes from here already.
PREFIX = "stafet"
ID_LIMIT = 255
WHERE = "/_matrix/app/v1"


class Inbox(Protocol):
    """Who takes what is written there."""

    async def is_new(self, transaction: str) -> bool:
        """Whether it was not taken before."""
        ...

    async def taken(self, transaction: str) -> None:
        """It is taken now."""
        ...

    async def written(self, place: str, person: str, text: str | None, event: str) -> None:
        """Somebody wrote."""
        ...

    async def left(self, place: str, person: str) -> None:
        """Somebody left."""
        ...


def build_matrix_route(inbox: Inbox, secret: SecretStr) -> APIRouter:
    """The addresses of an application service, for the one homeserver that knows the secret."""

    def known(request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
        return hmac.compare_digest(given, secret.get_secret_value().encode())

    router = APIRouter(prefix=WHERE, include_in_schema=False)

    @router.put("/transactions/{transaction}")
    async def take(
        request: Request, transaction: Annotated[str, Path(max_length=ID_LIMIT)]
    ) -> JSONResponse:
        """Takes what happened; said to be taken when all of it is done, so that a failure brings it again."""
        if not known(request):
            return refused(403, "M_FORBIDDEN")
        try:
            events = (await request.json())["events"]
        except (ValueError, KeyError, TypeError):
            return refused(400, "M_BAD_JSON")
        if not isinstance(events, list):
            return refused(400, "M_BAD_JSON")
        if await inbox.is_new(transaction):
            for event in events:
                await hand_over(inbox, event)
            await inbox.taken(transaction)
        return JSONResponse({})

    @router.get("/users/{name}")
    @router.get("/rooms/{name}")
    async def unknown(name: str, request: Request) -> JSONResponse:
        """Nobody is made by asking: ghosts and rooms are there when a citizen wants a person."""
        return refused(404, "M_NOT_FOUND") if known(request) else refused(403, "M_FORBIDDEN")

    @router.post("/ping")
    async def ping(request: Request) -> JSONResponse:
        """The homeserver tries whether it reaches us."""
        return JSONResponse({}) if known(request) else refused(403, "M_FORBIDDEN")

    return router


def refused(status: int, code: str) -> JSONResponse:
    """An error in the shape that Matrix has for them."""
    return JSONResponse({"errcode": code, "error": code}, status)


async def hand_over(inbox: Inbox, event: Any) -> None:
    """Passes on one event, if it is something that a person did."""
    if not isinstance(event, dict):
        return
    kind, sender = event.get("type"), event.get("sender")
    place, number, content = event.get("room_id"), event.get("event_id"), event.get("content")
    texts = isinstance(sender, str) and isinstance(place, str) and isinstance(number, str)
    if not texts or not isinstance(content, dict) or is_ours(str(sender)):
        return
    if kind == "m.room.encrypted":
        await inbox.written(str(place), str(sender), None, str(number))
    elif kind == "m.room.message" and content and content.get("msgtype") != "m.notice":
        text = content.get("body") if is_plain(content) else None
        await inbox.written(str(place), str(sender), text, str(number))
    elif kind == "m.room.member" and content.get("membership") in ("leave", "ban"):
        await inbox.left(str(place), str(event.get("state_key")))


def is_ours(sender: str) -> bool:
    """Whether a user is the service itself or one of its ghosts."""
    name = sender.removeprefix("@").partition(":")[0]
    return name == PREFIX or name.startswith(f"{PREFIX}_")


def is_plain(content: dict[str, Any]) -> bool:
    """Whether a message is new text; a change of an old one would reach a citizen who has read that."""
    related = content.get("m.relates_to")
    replaces = isinstance(related, dict) and related.get("rel_type") == "m.replace"
    text = content.get("body")
    return (
        content.get("msgtype") in ("m.text", "m.emote") and isinstance(text, str) and not replaces
    )
