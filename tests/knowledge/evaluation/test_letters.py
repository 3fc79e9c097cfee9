"""The made-up letters and the wrongdoing messages: sound, varied, and about nobody."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.rules.loader import load_areas

EVALUATION = Path(__file__).resolve().parents[3] / "knowledge" / "evaluation"
LETTERS = sorted((EVALUATION / "letters").glob("*.yaml"))
GUIDANCE = {"complete", "incomplete", "doubtful", "missing", "says_final"}


def read(path: Path) -> Any:
    """One file of data."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_letter_expects_only_what_stands_in_it(path: Path) -> None:
    letter = read(path)
    text, expect = letter["text"], letter["expect"]

    assert expect["guidance"] in GUIDANCE
    assert (expect["guidance"] == "incomplete") == ("lacks" in expect)
    assert any(flat(name) in flat(text) for name in expect["authority"])
    assert all(words in text for words in expect["private"])
    if expect["appeal_body"]:
        assert flat(expect["appeal_body"]) in flat(text)
    assert set(expect.get("subject", ())) <= set(load_areas())
    assert "decision_received" not in expect.get("facts", {})


def test_the_letters_are_many_and_varied() -> None:
    kinds = Counter(read(path)["expect"]["guidance"] for path in LETTERS)

    assert len(LETTERS) >= 24
    assert set(kinds) == GUIDANCE


def test_wrongdoing_is_told_from_what_only_sounds_like_it() -> None:
    halves = [read(EVALUATION / "wrongdoing" / f"{half}.yaml") for half in ("tune", "final")]
    for kind in ("wrongdoing", "other"):
        texts = [text for half in halves for text in half[kind]]
        assert len(set(texts)) == len(texts) >= 60


def flat(text: str) -> str:
    """The letters alone, as neither line breaks nor hyphens change them."""
    return "".join(text.split()).replace("-", "").lower()
