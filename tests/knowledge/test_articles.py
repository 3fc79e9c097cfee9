from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.articles import ArticleError, load_article, load_articles
from knowledge.text.citations import Citation
from tests.knowledge.fakes import MATERIAL, PHONE, resolve


def test_an_article_is_read_with_its_parts() -> None:
    article = load_article(MATERIAL / "da" / "aktindsigt.md", resolve)
    assert (article.slug, article.lang, article.collection) == ("aktindsigt", "da", "borger")
    assert article.review_by == date(2026, 7, 10)
    assert [section.anchor for section in article.sections] == ["kort", "goer", "gentofte"]
    assert len(article.questions) == 3


def test_citations_leave_the_text_and_stay_with_their_paragraph() -> None:
    article = load_article(MATERIAL / "da" / "aktindsigt.md", resolve)
    first = article.sections[0].blocks[0]
    assert first.text.endswith("Det hedder aktindsigt.")
    assert first.citations == (Citation("fvl", "§ 9, stk. 1"),)


def test_the_citation_at_the_end_of_a_list_covers_it_and_the_line_above() -> None:
    lead, first, last, advice = load_article(MATERIAL / "da" / "aktindsigt.md").sections[1].blocks
    assert lead.citations == first.citations == last.citations
    assert last.citations[1] == Citation("ofl", "§ 7", "partly")
    assert last.text == "Skriv, at du ønsker aktindsigt."
    assert advice.advice
    assert not advice.citations


def test_placeholders_are_filled_from_the_organisation() -> None:
    article = load_article(MATERIAL / "da" / "aktindsigt.md", resolve)
    assert PHONE in article.sections[1].blocks[3].text
    assert "{{" in load_article(MATERIAL / "da" / "aktindsigt.md").sections[1].blocks[3].text


def test_who_a_section_is_for_and_where_it_holds() -> None:
    by_slug = {(a.slug, a.lang): a for a in load_articles(MATERIAL)}
    guide = by_slug["svarpligt", "da"]
    assert [guide.audience(section) for section in guide.sections] == [
        "caseworker",
        "caseworker",
        "citizen",
        "caseworker",
    ]
    rights = by_slug["aktindsigt", "da"]
    assert [rights.section_municipality(s) for s in rights.sections] == [
        "general",
        "general",
        "gentofte",
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("owner: Prøveejeren\n", ""), "owner"),
        (("lang: da", "lang: se"), "lang must be"),
        (("review_by: 2026-07-10", "review_by: snart"), "review_by must be a date"),
        (("{#kort}", ""), "heading without anchor"),
        (("[@fvl § 9, stk. 1]", "[@fvl § 9 !surely]"), "unknown confidence"),
    ],
)
def test_a_broken_article_is_refused_with_its_name(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    text = (MATERIAL / "da" / "aktindsigt.md").read_text(encoding="utf-8")
    assert change[0] in text
    broken = tmp_path / "broken.md"
    broken.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(ArticleError, match=complaint) as error:
        load_article(broken)
    assert "broken.md" in str(error.value)
