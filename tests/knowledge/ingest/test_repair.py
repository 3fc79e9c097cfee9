"""The faults are those of real extractions; the texts are made up."""

from __future__ import annotations

import pytest

from knowledge.ingest.repair import (
    drop_running_lines,
    fragments_of,
    join_lines,
    split_side_by_side,
)


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["en sags-", "behandler"], "en sagsbehandler"),
        (["en sags-", "", "behandler"], "en sagsbehandler"),
        (["rets- ", "og kontorhjælp"], "rets- og kontorhjælp"),
        (["reglerne i EU-", "retten"], "reglerne i EU- retten"),
        (["for\u00advalt\u00ad", "ningen"], "forvaltningen"),
        (["to  ord", " her"], "to ord her"),
    ],
)
def test_words_broken_at_line_ends_are_joined(lines: list[str], whole: str) -> None:
    assert join_lines(lines) == whole


def test_headers_and_page_numbers_that_repeat_are_dropped() -> None:
    pages = [
        ["Vejledning om svar", f"Linje om {word}.", "Mere.", f"Slut om {word}.", str(n)]
        for n, word in enumerate(("fisk", "får", "frugt", "fjer"), start=1)
    ]
    cleaned = drop_running_lines(pages)
    assert cleaned[2] == ["Linje om frugt.", "Mere.", "Slut om frugt."]
    assert all("Vejledning om svar" not in page for page in cleaned)
    assert all(str(n) not in page for n, page in enumerate(cleaned, start=1))


def test_a_heading_that_stands_once_is_kept() -> None:
    assert drop_running_lines([["Indledning", "a", "b"], ["Afslutning", "c", "d"]]) == [
        ["Indledning", "a", "b"],
        ["Afslutning", "c", "d"],
    ]


BOX = """Kommunen skal altid sørge for, at en borger som har skrevet, får at vide
hvornår der kommer et svar, og hvis det trækker ud, skal der sendes en
besked om hvorfor. Det gælder også for de sager, hvor borgeren selv


HUSK DATOEN

Skriv datoen i kalenderen,
så den ikke bliver glemt.
 har bedt om mere tid til at finde sine papirer frem. Det er ikke nok at
ringe."""


def test_a_box_in_mid_sentence_waits_until_the_sentence_is_over() -> None:
    before, box = fragments_of(BOX.splitlines())
    assert "hvor borgeren selv har bedt om mere tid" in before.text
    assert before.text.endswith("ringe.")
    assert box.kind == "box"
    assert box.text == "Husk datoen: Skriv datoen i kalenderen, så den ikke bliver glemt."


def test_a_paragraph_parted_by_a_blank_line_is_joined() -> None:
    (only,) = fragments_of(["Svaret skal være ven-", "", "ligt og", "", "klart."])
    assert only.text == "Svaret skal være venligt og klart."


def test_capitals_make_a_heading_and_two_lines_of_them_one() -> None:
    heading, text = fragments_of(["PLIGTEN TIL AT", "SVARE", "", "Alle skal svare."])
    assert (heading.kind, heading.text) == ("heading", "Pligten til at svare")
    assert text.kind == "paragraph"


def test_dashes_begin_items_only_where_a_sentence_is_over() -> None:
    text = fragments_of(["Kommunen skal – under ledelse", "– svare hurtigt."])
    assert [f.kind for f in text] == ["paragraph"]
    items = fragments_of(["Husk:", "- pas", "- penge"])
    assert [(f.kind, f.text) for f in items[1:]] == [("item", "pas"), ("item", "penge")]


def test_two_columns_on_the_same_lines_are_read_one_after_the_other() -> None:
    lines = [
        "Den første spalte     Den anden spalte",
        "har sin tekst og      taler om noget",
        "den fortsætter        helt andet end",
        "her til slut.         den første.",
    ]
    (first, second) = fragments_of(lines)
    assert first.text == "Den første spalte har sin tekst og den fortsætter her til slut."
    assert second.text.startswith("Den anden spalte taler om noget")
    assert split_side_by_side(["kun en spalte her"] * 5) == ["kun en spalte her"] * 5


def test_a_quote_lifted_out_of_the_text_is_told_once() -> None:
    sentence = "Det er os der skal få tingene til at hænge sammen"
    fragments = fragments_of([f"“{sentence}”", "", f"Vi siger ofte: {sentence}, og vi mener det."])
    assert len(fragments) == 1
