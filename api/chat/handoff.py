"""What a citizen is told on the way to a person: who can be reached, the queue, a call back, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from api.chat.hours import ALWAYS, Hours
from api.chat.rasa import BotReply
from api.words import Words
from knowledge.rules.wording import capitalise

# Whom a citizen may turn to, in this order: the municipality's switchboard, then Borgerrådgiveren.
CONTACTS = ("hovednummer", "borgerraadgiveren")
WHISTLEBLOWER = "whistleblower"

# What the application's own buttons do; the bot is never given these.
OWN = "stafet:"
GIVE_UP = f"{OWN}give_up"
SAY_ANYWAY = f"{OWN}say_anyway"
DROP_WORDS = f"{OWN}drop_words"

# The fields of a call-back request: name, whether it must be filled in, the longest value.
CALLBACK_FIELDS = (("name", True, 200), ("phone", True, 40), ("when", False, 200))


class Directory(Protocol):
    """What is asked of the organisation's data."""

    def placeholder(self, key: str, lang: str) -> str:
        """The text for `contact.field`."""
        ...

    def reach(self, contact_id: str, lang: str) -> str:
        """One line with every way to reach a contact."""
        ...

    def opening_hours(self, contact_id: str) -> Hours | None:
        """When the contact is open, or None when no source says."""
        ...


@dataclass(frozen=True)
class Place:
    """Where somebody stands: the place in the queue, and the usual wait where enough is known."""

    position: int | None = None
    minutes: int | None = None


class HandoffDesk:
    """Finds the words, from the organisation's data and from words kept as data."""

    def __init__(self, directory: Directory, words: Words, hours_of: str = CONTACTS[0]) -> None:
        self.directory = directory
        self.words = words
        self.hours_of = hours_of

    def chat_hours(self) -> Hours | None:
        """When the live chat is open; nothing when those on duty decide alone."""
        return None if self.hours_of == ALWAYS else self.directory.opening_hours(self.hours_of)

    def lines(self, language: str) -> str:
        """One line per contact, with its ways and hours."""
        return "\n".join(self._line(contact, language) for contact in CONTACTS)

    def _line(self, contact: str, language: str) -> str:
        return self.words(
            language, "reach_line",
            name=capitalise(self.directory.placeholder(f"{contact}.name", language)),
            how=self.directory.reach(contact, language),
        )  # fmt: skip

    def opening_hours(self, language: str) -> list[str]:
        """The opening hours of the contacts, as text."""
        return [self.directory.placeholder(f"{contact}.hours", language) for contact in CONTACTS]

    def callback_fields(self, language: str) -> list[dict[str, Any]]:
        """What somebody fills in who wants to be called."""
        return [
            {"name": name, "label": self.words(language, f"callback.{name}"),
             "required": required, "max": longest}
            for name, required, longest in CALLBACK_FIELDS
        ]  # fmt: skip

    def closed_reply(self, language: str, reason: str = "nobody_on_duty") -> BotReply:
        """What a citizen is told who asks for a person while nobody can come."""
        text = "\n\n".join(
            (
                self.words(language, reason),
                self.lines(language),
                self.words(language, "deadline_reminder"),
            )
        )
        data = {
            "state": "closed",
            "opening_hours": self.opening_hours(language),
            "callback_fields": self.callback_fields(language),
        }
        return BotReply(text=text, card={"type": "handoff", "data": data})

    def waiting_reply(self, language: str, place: Place, key: str = "handoff.waiting") -> BotReply:
        """What a citizen is told who stands in the queue."""
        parts = [self.words(language, key)]
        if place.position is not None:
            parts.append(self.words(language, "handoff.position", position=place.position))
        if place.minutes is not None:
            parts.append(self.words(language, "handoff.minutes", minutes=place.minutes))
        data = {"state": "waiting", "position": place.position, "waiting_minutes": place.minutes}
        return BotReply(
            text=" ".join(parts),
            buttons=[{"title": self.words(language, "handoff.give_up"), "payload": GIVE_UP}],
            card={"type": "handoff", "data": data},
        )

    def told(self, language: str, key: str, state: str, **values: object) -> BotReply:
        """A short message about where the conversation is now."""
        return BotReply(
            text=self.words(language, f"handoff.{key}", **values),
            card={"type": "handoff", "data": {"state": state}},
        )

    def warning(self, language: str) -> BotReply:
        """What is said before words are kept that may reveal who reports wrongdoing."""
        text = "\n\n".join(
            (
                self.words(language, "wrongdoing.warning"),
                self._line(WHISTLEBLOWER, language),
                self.words(language, "wrongdoing.choice"),
                # The screen may be wrong about words that tell of danger.
                self.words(
                    language,
                    "wrongdoing.danger",
                    alarm=self.directory.placeholder("alarm.phone", language),
                ),
            )
        )
        buttons = [
            {"title": self.words(language, "wrongdoing.drop"), "payload": DROP_WORDS},
            {"title": self.words(language, "wrongdoing.go_on"), "payload": SAY_ANYWAY},
        ]
        return BotReply(text=text, buttons=buttons)
