"""The bot in its own short ways and the bot with Rasa as it comes say the same and remember the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.actions.fakes import fake_ports
from tests.bot.serving import ServedBot, served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

# What is said, and in which language the application has it.
CONVERSATION = (
    ("hej", "da"),
    ("Jeg fik afslag på kontanthjælp i sidste uge", "da"),
    ("Hvornår får jeg svar på min ansøgning?", "da"),
    ("/ask_more", "da"),
    ('/complain{"do": "safe"}', "da"),
    ("nej", "da"),
    ("🤷", "da"),
    ("kan vi tale engelsk?", "da"),
    ("I do not know", "en"),
    ("That did not help me", "en"),
    ("jeg vil ikke leve mere", "da"),
    ("/talk_to_human", "da"),
    ("/nobody_knows_this", "da"),
    ("Det var ikke kommunen, men Udbetaling Danmark", "da"),
    ("start forfra", "da"),
    ("tak", "da"),
    ("farvel", "da"),
)
# Of each event: what is new each time.
FLEETING = ("timestamp", "message_id", "metadata")


@pytest.fixture(scope="module")
def as_it_comes(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBot]:
    """The bot without any of the short ways."""
    var = tmp_path_factory.mktemp("plain") / "var"
    with served(model, fake_ports(), var, STAFET_RASA_FAST="0") as running:
        yield running


def told(event: dict[str, Any]) -> dict[str, Any]:
    """An event without what is new each time, and without who had the bot listen."""
    kept = {name: value for name, value in event.items() if name not in FLEETING}
    if "parse_data" in kept:
        kept["parse_data"] = {k: v for k, v in kept["parse_data"].items() if k not in FLEETING}
    if event.get("name") == "action_listen":
        return {"event": event["event"], "name": event["name"]}
    return kept


def test_same_words_same_slots_and_same_events(bot: ServedBot, as_it_comes: ServedBot) -> None:
    for text, lang in CONVERSATION:
        said = [one.say("same-in-both", text, lang=lang) for one in (bot, as_it_comes)]
        assert said[0] == said[1], text

    records = [one.tracker("same-in-both", "ALL") for one in (bot, as_it_comes)]
    fast, plain = ([told(event) for event in record["events"]] for record in records)
    assert fast == plain
    assert records[0]["slots"] == records[1]["slots"]
    assert len([event for event in fast if event["event"] == "user"]) >= len(CONVERSATION)

    # The short ways were really gone, and all of them.
    listened = {event.get("policy") for event in records[0]["events"]}
    assert "TurnIsOver" in listened
    assert "TurnIsOver" not in {event.get("policy") for event in records[1]["events"]}
    for one in (bot, as_it_comes):
        assert "lean.left_out" not in one.log.read_text(errors="replace")
