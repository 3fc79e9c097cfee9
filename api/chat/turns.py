"""The plain turn: a citizen writes to the bot, the bot answers. Two short units of work around what the bot does.

Nearly every turn is one, so its statements are prepared and few. Whatever is not plain (somebody waits for a person,
a message comes twice, words are held back, the bot asks for a person) is left to `service.py`, with nothing written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from api.chat import store
from api.chat.handoff import OWN
from api.chat.held import HoldingRoom
from api.chat.language import language_after
from api.chat.model import Answer, NewMessage, Sender, State
from api.chat.rasa import BotReply, BotTurn
from api.chat.transitions import WITH_PEOPLE, Event, after
from api.db.direct import Direct
from api.db.models import ChatMessage, ChatOffer, ChatSession
from api.db.prepared import Prepared
from api.errors import InvalidInput, Unauthorized
from api.masking import mask_cpr

# A pasted letter fits in. Longer texts block Rasa's only thread for seconds (200,000 characters: 3.3 s).
TEXT_LIMIT = 10_000

_REPLY = (
    "session_id",
    "seq",
    "sender",
    "text",
    "buttons",
    "card",
    "sources",
    "reply_to",
    "failed",
    "at",
)
_SAID = (
    "session_id",
    "seq",
    "sender",
    "text",
    "buttons",
    "sources",
    "command",
    "client_id",
    "failed",
    "at",
)
_TAKEN = ("next_seq", "last_active_at", "turn_until", "state", "language", "expires_at")
_ANSWERED = ("next_seq", "last_active_at", "turn_until", "facts", "language", "language_chosen")
_CHAT = (
    "token_hash", "state", "language", "language_chosen", "facts", "today", "next_seq", "turn_until", "expires_at"
)  # fmt: skip

_this_chat = ChatSession.id == bindparam("session")
OPEN = Prepared(insert(ChatSession), [column.key for column in ChatSession.__table__.columns])
LOAD = Prepared(
    select(*(getattr(ChatSession, name) for name in _CHAT)).where(_this_chat).with_for_update()
)
# What was said since the citizen wrote last, and the message that came under the same client id before.
LATELY = Prepared(
    select(ChatMessage.client_id, ChatMessage.sender, ChatMessage.buttons)
    .where(
        ChatMessage.session_id == bindparam("session"),
        or_(ChatMessage.seq >= bindparam("since"), ChatMessage.client_id == bindparam("client")),
    )
    .order_by(ChatMessage.seq.desc())
)
OFFER = Prepared(
    select(ChatOffer.title, ChatOffer.command).where(
        ChatOffer.id == bindparam("offer"), ChatOffer.session_id == bindparam("session")
    )
)
SAY = Prepared(insert(ChatMessage), _SAID)
REPLY = Prepared(insert(ChatMessage), _REPLY)
MAKE_OFFER = Prepared(insert(ChatOffer), ["id", "session_id", "title", "command"])
TAKE = Prepared(update(ChatSession).where(_this_chat), _TAKEN)
ANSWER = Prepared(update(ChatSession).where(_this_chat), _ANSWERED)


@dataclass(frozen=True)
class Pending:
    """A stored message of the citizen that is to be answered."""

    seq: int
    command: str
    language: str
    facts: dict[str, object]
    today: str | None = None


class PlainTurns:
    """Takes a citizen's words to the bot and keeps its answer, where nothing else is to be thought of."""

    def __init__(self, held: HoldingRoom, *, lifetime: timedelta, lease: timedelta) -> None:
        self.held = held
        self.lifetime = lifetime
        self.lease = lease

    async def take(
        self, tx: Direct, session_id: str, token: str | None, message: NewMessage, now: datetime
    ) -> Pending | None:
        """Stores the message and takes the turn; nothing, and nothing written, where the turn is not plain.

        Raises:
            Unauthorized, InvalidInput: as the errors say.
        """
        chat = await _load(tx, session_id)
        if not store.is_let_in(chat.get("token_hash"), token) or chat["expires_at"] <= now:
            raise Unauthorized()
        leased = chat["turn_until"] is not None and chat["turn_until"] >= now
        if State(chat["state"]) in WITH_PEOPLE or leased:
            return None
        seq = chat["next_seq"]
        lately = await tx.rows(
            LATELY, session=session_id, since=seq - store.LOOK_BACK, client=message.client_id
        )
        if message.client_id and any(client == message.client_id for client, _, _ in lately):
            return None
        language = chat["language"]
        check_one_of_both(message)
        if message.text is None:
            offer = await _offer(tx, session_id, message.payload)
            if offer is None:
                raise InvalidInput("payload_unknown", field="payload")
            if offer[1].startswith(OWN):
                return None
            text, command = offer
        else:
            text, command = read_text(message.text)
            if self.held.stops(session_id, message.text, now):
                return None
            pressed = store.named_payload(((who, buttons) for _, who, buttons in lately), text)
            named = await _offer(tx, session_id, pressed) if pressed else None
            if named is not None and not named[1].startswith(OWN):
                command = named[1]
            if not chat["language_chosen"]:
                spoke = any(who == Sender.CITIZEN for _, who, _ in lately)
                begun = spoke or seq > store.LOOK_BACK + 1
                language = language_after(text, language, first=not begun)
        await tx.run(
            SAY,
            {
                "session_id": session_id, "seq": seq, "sender": Sender.CITIZEN.value, "text": text,
                "buttons": [], "sources": [], "command": command, "client_id": message.client_id,
                "failed": False, "at": now,
            },
        )  # fmt: skip
        await tx.run(
            TAKE,
            {
                "session": session_id, "next_seq": seq + 1, "last_active_at": now,
                "turn_until": now + self.lease, "language": language,
                "state": (after(State(chat["state"]), Event.RESUMED) or State(chat["state"])).value,
                "expires_at": now + self.lifetime,
            },
        )  # fmt: skip
        today = chat["today"]
        return Pending(
            seq=seq, command=command, language=language, facts=dict(chat["facts"]),
            today=today.isoformat() if today else None,
        )  # fmt: skip

    async def answer(
        self, tx: Direct, session_id: str, pending: Pending, turn: BotTurn | None,
        replies: list[BotReply], now: datetime,
    ) -> Answer | None:  # fmt: skip
        """Stores what the bot said; nothing, and nothing written, where people have to do with it.

        Raises:
            Unauthorized: the conversation was erased meanwhile.
        """
        chat = await _load(tx, session_id)
        if not chat:
            raise Unauthorized()
        if State(chat["state"]) is State.STAFF or any(map(wants_person, replies)):
            return None
        sender = Sender.BOT if turn else Sender.SYSTEM
        messages, offers, rows = [], [], []
        for seq, reply in enumerate(replies, chat["next_seq"]):
            values, made = store.reply_values(session_id, reply)
            offers += made
            messages.append(store.message_of(seq, sender, reply.text, now, values))
            rows.append(
                {
                    **values, "session_id": session_id, "seq": seq, "sender": sender.value,
                    "text": reply.text, "reply_to": pending.seq, "failed": not turn, "at": now,
                }
            )  # fmt: skip
        await tx.run(REPLY, *rows)
        await tx.run(MAKE_OFFER, *offers)
        language, chosen = language_chosen_in(turn, chat["language"], chat["language_chosen"])
        await tx.run(
            ANSWER,
            {
                "session": session_id, "next_seq": chat["next_seq"] + len(rows), "last_active_at": now,
                "turn_until": None, "facts": turn.facts if turn else chat["facts"],
                "language": language, "language_chosen": chosen,
            },
        )  # fmt: skip
        return Answer(messages=messages, state=State(chat["state"]))


