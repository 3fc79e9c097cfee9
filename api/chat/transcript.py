"""Writes a conversation down for the citizen to keep."""

from __future__ import annotations

from api.chat.model import Message
from api.clock import DENMARK
from api.words import Words


def as_text(messages: list[Message], words: Words, language: str) -> str:
    """The conversation as plain text, with sources, in Danish time."""
    parts = [words(language, "transcript_title"), words(language, "transcript_note")]
    for message in messages:
        at = message.at.astimezone(DENMARK).strftime("%d.%m.%Y %H:%M")
        lines = [f"{words(language, f'sender.{message.sender.value}')} ({at})", message.text]
        if message.sources:
            named = (
                f"- {source.label}{', ' + source.paragraph if source.paragraph else ''}"
                for source in message.sources
            )
            lines += [f"{words(language, 'sources')}:", *named]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"
