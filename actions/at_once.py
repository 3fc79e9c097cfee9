"""Answers what is not left to the search: a deadline that ends at once, a lawyer, a court, what comes after a board."""

from __future__ import annotations

from actions.answering import say_place
from actions.days import only_day
from actions.inferring import COMMITTEE_DECIDES
from actions.listening import Turn
from actions.ports import Event, Ports
from actions.signs import Sign, is_question, shows
from actions.turns import words_of

# The articles that say it, and where in them.
SHORT_COMPLAINT = ("klage-over-afgoerelse", "kort-klage")
OTHER_ROUTES = ("klage-over-afgoerelse", "andre-veje")
IN_COURT = ("ombudsmand-tilsyn-domstol", "domstolene")
BEING_HEARD = ("inddragelse-aktindsigt-partshoering", "tre-ting")
AFTERWARDS = ("ombudsmand-tilsyn-domstol", "kort")
# Longer messages tell a matter.
AT_MOST = 16


def say_at_once(turn: Turn, ports: Ports, *, offer: bool) -> list[Event] | None:
    """Says it; None where it is nothing of the kind, or tells of a matter."""
    place = _asked_for(turn)
    return say_place(turn.dispatcher, ports, place, turn.lang, offer=offer) if place else None


def _asked_for(turn: Turn) -> tuple[str, str] | None:
    text, before = words_of(turn.tracker), turn.before
    if len(text.split()) > AT_MOST:
        return None
    in_care = before.facts.get("subject") in COMMITTEE_DECIDES
    if in_care and is_question(text) and shows(text, Sign.lawyer):
        return OTHER_ROUTES
    if not before.begun and is_question(text) and shows(text, Sign.heard_first):
        return BEING_HEARD
    if not before.begun and shows(text, Sign.after_board):
        return AFTERWARDS
    if not before.begun and shows(text, Sign.court) and not shows(text, Sign.decided):
        return IN_COURT
    ends = shows(text, Sign.deadline_near) and not shows(text, Sign.decided)
    bare = not before.begun and only_day((text,), turn.today) in (None, turn.today)
    return SHORT_COMPLAINT if ends and bare else None
