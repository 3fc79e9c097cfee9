"""What the words of a message show, whatever it was taken for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "signs.yaml"
# Who complains of somebody else's, in what `persons_in` finds.
NOT_OURS = "not_ours"


class Sign(StrEnum):
    """What a message may show of itself."""

    asking = "asking"
    knowing = "knowing"
    own = "own"
    refused = "refused"
    decided = "decided"
    complaining = "complaining"
    willing = "willing"
    correcting = "correcting"
    turned = "turned"
    treatment = "treatment"
    treated_wrongly = "treated_wrongly"
    about_us = "about_us"
    numbered = "numbered"
    person = "person"
    reply = "reply"
    deadline = "deadline"
    what_now = "what_now"
    understand = "understand"
    drafting = "drafting"
    sending = "sending"
    keeping = "keeping"
    unsure = "unsure"
    dropped = "dropped"
    disagreeing = "disagreeing"
    tax = "tax"
    parking_company = "parking_company"
    neighbours = "neighbours"
    safe = "safe"
    to_me = "to_me"
    works_here = "works_here"
    harm = "harm"
    told_already = "told_already"
    instead = "instead"
    wrote = "wrote"
    withdrawing = "withdrawing"
    odds = "odds"
    how_long = "how_long"
    to_dismiss = "to_dismiss"
    status = "status"
    help_writing = "help_writing"
    about = "about"
    takes_back = "takes_back"
    left_out = "left_out"
    beside = "beside"
    last_time = "last_time"
    letter = "letter"
    only_person = "only_person"
    only_day = "only_day"
    costs = "costs"
    complaint = "complaint"
    fraud_tip = "fraud_tip"
    but = "but"
    amiss = "amiss"
    need = "need"
    rent = "rent"
    deadline_near = "deadline_near"
    lawyer = "lawyer"
    own_terms = "own_terms"
    two = "two"
    charge = "charge"
    permitted = "permitted"
    heard_first = "heard_first"
    fears = "fears"
    adult = "adult"
    complained_of = "complained_of"
    costs_alone = "costs_alone"
    put_out = "put_out"
    child = "child"
    own_child = "own_child"
    crying = "crying"
    noise = "noise"
    court = "court"
    after_board = "after_board"
    not_named = "not_named"
    the_other = "the_other"
    new_decision = "new_decision"


def shows(text: str, sign: Sign) -> bool:
    """Whether the message shows it."""
    return _signs("message")[sign].search(text) is not None


def without(text: str, sign: Sign) -> str:
    """The text without the words that show it."""
    return _signs("message")[sign].sub(" ", text)


def day_alone(text: str) -> int | None:
    """The day of the month, where a message names one without its month and nothing else."""
    found = _signs("message")[Sign.only_day].match(text)
    return int(found["day"]) if found is not None else None


def after(text: str, sign: Sign) -> str | None:
    """What the message says after the last words that show it; None where nothing shows it."""
    places = list(_signs("message")[sign].finditer(text))
    return text[places[-1].end() :] if places else None


def after_first(text: str, sign: Sign) -> str | None:
    """What the message says after the first words that show it; None where nothing shows it."""
    place = _signs("message")[sign].search(text)
    return text[place.end() :] if place is not None else None


def persons_in(text: str) -> list[str]:
    """Who the writer says that they are: `minor`, `exempt`, `interpreter`."""
    return [name for name, pattern in _signs("persons").items() if pattern.search(text)]


def is_question(text: str) -> bool:
    """Whether the text asks something, with or without its mark."""
    return text.rstrip(" )").endswith("?") or shows(text, Sign.asking)


def wants_to_know(text: str) -> bool:
    """Whether the text wants to know something, also where it puts no question."""
    return is_question(text) or shows(text, Sign.knowing)


@cache
def _signs(kind: str) -> Mapping[str, re.Pattern[str]]:
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))[kind]
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in rows.items()}
