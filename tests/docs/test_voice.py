"""Texts for citizens are short, plain and without promises, as the page of the voice asks; its own examples too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.words import LANGUAGES, load_words
from knowledge.text.readability import count_words, lix
from tests.docs.repository import ROOT

PAGE = ROOT / "docs" / "voice.md"
# Where sentences for citizens stand; beside them, the pages of staff that citizens' cases are told on.
FOLDERS = (
    "api/chat/texts", "api/complaints/i18n", "api/guidance/i18n", "api/knowledge/i18n",
    "api/oversight/informal_words", "api/problem_texts", "api/staff/canned",
    "api/staff/learning_words", "api/staff/register_words", "api/web/complaint_i18n", "api/web/i18n",
)  # fmt: skip
ABBREVIATION = re.compile(r"\b(?:stk|nr|jf|fx|kap|litra|no|kl)\.")
SENTENCE = re.compile(r"[.!?:](?:\s|$)|\n")
GAP = re.compile(r"\{\w+\}")


def numbers() -> tuple[int, int]:
    """The most words of a sentence and the highest LIX, as the page says them."""
    found = re.findall(r"\*\*(\d+)\*\*", PAGE.read_text("utf-8"))
    return int(found[0]), int(found[1])


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    part = PAGE.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def left_out() -> list[str]:
    return [row[0] for row in rows("Words to leave out")]


def sentences(text: str) -> Iterator[str]:
    plain = ABBREVIATION.sub(lambda match: match[0][:-1], GAP.sub("x", text))
    yield from (part for part in SENTENCE.split(plain) if part.strip())


@pytest.mark.parametrize("folder", FOLDERS)
def test_texts_are_short_and_plain(folder: str) -> None:
    words = load_words(ROOT / Path(folder))
    longest, hardest = numbers()
    for language in LANGUAGES:
        texts = words.by_language[language]
        for key, text in texts.items():
            too_long = [one for one in sentences(text) if count_words(one) > longest]
            assert not too_long, (language, key, too_long)
        assert lix("\n".join(texts.values())) <= hardest
    for key, text in words.by_language["da"].items():
        assert not [one for one in left_out() if one in text.casefold()], key


def test_the_page_names_words_and_keeps_its_own_rules() -> None:
    longest, hardest = numbers()
    assert (longest, hardest) == (20, 35)
    assert len(left_out()) > 8
    told = rows("What the strategy asks for, and what it means here")
    assert len(told) == 7
    right = [row[2] for row in told]
    assert lix("\n".join(right)) <= hardest
    for text in right:
        assert all(count_words(one) <= longest for one in sentences(text)), text
        assert not [one for one in left_out() if one in text.casefold()]
