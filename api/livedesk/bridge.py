"""Keeps a live desk outside the product in step with the hand-offs here.

The stored conversation is the outbox: each room notes how far it has been told, so a desk that is away, or a process
that ends, delays a message and loses none. Staff there act through one account, by the same guarded acts as at the
console; nothing that goes this way is ever shown to the bot.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from api.auth import Role, Staff, create_account
from api.chat import handoffs, store
from api.chat.hub import STAFF
from api.chat.model import Sender, State
from api.chat.staffing import Staffing
from api.db.models import StaffAccount
from api.errors import Conflict, Forbidden, InvalidInput, NotFound
from api.livedesk import rooms
from api.livedesk.port import DeskAway, DeskRefused, LiveDesk
from api.livedesk.rooms import MINE, OURS, WAITING, View
from api.masking import mask_cpr
from api.words import Words

log = structlog.get_logger(__name__)

USERNAME = "matrix"
# How often it is looked for news when nobody tells us, in seconds.
LOOK_EVERY = 3.0
# How often the desk is asked whether it is there; three misses and its staff count as gone.
BEAT = timedelta(seconds=30)
# Waits after one failure, two, ...; the last one stays.
WAITS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
# After so long a room is tried again that the desk refused.
REFUSED = timedelta(minutes=1)
NAME_LIMIT, ACTOR_LIMIT = 80, 100
# Notices to staff that could not be sent are dropped beyond so many; conversations never are.
NOTICES = 200


class Bridge:
    """Tells a live desk what happens here, and does here what its staff do."""

    def __init__(self, desk: LiveDesk, staffing: Staffing, words: Words) -> None:
        self.desk = desk
        self.staffing = staffing
        self.words = words
        self.database = staffing.database
        self.clock = staffing.clock
        self._account: Staff | None = None
        self._seen: datetime | None = None
        self._notices: list[tuple[str, str, str, str]] = []
        self._failures = 0

    async def run(self) -> None:
        """Works until cancelled; a failure waits longer each time."""
        with self.staffing.live.hub.listening(STAFF) as listener:
            while True:
                await listener.wait(LOOK_EVERY)
                wait = await self.step()
                if wait:
                    await asyncio.sleep(wait)

    async def step(self) -> float:
        """Does everything that there is to do now; gives how long to leave the desk alone, in seconds."""
        try:
            await self._work()
        except DeskAway as away:
            wait = away.wait or WAITS[min(self._failures, len(WAITS) - 1)]
            self._failures += 1
            log.warning("live_desk.away", reason=away.reason, wait=wait)
            return wait
        except Exception as error:  # whatever it is, who waits is not forgotten
            log.error("live_desk.failed", kind=type(error).__name__)
            return WAITS[-2]
        self._failures = 0
        return 0.0

    async def _work(self) -> None:
        account = await self.account()
        if account is None:
            return
        await self._show_presence(account)
        async with self.database.transaction() as tx:
            await rooms.add_missing(tx, account.id)
        async with self.database.reading() as tx:
            keys = await rooms.keys(tx)
        for key in keys:
            await self._serve(key, account.id)
        while self._notices:
            place, key, name, text = self._notices[0]
            try:
                await self.desk.tell(place, key, name, text)
            except DeskRefused as refused:
                log.warning("live_desk.refused", reason=refused.reason)
            del self._notices[0]

    async def account(self) -> Staff | None:
        """The account that the desk's staff act through; nothing when it is switched off."""
        async with self.database.reading() as tx:
            row = await tx.scalar(select(StaffAccount).where(StaffAccount.username == USERNAME))
        if row is None:
            # Nobody signs in with it: the password is thrown away.
            await create_account(
                self.database, username=USERNAME, name=self.words("da", "account"),
                password=secrets.token_urlsafe(32), roles=[Role.LIVE_STAFF], units=[],
                now=self.clock.now(),
            )  # fmt: skip
            return await self.account()
        if not row.active:
            return None
        return Staff(
            id=row.id, username=USERNAME, name=row.name, roles=frozenset({Role.LIVE_STAFF}),
            units=frozenset(), csrf="",
        )  # fmt: skip

    async def _show_presence(self, account: Staff) -> None:
        """Counts as on duty while the desk can be reached; opening hours are judged where they always are."""
        now = self.clock.now()
        if self._seen is not None and now - self._seen < BEAT:
            return
        if not await self.desk.reachable():
            raise DeskAway("not_reachable")
        async with self.database.transaction() as tx:
            await handoffs.heartbeat(tx, account.id, on_duty=True, now=now)
        self._seen = now

    async def _serve(self, key: str, account_id: int) -> None:
        """Brings one room up to date, if it is not."""
        async with self.database.reading() as tx:
            view = await rooms.look(tx, key, account_id)
        if view is None or not _has_news(view):
            return
        async with self.database.transaction() as tx:
            if not await rooms.take(tx, key, self.clock.now()):
                return
            view = await rooms.look(tx, key, account_id)
        again: datetime | None = None
        try:
            if view is not None:
                await self._tell(view)
        except DeskRefused as refused:
            log.error("live_desk.refused", reason=refused.reason)
            again = self.clock.now() + REFUSED
        finally:
            async with self.database.transaction() as tx:
                await rooms.keep(tx, key, lease_until=again)

    async def _tell(self, view: View) -> None:
        if view.state is None:
            await self.desk.erase(view.place, view.key)
            async with self.database.transaction() as tx:
                await rooms.drop(tx, view.key)
            return
        if view.place is None:
            if view.state not in (WAITING, MINE):
                return
            title = self.words("da", "title", short=view.key[:6])
            view = replace(view, place=await self.desk.open(view.key, title))
            async with self.database.transaction() as tx:
                await rooms.keep(tx, view.key, place=view.place)
        place = view.place or ""
        for line in view.lines:
            if line.sender is not Sender.CITIZEN:
                line = replace(
                    line, text=self.words("da", f"speaker.{line.sender}", text=line.text)
                )
            await self.desk.say(place, view.key, line)
            async with self.database.transaction() as tx:
                await rooms.keep(tx, view.key, told_seq=line.number)
        told, upto = view.state, max(view.upto, view.told_seq)
        if told != view.told_state:
            if view.summary and not view.told_state:
                summary = self.words("da", "summary", text=view.summary)
                await self.desk.tell(place, view.key, "summary", summary)
            text = self.words("da", f"state.{told}")
            await self.desk.tell(place, view.key, f"{told}-{upto}", text)
        async with self.database.transaction() as tx:
            await rooms.keep(tx, view.key, told_seq=upto, told_state=told)

    # --- what comes from there ---------------------------------------------------------------------------------

    async def is_new(self, transaction: str) -> bool:
        """Whether the desk sends this for the first time, as far as we have taken it."""
        async with self.database.reading() as tx:
            return await rooms.first_time(tx, transaction)

    async def taken(self, transaction: str) -> None:
        """Everything in it is done."""
        async with self.database.transaction() as tx:
            await rooms.remember(tx, transaction, self.clock.now())

    async def written(self, place: str, person: str, text: str | None, event: str) -> None:
        """Somebody there wrote to the citizen, or a command; without a text it cannot be carried."""
        account, client_id = await self.account(), own_id(event)
        async with self.database.reading() as tx:
            room = await rooms.find(tx, place)
            if room is None or account is None:
                return
            stored = f"staff-{account.id}-{client_id}"[:64]
            if await store.find_sent(tx, room.session_id, stored) is not None:
                return
            row = await handoffs.open_one(tx, room.session_id)
        session, key = room.session_id, room.key
        if text is None:
            self._notice(place, key, event, "not_sent.kind")
            return
        command = self._command(text)
        name = (await self.desk.name_of(person))[:NAME_LIMIT]
        staff = replace(account, username=person[:ACTOR_LIMIT], name=name)
        try:
            if row is None or row.id != room.handoff_id:
                raise Conflict("handoff_not_yours")
            if command is not None:
                await self._do(command, session, staff, row.state)
                return
            if row.state == State.WAITING:
                await self.staffing.claim(session, staff, None)
                async with self.database.transaction() as tx:
                    await rooms.keep(tx, key, holder=person)
            await self.staffing.say(session, staff, mask_cpr(text), client_id, [])
        except InvalidInput:
            self._notice(place, key, event, "not_sent.length")
        except (Conflict, NotFound, Forbidden):
            self._notice(place, key, event, "not_sent.not_yours")

    async def left(self, place: str, person: str) -> None:
        """Somebody left; if it was who has the conversation, it is over."""
        account = await self.account()
        async with self.database.reading() as tx:
            room = await rooms.find(tx, place)
        if room is None or account is None or room.holder != person:
            return
        staff = replace(account, username=person[:ACTOR_LIMIT])
        try:
            await self.staffing.close(room.session_id, staff, "other")
        except (Conflict, NotFound):
            return  # it was over already

    def _command(self, text: str) -> str | None:
        wanted = text.strip().casefold()
        for language in ("da", "en"):
            for name, command in self.words.section(language, "command").items():
                if wanted == command:
                    return name
        return None

    async def _do(self, command: str, session: str, staff: Staff, state: str) -> None:
        if command == "queue":
            await self.staffing.release(session, staff, to_queue=True)
        elif command == "bot":
            await self.staffing.release(session, staff, to_queue=False)
        else:
            if state == State.WAITING:
                # To end it one must have it, so that the log says who did.
                await self.staffing.claim(session, staff, None)
            await self.staffing.close(session, staff, "answered")

    def _notice(self, place: str, key: str, event: str, what: str) -> None:
        if len(self._notices) < NOTICES:
            self._notices.append((place, key, own_id(event), self.words("da", what)))


def own_id(event: str) -> str:
    """The client id of what somebody wrote there: the same event is written once."""
    return f"{OURS}{hashlib.sha256(event.encode()).hexdigest()[:40]}"


def _has_news(view: View) -> bool:
    if view.state is None:
        return True
    if view.place is None and view.state not in (WAITING, MINE):
        return False
    return view.state != view.told_state or view.upto > view.told_seq
