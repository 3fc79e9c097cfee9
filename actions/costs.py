"""Answers what it costs to complain: of the matter's own area where one is named, else in general."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.answering import say_place
from actions.guidance_engine import Engine
from actions.listening import Turn
from actions.ports import Event, Ports
from actions.signs import Sign, is_question, shows
from actions.turns import LAST_QUESTION, words_of
from actions.understood import small
from knowledge.articles import Lang
from knowledge.rules.model import Area
from knowledge.sources import load_sources

# The article that says it, and where in it.
PRICE = ("klage-over-afgoerelse", "pris")
# A question of more words asks for more than the price.
AT_MOST = 16


def say_costs(turn: Turn, ports: Ports, engine: Engine, *, offer: bool) -> list[Event] | None:
    """Says it; None where nothing of the kind is asked for."""
    text = words_of(turn.tracker)
    if not _asks(text):
        return None
    near = engine.match(text).candidates
    named = near[0] if len(near) == 1 else turn.before.facts.get("subject")
    area = engine.profile.book.areas.get(str(named))
    if area is not None:
        _say_fee(turn, area, ours=not engine.is_not_ours(area.id))
        return [SlotSet(LAST_QUESTION, text)]
    said = say_place(turn.dispatcher, ports, PRICE, turn.lang, offer=offer)
    return [*said, SlotSet(LAST_QUESTION, text)] if said is not None else None


def _asks(text: str) -> bool:
    if shows(text, Sign.costs_alone):
        return True
    asks = is_question(text) or not shows(text, Sign.own)
    of_it = shows(text, Sign.costs) and shows(text, Sign.complaint)
    return asks and of_it and len(text.split()) <= AT_MOST


def _say_fee(turn: Turn, area: Area, *, ours: bool) -> None:
    fee, lang = area.decision.fee, turn.lang
    turn.dispatcher.utter_message(
        response="utter_fee", subject=small(area.name.of(lang)), fee=fee.of(lang),
        json_message={"sources": _sources(fee.sources, fee.confidence, lang)},
    )  # fmt: skip
    if ours:
        turn.dispatcher.utter_message(response="utter_fee_handling")
    if fee.confidence != "verified":
        turn.dispatcher.utter_message(response="utter_answer_in_doubt")


def _sources(ids: tuple[str, ...], confidence: str, lang: Lang) -> list[dict[str, str | None]]:
    register = load_sources()
    return [
        {"label": source.name(lang), "paragraph": None, "url": source.url, "confidence": confidence}
        for source in map(register.get, ids)
    ]
