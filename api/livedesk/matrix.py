"""A Matrix homeserver as a live desk: one room for each conversation, kept by an application service.

The citizen is a ghost with a random name. Every message has a transaction id that is the same at every try, and its
number, by which a room is read back before anything is sent that may have arrived before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx

from api.cases.port import CaseSystemError
from api.chat.model import Sender
from api.livedesk.port import DeskAway, DeskRefused, Line

CLIENT = "/_matrix/client/v3"
PREFIX = "stafet_"
# Our own field in a message, by which it is known again.
NUMBER = "dk.stafet.number"
PAGE = 100
# Answers that say "later".
LATER = frozenset({408, 425, 429})
# Who a citizen is in the room.
CITIZEN = "Borger"


class MatrixDesk:
    """Talks to the homeserver as the application service."""

    def __init__(self, client: httpx.AsyncClient, staff: Sequence[str]) -> None:
        self.http = client
        self.staff = tuple(staff)
        self._server = ""
        # What each room holds by now; a room that is not here is read first.
        self._arrived: dict[str, set[str]] = {}
        self._names: dict[str, str] = {}

    async def reachable(self) -> bool:
        """Whether the homeserver answers and lets us in."""
        try:
            await self._whoami()
        except (DeskAway, DeskRefused):
            return False
        return True

    async def open(self, key: str, title: str) -> str:
        """Makes the room under an alias of its own, which makes it once; invites staff, and brings the ghost in."""
        server, ghost = await self._home(), await self._ghost(key)
        alias = f"{PREFIX}{key}"
        wanted = {
            "preset": "private_chat", "visibility": "private", "name": title,
            "room_alias_name": alias, "invite": [ghost, *self.staff],
            "creation_content": {"m.federate": False},
        }  # fmt: skip
        made = await self._send("POST", "/createRoom", json=wanted)
        if made.status_code == 400 and _error(made) == "M_ROOM_IN_USE":
            found = await self._checked("GET", f"/directory/room/{_part(f'#{alias}:{server}')}")
            room = str(found["room_id"])
        else:
            room = str(_taken(made)["room_id"])
        await self._checked("POST", f"/join/{_part(room)}", params={"user_id": ghost}, json={})
        return room

    async def say(self, place: str, key: str, line: Line) -> None:
        """Adds a message: the citizen's from the ghost, others' as a notice of the service."""
        own = line.sender is Sender.CITIZEN
        as_user = await self._ghost_id(key) if own else None
        await self._once(place, key, str(line.number), line.text, as_user)

    async def tell(self, place: str, key: str, name: str, text: str) -> None:
        """A notice of the service."""
        await self._once(place, key, name, text, None)

    async def name_of(self, person: str) -> str:
        """The display name, or the first part of the id."""
        if person not in self._names:
            try:
                found = await self._checked("GET", f"/profile/{_part(person)}/displayname")
            except (DeskAway, DeskRefused):
                return _local(person)
            self._names[person] = str(found.get("displayname") or _local(person))
        return self._names[person]

    async def erase(self, place: str | None, key: str) -> None:
        """Takes every message back, shows everybody out and leaves."""
        alias = _part(f"#{PREFIX}{key}:{await self._home()}")
        if place is None:
            answer = await self._send("GET", f"/directory/room/{alias}")
            if answer.status_code == 404:
                return
            place = str(_taken(answer)["room_id"])
        room = f"/rooms/{_part(place)}"
        joined = await self._send("GET", f"{room}/members", params={"not_membership": "leave"})
        if joined.status_code == 403:
            return  # we have left, which is the last step
        for event in await self._events(place):
            if event.get("type") == "m.room.message" and event.get("content"):
                number = _part(event["event_id"])
                await self._checked("PUT", f"{room}/redact/{number}/erase-{number}", json={})
        ghost, own = await self._ghost_id(key), await self._whoami()
        for member in _taken(joined)["chunk"]:
            if member["state_key"] not in (ghost, own):
                await self._checked("POST", f"{room}/kick", json={"user_id": member["state_key"]})
        # Gone already is as good as gone.
        await self._send("POST", f"{room}/leave", params={"user_id": ghost}, json={})
        await self._send("DELETE", f"/directory/room/{alias}")
        await self._checked("POST", f"{room}/leave", json={})
        self._arrived.pop(place, None)

    async def close(self) -> None:
        """Lets go of connections."""
        await self.http.aclose()

    async def _once(
        self, place: str, key: str, number: str, text: str, as_user: str | None
    ) -> None:
        if place not in self._arrived:
            self._arrived[place] = {
                str(event.get("content", {}).get(NUMBER)) for event in await self._events(place)
            }
        if number in self._arrived[place]:
            return
        kind = "m.text" if as_user else "m.notice"
        try:
            await self._checked(
                "PUT", f"/rooms/{_part(place)}/send/m.room.message/{key}-{number}",
                params={"user_id": as_user} if as_user else {},
                json={"msgtype": kind, "body": text, NUMBER: number},
            )  # fmt: skip
        except DeskAway:
            # It may have arrived: the room is read before the next try.
            self._arrived.pop(place, None)
            raise
        self._arrived[place].add(number)

    async def _events(self, place: str) -> list[dict[str, Any]]:
        """All events of a room that are messages, newest first."""
        found: list[dict[str, Any]] = []
        params = {"dir": "b", "limit": str(PAGE), "filter": '{"types": ["m.room.message"]}'}
        while True:
            page = await self._checked("GET", f"/rooms/{_part(place)}/messages", params=params)
            found += page.get("chunk", [])
            if not page.get("end") or not page.get("chunk"):
                return found
            params["from"] = page["end"]

    async def _ghost(self, key: str) -> str:
        """Makes the citizen's ghost where it is not there yet."""
        answer = await self._send(
            "POST", "/register",
            json={"type": "m.login.application_service", "username": f"{PREFIX}{key}",
                  "inhibit_login": True},
        )  # fmt: skip
        ghost = await self._ghost_id(key)
        if not (answer.status_code == 400 and _error(answer) == "M_USER_IN_USE"):
            _taken(answer)
        await self._checked(
            "PUT", f"/profile/{_part(ghost)}/displayname", params={"user_id": ghost},
            json={"displayname": CITIZEN},
        )  # fmt: skip
        return ghost

    async def _ghost_id(self, key: str) -> str:
        return f"@{PREFIX}{key}:{await self._home()}"

    async def _home(self) -> str:
        """The homeserver's name, which it tells itself."""
        if not self._server:
            self._server = (await self._whoami()).partition(":")[2]
        return self._server

    async def _whoami(self) -> str:
        return str((await self._checked("GET", "/account/whoami"))["user_id"])

    async def _checked(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return _taken(await self._send(method, path, **options))

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Makes a call; what is the homeserver's trouble and not the call's is DeskAway."""
        try:
            answer = await self.http.request(method, f"{CLIENT}{path}", **options)
        except (httpx.HTTPError, CaseSystemError) as error:
            raise DeskAway(type(error).__name__) from None
        if answer.status_code in LATER or answer.status_code >= 500:
            raise DeskAway(f"http_{answer.status_code}", _asked_to_wait(answer))
        if answer.status_code == 401:
            raise DeskAway("not_let_in")
        return answer


def _taken(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code >= 300:
        raise DeskRefused(f"http_{answer.status_code}_{_error(answer)}"[:80])
    try:
        found = answer.json()
    except ValueError:
        raise DeskAway("not_json") from None
    if not isinstance(found, dict):
        raise DeskAway("not_an_object")
    return found


def _error(answer: httpx.Response) -> str:
    """The error's code, as Matrix names it."""
    try:
        return str(answer.json().get("errcode", ""))
    except (ValueError, AttributeError):
        return ""


def _asked_to_wait(answer: httpx.Response) -> float | None:
    try:
        return float(answer.json()["retry_after_ms"]) / 1000
    except (ValueError, KeyError, TypeError):
        return None


def _part(text: str) -> str:
    return quote(text, safe="")


def _local(person: str) -> str:
    return person.removeprefix("@").partition(":")[0]