def check_one_of_both(message: NewMessage) -> None:
    """Refuses a message that is neither words nor a button, or both.

    Raises:
        InvalidInput: it is so.
    """
    if (message.text is None) == (message.payload is None):
        raise InvalidInput("text_or_payload", field="text")


def language_chosen_in(turn: BotTurn | None, language: str, chosen: bool) -> tuple[str, bool]:
    """The language of the conversation after a turn, and whether the citizen chose it."""
    if turn and turn.language in ("da", "en") and turn.language != language:
        return turn.language, True
    return language, chosen


def wants_person(reply: BotReply) -> bool:
    """Whether the bot asks for a person on the citizen's behalf."""
    card = reply.card or {}
    return card.get("type") == "handoff" and bool((card.get("data") or {}).get("requested"))


def read_text(text: str) -> tuple[str, str]:
    """A citizen's own words as they are stored, and as the bot is given them.

    CPR numbers are masked in both. A leading slash would be a command to Rasa, so the bot never gets one.

    Raises:
        InvalidInput: nothing is written, or too much.
    """
    if len(text) > TEXT_LIMIT:
        raise InvalidInput("text_too_long", field="text", limit=TEXT_LIMIT)
    stored = mask_cpr(text).replace("\x00", "").strip()
    if not stored:
        raise InvalidInput("text_empty", field="text")
    return stored, stored.lstrip("/ \t\r\n") or "?"


async def _load(tx: Direct, session_id: str) -> dict[str, Any]:
    found = await tx.rows(LOAD, session=session_id)
    return dict(zip(_CHAT, found[0], strict=True)) if found else {}


async def _offer(tx: Direct, session_id: str, payload: str | None) -> tuple[str, str] | None:
    """The words on a button of this conversation, and what it does."""
    found = await tx.rows(OFFER, offer=payload, session=session_id)
    return (found[0][0], found[0][1]) if found else None
