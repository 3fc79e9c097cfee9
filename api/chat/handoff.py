"""The way to a person, as long as nobody is on duty at the chat: who can be reached, how and when."""

from __future__ import annotations

from typing import Protocol

from api.chat.rasa import BotReply
from api.words import Words

# Whom a citizen may turn to, in this order: the municipality's switchboard, then Borgerrådgiveren.
CONTACTS = ("hovednummer", "borgerraadgiveren")


class Directory(Protocol):
    """What is asked of the organisation's data."""

    def placeholder(self, key: str, lang: str) -> str:
        """The text for `contact.field`."""
        ...

    def reach(self, contact_id: str, lang: str) -> str:
        """One line with every way to reach a contact."""
        ...


class HandoffDesk:
    """Says how a person is reached, from the organisation's data, in words kept as data."""

    def __init__(self, directory: Directory, words: Words) -> None:
        self.directory = directory
        self.words = words

    def lines(self, language: str) -> str:
        """One line per contact, with its ways and hours."""
        return "\n".join(
            self.words(
                language, "reach_line",
                name=self.directory.placeholder(f"{contact}.name", language),
                how=self.directory.reach(contact, language),
            )
            for contact in CONTACTS
        )  # fmt: skip

    def opening_hours(self, language: str) -> list[str]:
        """The opening hours of the contacts, as text."""
        return [self.directory.placeholder(f"{contact}.hours", language) for contact in CONTACTS]

    def closed_reply(self, language: str) -> BotReply:
        """What a citizen is told who asks for a person now."""
        text = "\n\n".join(
            (
                self.words(language, "nobody_on_duty"),
                self.lines(language),
                self.words(language, "deadline_reminder"),
            )
        )
        return BotReply(
            text=text,
            card={"type": "handoff", "data": {"state": "closed",
                                              "opening_hours": self.opening_hours(language)}},
        )  # fmt: skip
