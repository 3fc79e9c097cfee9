"""Reads and writes conversations; every function works inside a transaction that its caller owns."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.chat.model import Button, Message, Sender, Source
from api.chat.rasa import BotReply
from api.complaints.conversation import owner
from api.complaints.store import drop_owned
from api.db.models import ChatMessage, ChatOffer, ChatSession
from api.errors import Unauthorized

# 256 bits; the contract asks for at least 128.
TOKEN_BYTES = 32
TITLE_LIMIT = 200
# One answer is a few messages; its buttons stand on the last of them.
LOOK_BACK = 4


def hash_token(token: str) -> str:
    """What is stored of a token: enough to recognise it, useless to whoever reads the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_session(
    *, language: str, page: str | None, today: date | None, now: datetime, lifetime: timedelta
) -> tuple[dict[str, Any], str]:
    """What is stored of a new conversation, and the token that opens it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values: dict[str, Any] = {
        "id": secrets.token_hex(16), "token_hash": hash_token(token), "state": "bot", "language": language,
        "language_chosen": False, "page": page, "today": today, "facts": {}, "next_seq": 1, "turn_until": None,
        "created_at": now, "last_active_at": now, "expires_at": now + lifetime,
    }  # fmt: skip
    return values, token


async def load(
    tx: AsyncSession, session_id: str, token: str | None, now: datetime, *, to_change: bool = False
) -> ChatSession:
    """The conversation, for whoever holds its token; `to_change` keeps other processes from it meanwhile.

    Raises:
        Unauthorized: no token, a wrong one, one that has expired, or no such conversation; all look the same.
    """
    chat = await tx.get(ChatSession, session_id, with_for_update=to_change)
    if not is_let_in(chat.token_hash if chat else None, token) or chat is None:
        raise Unauthorized()
    if chat.expires_at <= now:
        raise Unauthorized()
    return chat


def is_let_in(expected: str | None, token: str | None) -> bool:
    """Whether a token is the one that was stored; it takes as long where there is no conversation at all."""
    fits = hmac.compare_digest(expected or hash_token(""), hash_token(token or ""))
    return fits and expected is not None and bool(token)


def take_turn(chat: ChatSession, *, now: datetime, until: datetime) -> bool:
    """Takes the conversation's turn for one process; False while another one has it.

    The conversation was loaded to be changed, so nobody else can take the turn meanwhile.
    """
    if chat.turn_until is not None and chat.turn_until >= now:
        return False
    chat.turn_until = until
    return True


async def find_sent(tx: AsyncSession, session_id: str, client_id: str | None) -> ChatMessage | None:
    """The message that a client sent under this id before, if it did."""
    if client_id is None:
        return None
    found: ChatMessage | None = await tx.scalar(
        select(ChatMessage).where(
            ChatMessage.session_id == session_id, ChatMessage.client_id == client_id
        )
    )
    return found


def add_citizen(
    tx: AsyncSession, chat: ChatSession, *, text: str, command: str | None, client_id: str | None,
    now: datetime,
) -> ChatMessage:  # fmt: skip
    """Stores what the citizen sent; `command` is what the bot is given for it, nothing when it is for people."""
    row = _row(chat, Sender.CITIZEN, text, now)
    row.command, row.client_id = command, client_id
    tx.add(row)
    return row


def add_reply(
    tx: AsyncSession, chat: ChatSession, reply: BotReply, *, sender: Sender, now: datetime,
    reply_to: int | None, failed: bool = False,
) -> ChatMessage:  # fmt: skip
    """Stores an answer; its buttons become offers, of which the browser sees opaque ids only."""
    row = _row(chat, sender, reply.text, now)
    values, offers = reply_values(chat.id, reply)
    row.reply_to, row.failed = reply_to, failed
    row.card, row.sources, row.buttons = values["card"], values["sources"], values["buttons"]
    tx.add(row)
    tx.add_all(ChatOffer(**offer) for offer in offers)
    return row


def reply_values(session_id: str, reply: BotReply) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What is stored of an answer beside its text, and the offers that its buttons become."""
    offers: list[dict[str, Any]] = []

    def offer(title: str, command: str) -> str:
        """Keeps what a button does; gives the opaque id that the browser sees instead."""
        number = secrets.token_urlsafe(12)
        offers.append(
            {"id": number, "session_id": session_id, "title": str(title)[:TITLE_LIMIT], "command": str(command)}
        )  # fmt: skip
        return number

    values = {
        "card": _with_offers(reply.card, offer),
        "sources": [dict(source) for source in reply.sources],
        "buttons": [
            {"title": button["title"], "payload": offer(button["title"], button["payload"])}
            for button in reply.buttons
        ],
    }
    return values, offers


