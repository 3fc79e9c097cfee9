"""Answers what cannot wait for a search: a deadline that ends at once, a lawyer where a child is taken away."""

from __future__ import annotations

from actions.answering import citizen_passages, say_passage
from actions.inferring import COMMITTEE_DECIDES, only_day
from actions.listening import Turn
from actions.ports import Event, Ports
from actions.signs import Sign, is_question, shows
from actions.turns import words_of

# The article that says it, and where in it.
ARTICLE = "klage-over-afgoerelse"
SHORT_COMPLAINT, OTHER_ROUTES = "kort-klage", "andre-veje"
# Longer messages tell a matter.
AT_MOST = 10


def say_at_once(turn: Turn, ports: Ports, *, offer: bool) -> list[Event] | None:
    """Says it; None where it is nothing of the kind, or tells of a matter."""
    anchor = _asked_for(turn)
    if anchor is None:
        return None
    passages = citizen_passages(ports, ARTICLE, turn.lang)
    found = next((one for one in passages if one.anchor == anchor), None)
    if found is None:
        return None
    return say_passage(turn.dispatcher, found, turn.lang, passages=passages, offer=offer)


def _asked_for(turn: Turn) -> str | None:
    text, before = words_of(turn.tracker), turn.before
    if len(text.split()) > AT_MOST:
        return None
    in_care = before.facts.get("subject") in COMMITTEE_DECIDES
    if in_care and is_question(text) and shows(text, Sign.lawyer):
        return OTHER_ROUTES
    ends = shows(text, Sign.deadline_near) and not shows(text, Sign.decided)
    bare = not before.begun and only_day((text,), turn.today) in (None, turn.today)
    return SHORT_COMPLAINT if ends and bare else None
