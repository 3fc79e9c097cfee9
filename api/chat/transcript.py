"""Writes a conversation down for the citizen to keep."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from api.chat.model import Message, Source
from api.clock import DENMARK
from api.pdf import render_pdf
from api.words import Words

TEMPLATE = Path(__file__).parent / "transcript.typ"


def as_text(messages: list[Message], words: Words, language: str) -> str:
    """The conversation as plain text, with sources, in Danish time."""
    parts = [words(language, "transcript_title"), words(language, "transcript_note")]
    for message in messages:
        lines = [heading(message, words, language), message.text]
        if message.sources:
            named = (f"- {citation(source)}" for source in message.sources)
            lines += [f"{words(language, 'sources')}:", *named]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def as_pdf(messages: list[Message], words: Words, language: str, *, written_at: datetime) -> bytes:
    """The conversation as a tagged PDF; takes long enough to call it in a thread."""
    shown: list[dict[str, Any]] = [
        {
            "heading": heading(message, words, language),
            "paragraphs": [part.splitlines() for part in message.text.split("\n\n") if part],
            "sources": [citation(source) for source in message.sources],
        }
        for message in messages
    ]
    data = {
        "lang": language,
        "title": words(language, "transcript_title"),
        "note": words(language, "transcript_note"),
        "sources": words(language, "sources"),
        "messages": shown,
    }
    return render_pdf(TEMPLATE, data, written_at=written_at)


def heading(message: Message, words: Words, language: str) -> str:
    """Who wrote a message, and when."""
    at = message.at.astimezone(DENMARK).strftime("%d.%m.%Y %H:%M")
    return f"{words(language, f'sender.{message.sender.value}')} ({at})"


def citation(source: Source) -> str:
    """A source as people read it."""
    return f"{source.label}, {source.paragraph}" if source.paragraph else source.label
