"""Making replies out of passages."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from actions.passages import (
    LONGEST_TITLE,
    in_doubt,
    next_passage,
    reply_text,
    shorten,
    subject_buttons,
)
from knowledge.search.model import Passage, SearchResult
from tests.actions.fakes import FakeKnowledge


def result() -> SearchResult:
    """One made-up result."""
    return FakeKnowledge().search(
        "svar", audience="citizen", lang="da", municipality=None, limit=1
    ).results[0]  # fmt: skip


def passage(anchor: str, text: str) -> Passage:
    """A passage of a made-up article."""
    return Passage(
        key=anchor, article="a", lang="da", title="T", section=anchor, anchor=anchor,
        audience="citizen", municipality="general", text=text, sources=(), confidence="verified",
    )  # fmt: skip


def test_a_short_text_stays_as_it_is() -> None:
    assert shorten("Kort. Godt.", 50) == "Kort. Godt."


def test_a_long_text_ends_with_a_whole_sentence() -> None:
    assert shorten("En. To to to. Tre tre tre tre.", 15) == "En. To to to."


def test_a_long_text_without_sentences_ends_between_words() -> None:
    assert shorten("aaa bbb ccc ddd", 9) == "aaa bbb …"


@given(st.text(max_size=400), st.integers(20, 100))
def test_no_text_grows_or_passes_the_limit_by_more_than_its_sign(text: str, longest: int) -> None:
    assert len(shorten(text, longest)) <= max(longest, 0) + 2


def test_what_rasa_reads_as_a_gap_is_taken_apart() -> None:
    assert "0[" not in reply_text(replace(result(), text="Se bilag 10[2]."))


def test_only_what_nobody_confirmed_is_in_doubt() -> None:
    assert in_doubt(replace(result(), confidence="unverified"))
    assert not in_doubt(replace(result(), confidence="partly"))


def test_subjects_come_once_at_most_three_and_fit_a_phone() -> None:
    many = [replace(result(), article=f"a{i % 4}", title=f"{'ord ' * 30}{i % 4}") for i in range(8)]

    buttons = subject_buttons(many)

    assert [b["payload"] for b in buttons] == [
        f'/ask_question{{"article": "a{i}"}}' for i in range(3)
    ]
    assert all(len(b["title"]) <= LONGEST_TITLE + 2 for b in buttons)


def test_reading_on_goes_section_by_section() -> None:
    passages = [passage("a", "1"), passage("a", "2"), passage("b", "3")]

    first, second = next_passage(passages, None), next_passage(passages, "a")

    assert first is passages[0]
    assert second is passages[2]
    assert next_passage(passages, "b") is None
    assert next_passage([], None) is None


def test_reading_on_from_a_section_that_was_rewritten_begins_again() -> None:
    passages = [passage("a", "1"), passage("b", "2")]

    assert next_passage(passages, "gone") is passages[0]
