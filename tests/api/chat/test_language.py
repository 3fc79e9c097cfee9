"""The language of a conversation: the citizen's own words decide, and no letter of the authority's."""

from __future__ import annotations

import pytest

from api.chat.language import language_after

LETTER = """Københavns Kommune
Ydelsesservice

Dato: 12. november 2026

Kære Birthe Opdigtet

Vi har besluttet at stoppe din kontanthjælp fra den 1. december 2026 efter § 13 i lov om aktiv socialpolitik.

Med venlig hilsen
Ole Opfundet
"""


@pytest.mark.parametrize(
    ("text", "language", "first", "after"),
    [
        (LETTER, "en", False, "en"),
        (LETTER, "da", True, "da"),
        (f"Please tell me what this means\n\n{LETTER}", "da", True, "en"),
        (f"Kan du forklare mig det her?\n\n{LETTER}", "en", False, "da"),
        ("I do not understand the letter at all", "da", False, "en"),
        ("kontanthjælp", "en", False, "en"),
    ],
)
def test_a_danish_letter_leaves_an_english_conversation_english(
    text: str, language: str, first: bool, after: str
) -> None:
    assert language_after(text, language, first=first) == after
