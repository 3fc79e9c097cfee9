from __future__ import annotations

import pytest

from knowledge.text.citations import Citation, CitationError, take_out, well_formed


def test_several_citations_with_marks_are_taken_out() -> None:
    cited = take_out("Du har ret. [@rsl § 66 !unverified; @kkbr]")
    assert cited.text == "Du har ret."
    assert cited.citations == (Citation("rsl", "§ 66", "unverified"), Citation("kkbr"))
    assert not cited.advice


def test_advice_is_no_citation() -> None:
    cited = take_out("Gem brevet. [@-]")
    assert cited.advice
    assert cited.citations == ()


@pytest.mark.parametrize("text", ["Nej. [@]", "Nej. [@fvl § 7 !maybe]"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(CitationError):
        take_out(text)


@pytest.mark.parametrize(
    "paragraph",
    [
        "",
        "§ 7",
        "§ 19, stk. 1",
        "§ 7, stk. 3, nr. 3",
        "§ 8, nr. 1, litra b",
        "§ 24 a",
        "§ 24a, stk. 3",
        "§§ 7-11",
        "§§ 9 og 12",
        "§ 7, stk. 2, og § 8",
        "afsnit 1.3",
        "art. 15",
        "art. 15, stk. 1",
        "kap. 7a",
        "§ 11, stk. 2-3",
        "§ 8, nr. 1, litra b-c",
    ],
)
def test_paragraphs_in_the_house_form_pass(paragraph: str) -> None:
    assert well_formed(paragraph)


@pytest.mark.parametrize(
    "paragraph", ["paragraf 7", "§7", "§ 19 stk 1", "section 7", "§ 7, nogle stykker", "stk. 2"]
)
def test_other_forms_do_not(paragraph: str) -> None:
    assert not well_formed(paragraph)
