"""Takes CPR numbers out of text before it is stored, logged or shown to any model.

A CPR number is six digits of a date and four more; people write it with a hyphen, a space, dots or nothing between.
Temporary numbers add 60 to the day. Six digits, a hyphen and four digits are masked whatever the date, since
nothing else is written so; ten digits in a row only when the date is possible, so that case numbers survive.
"""

from __future__ import annotations

import re

MASK = "[CPR fjernet]"

_DASH = r"[-\u2010-\u2015\u2212\u00ad]"
_DAY = r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
_BREAK = r"[\s./]?"
_CPR = re.compile(
    rf"(?<!\d)(?:"
    rf"{_DAY}{_BREAK}{_MONTH}{_BREAK}\d\d(?:\s*{_DASH}\s*|[\s./]{{0,2}})\d{{4}}"
    rf"|{_DAY}{_DASH}{_MONTH}{_DASH}\d\d\s*{_DASH}\s*\d{{4}}"
    # A whole year is how a date is written, so only a hyphen right after it makes a CPR number of it.
    rf"|{_DAY}[-./]?{_MONTH}[-./]?(?:19|20)\d\d{_DASH}\d{{4}}"
    rf"|\d{{6}}\s?{_DASH}\s?\d{{4}}"
    # Two by two to the end, and figure by figure; a phone number has but eight.
    rf"|{_DAY} {_MONTH} \d\d {_DASH}? ?\d\d \d\d(?! \d)"
    rf"|(?<!\d )\d(?: \d){{5}} ?{_DASH}? ?\d(?: \d){{3}}(?! \d)"
    rf")(?!\d)"
)


# Marks that nobody sees: of no width, or for the direction of writing. The joiners of Persian and emoji stay.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def without_unseen(text: str) -> str:
    """The text without marks that nobody sees, which would hide a word or a number from all that reads it.

    >>> without_unseen("af\\u200bslag")
    'afslag'
    """
    return _UNSEEN.sub("", text)


REACH_MASK = "[fjernet]"
_MAIL = re.compile(r"[^\s@,;<>()\"]+@[^\s@,;<>()\"]+\.[^\s@,;<>()\".]+")
_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)45[\s-]?)?\d{2}[\s-]?\d{2}[\s-]?\d{2}[\s-]?\d{2}(?!\d)")


def mask_reach(text: str) -> str:
    """The text without mail addresses and Danish telephone numbers, where nobody shall be called or written to.

    >>> mask_reach("Ring på 12 34 56 78 eller bo@example.org")
    'Ring på [fjernet] eller [fjernet]'
    """
    return _PHONE.sub(REACH_MASK, _MAIL.sub(REACH_MASK, text))


def mask_cpr(text: str) -> str:
    """The text with every CPR number replaced by a mark.

    >>> mask_cpr("Jeg hedder Bo, 010190-1234")
    'Jeg hedder Bo, [CPR fjernet]'
    """
    return _CPR.sub(MASK, without_unseen(text))


def holds_cpr(text: str) -> bool:
    """Whether a text holds something written like a CPR number."""
    return _CPR.search(without_unseen(text)) is not None
