"""Meets a day told before anything else: as the letter's, where a letter was asked for, else with a question."""

from __future__ import annotations

from actions.days import is_day_alone
from actions.listening import Turn
from actions.matter import LETTER, remember
from actions.ports import Event
from actions.turns import words_of


def say_day_first(turn: Turn) -> list[Event] | None:
    """Keeps the day for what is told next, and asks for that; None where the message is something else."""
    before, text = turn.before, words_of(turn.tracker)
    waits_for_letter = before.stage == LETTER
    if before.asked is not None or not (waits_for_letter or not before.open and not before.begun):
        return None
    if not is_day_alone(text, turn.today):
        return None
    response = "utter_letter_day" if waits_for_letter else "utter_day_of_what"
    turn.dispatcher.utter_message(response=response)
    kept = before.said(text)
    return remember(kept.at(LETTER) if waits_for_letter else kept, before)
