"""A made-up Matrix homeserver: rooms, members and messages, with the faults that a real one can have."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx

SERVER = "stafet.example"
AS_TOKEN, HS_TOKEN = "as-token-of-the-test", "hs-token-of-the-test"
METTE, LARS = f"@mette:{SERVER}", f"@lars:{SERVER}"
SERVICE = f"@stafet:{SERVER}"


@dataclass
class Room:
    """One room."""

    alias: str | None
    name: str
    members: dict[str, str]
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Who wrote what; what was taken back is gone."""
        return [
            (str(event["sender"]), str(event["content"]["body"]))
            for event in self.events
            if event["content"]
        ]


@dataclass
class FakeHomeserver:
    """Answers as Synapse does; `trouble` is what happens to the next calls that change something."""

    rooms: dict[str, Room] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)
    away: bool = False
    calls: list[tuple[str, str]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def restart(self) -> None:
        """Forgets the transaction ids, which a homeserver keeps in memory."""
        self.known.clear()

    @property
    def room(self) -> Room:
        """The newest room."""
        return self.rooms[self.place]

    @property
    def place(self) -> str:
        """What the newest room is called."""
        return list(self.rooms)[-1]

    def client(self) -> httpx.AsyncClient:
        """A client that reaches this homeserver."""
        return httpx.AsyncClient(
            base_url="https://matrix.example", transport=httpx.MockTransport(self),
            headers={"Authorization": f"Bearer {AS_TOKEN}"},
        )  # fmt: skip

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("refused", request=request)
        assert request.headers["authorization"] == f"Bearer {AS_TOKEN}"
        path = request.url.raw_path.decode().partition("?")[0].removeprefix("/_matrix/client/v3")
        self.calls.append((request.method, path))
        fault = self.trouble.pop(0) if self.trouble and request.method in ("PUT", "POST") else ""
        if fault == "busy":
            body = {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 7000}
            return httpx.Response(429, json=body)
        if fault == "refused":
            return httpx.Response(403, json={"errcode": "M_FORBIDDEN"})
        answer = self._answer(request, [unquote(part) for part in path.strip("/").split("/")])
        if fault == "lost":
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return answer

    def _answer(self, request: httpx.Request, path: list[str]) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        user = request.url.params.get("user_id", SERVICE)
        match [request.method, *path]:
            case ["GET", "account", "whoami"]:
                return httpx.Response(200, json={"user_id": SERVICE})
            case ["POST", "register"]:
                return self._register(f"@{body['username']}:{SERVER}")
            case ["PUT", "profile", who, "displayname"]:
                self.names[who] = body["displayname"]
                return httpx.Response(200, json={})
            case ["GET", "profile", who, "displayname"]:
                name = self.names.get(who)
                return httpx.Response(200 if name else 404, json={"displayname": name})
            case ["POST", "createRoom"]:
                return self._create(body)
            case ["GET", "directory", "room", alias]:
                return self._found(alias)
            case ["DELETE", "directory", "room", alias]:
                self._by_alias(alias).alias = None
                return httpx.Response(200, json={})
            case ["POST", "join", place]:
                assert user in self.rooms[place].members
                self.rooms[place].members[user] = "join"
                return httpx.Response(200, json={"room_id": place})
            case ["PUT", "rooms", place, "send", "m.room.message", number]:
                return self._write(place, user, number, body)
            case ["GET", "rooms", place, "messages"]:
                return self._page(place, request.url.params)
            case _:
                return self._leave(request.method, path, user, body)

    def _leave(
        self, method: str, path: list[str], user: str, body: dict[str, Any]
    ) -> httpx.Response:
        room = self.rooms[path[1]]
        if room.members.get(SERVICE) == "leave":
            return httpx.Response(403, json={"errcode": "M_FORBIDDEN"})
        match [method, *path[2:]]:
            case ["GET", "members"]:
                inside = [who for who, is_in in room.members.items() if is_in != "leave"]
                return httpx.Response(200, json={"chunk": [{"state_key": who} for who in inside]})
            case ["PUT", "redact", event, _number]:
                next(one for one in room.events if one["event_id"] == event)["content"] = {}
            case ["POST", "kick"]:
                room.members[body["user_id"]] = "leave"
            case ["POST", "leave"]:
                room.members[user] = "leave"
            case other:
                raise AssertionError(other)
        return httpx.Response(200, json={})

    def _register(self, user: str) -> httpx.Response:
        assert re.fullmatch(rf"@stafet_[0-9a-f]{{24}}:{SERVER}", user), user
        if user in self.users:
            return httpx.Response(400, json={"errcode": "M_USER_IN_USE"})
        self.users.add(user)
        return httpx.Response(200, json={"user_id": user})

    def _create(self, body: dict[str, Any]) -> httpx.Response:
        assert body["creation_content"] == {"m.federate": False}
        alias = f"#{body['room_alias_name']}:{SERVER}"
        if any(room.alias == alias for room in self.rooms.values()):
            return httpx.Response(400, json={"errcode": "M_ROOM_IN_USE"})
        place = f"!{len(self.rooms)}:{SERVER}"
        members = {SERVICE: "join", **dict.fromkeys(body["invite"], "invite")}
        self.rooms[place] = Room(alias, body["name"], members)
        return httpx.Response(200, json={"room_id": place})

    def _by_alias(self, alias: str) -> Room:
        return next(room for room in self.rooms.values() if room.alias == alias)

    def _found(self, alias: str) -> httpx.Response:
        for place, room in self.rooms.items():
            if room.alias == alias:
                return httpx.Response(200, json={"room_id": place})
        return httpx.Response(404, json={"errcode": "M_NOT_FOUND"})

    def _write(self, place: str, user: str, number: str, body: dict[str, Any]) -> httpx.Response:
        room = self.rooms[place]
        assert room.members[user] == "join"
        event = self.known.get(f"{user} {number}")
        if event is None:
            event = self.known[f"{user} {number}"] = f"${len(room.events)}"
            room.events.append(
                {"type": "m.room.message", "event_id": event, "sender": user, "content": body}
            )
        return httpx.Response(200, json={"event_id": event})

    def _page(self, place: str, params: httpx.QueryParams) -> httpx.Response:
        """Two events a page, so that more pages than one are asked for."""
        assert params["dir"] == "b"
        start = int(params.get("from", 0))
        newest = self.rooms[place].events[::-1]
        page = newest[start : start + 2]
        more = {"end": str(start + 2)} if start + 2 < len(newest) else {}
        return httpx.Response(200, json={"chunk": page, **more})
