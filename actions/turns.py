"""What an action reads from a turn: the words, the language, the button's subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import cast

from actions.ports import Tracker
from knowledge.articles import LANGS, Lang

# Slots of the bot's domain (bot/domain/session.yml).
LANGUAGE = "language"
GREETED = "greeted"
LAST_ARTICLE = "last_article"
LAST_ANCHOR = "last_anchor"
LAST_QUESTION = "last_question"


def language_of(tracker: Tracker) -> Lang:
    """The language to answer in; Danish as long as nobody has said otherwise."""
    language = tracker.get_slot(LANGUAGE)
    return cast(Lang, language) if language in LANGS else "da"


def words_of(tracker: Tracker) -> str:
    """What the citizen wrote, or nothing when a button was pressed."""
    text = str(tracker.latest_message.get("text") or "").strip()
    return "" if text.startswith("/") else text


def intent_of(tracker: Tracker) -> str:
    """What the bot takes the message to mean."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def confidence_of(tracker: Tracker) -> float:
    """How sure the bot is of what the message means; a button leaves no doubt."""
    intent = tracker.latest_message.get("intent") or {}
    return float(intent.get("confidence", 1.0))


def entity_of(tracker: Tracker, name: str) -> str | None:
    """The value a button carries under a name."""
    for entity in tracker.latest_message.get("entities") or []:
        if entity.get("entity") == name:
            return str(entity.get("value"))
    return None


def today_of(tracker: Tracker, otherwise: Callable[[], dt.date]) -> dt.date:
    """The day that the conversation counts from: its own where it was opened as of another day."""
    written = (tracker.latest_message.get("metadata") or {}).get("today")
    try:
        return dt.date.fromisoformat(str(written)) if written else otherwise()
    except ValueError:
        return otherwise()
