"""Spelling is mended where patterns need it, and nowhere else."""

from __future__ import annotations

import pytest

from knowledge.reading.spelling import mended


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("afslga", "afslag"), ("apirl", "april"), ("komunen", "kommunen"), ("i didn't", "i did not"),
        ("har ikk klaget", "har ikke klaget"), ("fuldmaegt", "fuldmagt"), ("e-box", "eboks"),
    ],
)  # fmt: skip
def test_a_slip_is_mended(written: str, read: str) -> None:
    assert mended(written) == read


@pytest.mark.parametrize(
    "word", ["anslag", "klager", "svaert", "ventede", "afslog", "writing", "kommune", "tirsdage"]
)
def test_a_right_word_stays(word: str) -> None:
    assert mended(word) == word


def test_a_word_without_end_is_cut() -> None:
    assert len(mended("a" * 4000)) == 60
