"""The articles as they ship: whole, checked, and enough of them."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.articles import Article, load_articles
from knowledge.check import check_articles, load_subjects
from knowledge.organisation import load_organisation
from knowledge.search.passages import cut_article
from knowledge.sources import load_sources


@pytest.fixture(scope="module")
def articles() -> tuple[Article, ...]:
    return load_articles(resolve=load_organisation("koebenhavn").placeholder)


def test_the_machine_finds_nothing_to_mend(articles: tuple[Article, ...]) -> None:
    # Reviews grow old by themselves; the command says so, the tests of a later day must not fail.
    today = max(article.reviewed for article in articles)
    found = check_articles(today=today, resolve=load_organisation("koebenhavn").placeholder)
    assert [str(one) for one in found] == []


def test_every_subject_is_there_in_both_languages(articles: tuple[Article, ...]) -> None:
    wanted = {(slug, lang) for slug in load_subjects() for lang in ("da", "en")}
    assert {(article.slug, article.lang) for article in articles} == wanted


def test_there_are_at_least_six_hundred_passages(articles: tuple[Article, ...]) -> None:
    register = load_sources()
    for lang in ("da", "en"):
        passages = [p for a in articles if a.lang == lang for p in cut_article(a, register)]
        assert len(passages) >= 600


def test_no_review_date_lies_before_the_review(articles: tuple[Article, ...]) -> None:
    assert all(article.reviewed < article.review_by for article in articles)
    assert all(article.reviewed >= date(2026, 1, 1) for article in articles)


@pytest.mark.parametrize("municipality", ["koebenhavn", "gentofte"])
def test_every_placeholder_has_words_in_every_profile(municipality: str) -> None:
    resolve = load_organisation(municipality).placeholder
    assert all("{{" not in b.text for a in load_articles(resolve=resolve) for _, b in a.blocks())
