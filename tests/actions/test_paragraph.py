"""Who asks for a paragraph hears what cites it, and nothing that cites another."""

from __future__ import annotations

import pytest
import yaml

from actions.paragraph import FILE, of_same_law, paragraph_in
from knowledge.articles import LANGS, load_articles
from knowledge.search.passages import cut_article
from knowledge.sources import load_sources
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("Hvad står der i § 19 i forvaltningsloven?", ("fvl", "§ 19")),
        ("hvad siger forvaltningslovens paragraf 24", ("fvl", "§ 24")),
        ("What is section 13 of the Ombudsman Act?", ("ombudsmandsloven", "§ 13")),
        ("paragraf 25 fvl", ("fvl", "§ 25")),
        ("hvad står der i § 19", None),
        ("hvad står der i forvaltningsloven om partshøring", None),
    ],
)
def test_a_law_and_a_paragraph_are_found_in_a_question(
    asked: str, named: tuple[str, str] | None
) -> None:
    assert paragraph_in(asked, load_sources()) == named


def test_what_nothing_cites_is_not_answered_with_something_else() -> None:
    talking = Talking(fake_ports())
    talking.ask("hvad siger forvaltningslovens § 19 om svar?")
    assert talking.responses == ["utter_no_answer"]


def test_what_a_paragraph_says_leads_to_a_passage_for_citizens_in_every_language() -> None:
    sources = load_sources()
    articles = {(article.slug, article.lang): article for article in load_articles()}
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    named = [(row["law"], paragraph) for row in rows for paragraph in row["paragraphs"]]
    assert len(set(named)) == len(named)
    for row in rows:
        assert sources.get(row["law"]).kind == "law"
        assert row["confidence"] in ("verified", "partly", "unverified")
        for lang in LANGS:
            assert row["says"][lang]
            passages = cut_article(articles[row["article"], lang], sources)
            assert any(
                one.anchor == row["anchor"]
                and one.audience == "citizen"
                and one.municipality in ("general", "koebenhavn")
                for one in passages
            ), (row["article"], row["anchor"], lang)


def test_a_paragraph_alone_is_one_of_the_law_that_was_asked_for_before() -> None:
    before, sources = "hvad siger § 24 i forvaltningsloven", load_sources()
    assert paragraph_in(of_same_law("og § 7?", before, sources), sources) == ("fvl", "§ 7")
    assert of_same_law("og § 7?", "", sources) == "og § 7?"