def _with_offers(
    card: dict[str, Any] | None, offer: Callable[[str, str], str]
) -> dict[str, Any] | None:
    """The card, where the commands that change a fact have become offers too."""
    told = (card or {}).get("data", {}).get("understood")
    if card is None or not isinstance(told, list):
        return card
    offered = [
        {**fact, "change": offer(fact["label"], fact["change"])} if fact.get("change") else fact
        for fact in told
    ]
    return {**card, "data": {**card["data"], "understood": offered}}


def add_staff(
    tx: AsyncSession, chat: ChatSession, *, text: str, author: str, client_id: str | None,
    sources: Sequence[dict[str, Any]], now: datetime,
) -> ChatMessage:  # fmt: skip
    """Stores what a member of staff wrote; who it was is kept for the log."""
    row = _row(chat, Sender.STAFF, text, now)
    row.author, row.client_id, row.buttons = author, client_id, []
    row.sources = [dict(source) for source in sources]
    tx.add(row)
    return row


def _row(chat: ChatSession, sender: Sender, text: str, now: datetime) -> ChatMessage:
    seq = chat.next_seq
    chat.next_seq = seq + 1
    chat.last_active_at = now
    return ChatMessage(session_id=chat.id, seq=seq, sender=sender.value, text=text, at=now)


async def find_offer(tx: AsyncSession, session_id: str, payload: str) -> ChatOffer | None:
    """The offer behind a payload, if this conversation was made it."""
    found: ChatOffer | None = await tx.scalar(
        select(ChatOffer).where(ChatOffer.id == payload, ChatOffer.session_id == session_id)
    )
    return found


def named_payload(rows: Iterable[tuple[str, Sequence[dict[str, Any]]]], text: str) -> str | None:
    """The payload of the button that says just this, in the messages since the citizen wrote, newest first."""
    said = _plain(text)
    if not said or len(text) > TITLE_LIMIT:
        return None
    for sender, buttons in rows:
        if sender == Sender.CITIZEN:
            return None
        for button in buttons:
            if _plain(button["title"]) == said:
                return str(button["payload"])
    return None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


async def messages(
    tx: AsyncSession, session_id: str, *, after: int = 0, reply_to: int | None = None
) -> list[Message]:
    """The messages after a sequence number, in order; or only those that answer one message."""
    query = select(ChatMessage).where(ChatMessage.session_id == session_id, ChatMessage.seq > after)
    if reply_to is not None:
        query = query.where(ChatMessage.reply_to == reply_to)
    rows: Sequence[ChatMessage] = (await tx.scalars(query.order_by(ChatMessage.seq))).all()
    return [as_message(row) for row in rows]


def as_message(row: ChatMessage) -> Message:
    """A stored message in the contract's shape."""
    return message_of(
        row.seq, Sender(row.sender), row.text, row.at,
        {"buttons": row.buttons, "card": row.card, "sources": row.sources},
    )  # fmt: skip


def message_of(
    seq: int, sender: Sender, text: str, at: datetime, values: Mapping[str, Any]
) -> Message:
    """A message in the contract's shape, from what is stored of it."""
    return Message(
        seq=seq,
        sender=sender,
        text=text,
        buttons=[Button(**button) for button in values["buttons"]],
        card=values["card"],
        sources=[Source(**known_fields(source)) for source in values["sources"]],
        at=at,
    )


def known_fields(source: dict[str, Any]) -> dict[str, Any]:
    """The part of a source that the contract names."""
    return {key: source[key] for key in Source.model_fields if source.get(key) is not None}


async def erase(tx: AsyncSession, session_id: str) -> None:
    """Removes a conversation and everything in it, a complaint that was being written too; one that was sent stays."""
    await drop_owned(tx, owner(session_id))
    for table in (ChatOffer, ChatMessage):
        await tx.execute(delete(table).where(table.session_id == session_id))
    await tx.execute(delete(ChatSession).where(ChatSession.id == session_id))


async def expired(tx: AsyncSession, now: datetime, limit: int = 200) -> list[str]:
    """Conversations whose time is up."""
    rows = await tx.scalars(
        select(ChatSession.id).where(ChatSession.expires_at <= now).limit(limit)
    )
    return list(rows)
