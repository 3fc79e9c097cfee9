"""What measures the search must not be what it was made from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from knowledge.articles import load_articles
from knowledge.evaluation.overlap import near_duplicates
from knowledge.evaluation.questions import Half, load_questions
from knowledge.models.corpus import load_corpus
from knowledge.search.outside import load_outside


def test_a_near_copy_is_found_and_another_question_is_not() -> None:
    texts = ["Hvor hurtigt skal kommunen svare på min klage?", "Hvem er borgmester?"]
    (found,) = near_duplicates(["hvor hurtigt skal kommunen svare paa min klage"], texts)
    assert found.text == texts[0]
    assert not list(near_duplicates(["Hvornår hører jeg fra jer?"], texts))


def _training_text() -> Iterator[str]:
    for article in load_articles():
        yield from (article.title, article.summary, *article.questions)
        yield from (block.text for _, block in article.blocks())
    corpus = load_corpus()
    yield from corpus.danish
    yield from corpus.english
    yield from (unit.text for unit in load_outside())


# Two words everybody searches for are no leak: one cannot ask for mediation without the word.
SHORT = 3


@pytest.mark.parametrize("half", ["dev", "final"])
def test_no_question_is_nearly_in_the_training_text(half: Half) -> None:
    ids = {q.text: q.id for q in load_questions(half) if len(q.text.split()) > SHORT}
    found = near_duplicates(ids, _training_text())
    # By id: the final half is not for reading.
    assert [(ids[one.question], one.text) for one in found] == []


def test_the_halves_do_not_repeat_each_other() -> None:
    ids = {q.text: q.id for q in load_questions("final") if len(q.text.split()) > SHORT}
    found = near_duplicates(ids, [q.text for q in load_questions("dev")])
    assert [(ids[one.question], one.text) for one in found] == []


def test_there_are_enough_questions_of_every_style() -> None:
    halves = [load_questions("dev"), load_questions("final")]
    assert sum(len(half) for half in halves) >= 400
    for half in halves:
        styles = {question.style for question in half}
        assert styles == {
            "plain", "typo", "ascii", "long", "terse", "emotional", "dialect", "caseworker", "english",
        }  # fmt: skip
        assert any(not question.answerable for question in half)
