"""Finding the subject area in what a person writes: right, or honestly in doubt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.rules.loader import load_areas
from knowledge.rules.subjects import load_finder
from knowledge.rules.subjects_measured import load_rows, measure, report
from knowledge.text.folding import similarity


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("de har stoppet min kontanthjælp", "bif_kontanthjaelp"),
        ("p-bøde", "tmf_parkeringsafgift"),
        ("P-BOEDE!!", "tmf_parkeringsafgift"),
        ("min søns plads i børnehaven", "buf_dagtilbud_plads"),
        ("they stopped my cash benefit", "bif_kontanthjaelp"),
        # The subject stands in one piece of a story that holds much else.
        (
            "De har stoppet min kontanthjælp, og jeg fik brevet den 12. november med posten, og nu er "
            "jeg ked af det",
            "bif_kontanthjaelp",
        ),
    ],
)
def test_what_people_say_finds_the_area(text: str, area: str) -> None:
    assert load_finder().find(text).area == area


@pytest.mark.parametrize("text", ["", "???", "hej", "jeg vil klage", "æøå", "👍", "1234567"])
def test_what_says_nothing_finds_nothing(text: str) -> None:
    match = load_finder().find(text)
    assert match.area is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_a_match_is_certain_or_offers_a_few(text: str) -> None:
    match = load_finder().find(text)
    assert len(match.candidates) <= 3
    assert match.area is None or match.candidates == (match.area,)


def test_nearness_in_meaning_counts_where_it_is_handed_in() -> None:
    finder = load_finder()
    plain = finder.scores("noget med regn")["tmf_natur"]
    assert finder.scores("noget med regn", lambda _: {"tmf_natur": 1.0})["tmf_natur"] > plain


def test_nearness_in_meaning_alone_makes_no_subject_of_words_that_name_none() -> None:
    match = load_finder().find("ja tak, det vil jeg", lambda _: {"tmf_natur": 1.0})
    assert match.area is None
    assert match.candidates == ()


def test_meaning_is_looked_up_only_for_pieces_that_it_could_make_certain() -> None:
    looked_up: list[str] = []

    def nowhere(text: str) -> dict[str, float]:
        looked_up.append(text)
        return {}

    load_finder().find("De tog hele beløbet, og jeg sad bare og kiggede; kontanthjælp", nowhere)
    assert [text for text in looked_up[1:] if "kiggede" in text] == []
    assert any("kontanthjælp" in text for text in looked_up[1:])


def test_the_figures_hold_on_both_halves() -> None:
    """Floors below the measured figures: a wrong area with certainty is what must not happen."""
    for half in ("dev", "final"):
        figures = measure(load_rows(half), load_finder())  # type: ignore[arg-type]
        assert figures.false_certain <= 0.03, half
        assert figures.top1 >= 0.75, half
        assert figures.offered >= 0.8, half
    assert load_rows("dev")[0] not in load_rows("final")
    assert len(load_rows("dev")) + len(load_rows("final")) >= 300


def test_the_report_has_a_line_for_every_style() -> None:
    lines = report("dev").splitlines()
    styles = {row["style"] for row in load_rows("dev")}
    assert {line.split()[0] for line in lines[1:]} == {"all", *styles}


def test_the_questions_were_written_apart_from_the_areas_words() -> None:
    phrases = [p for a in load_areas().values() for w in a.words.values() for p in w.phrases]
    rows = load_rows("final")
    copied = [
        row["text"]
        for row in rows
        if len(row["text"]) > 25 and any(similarity(row["text"], p) > 0.5 for p in phrases)
    ]
    assert copied == []


def test_how_a_letter_came_and_who_writes_name_no_subject() -> None:
    finder = load_finder()
    told = "Afgørelse om merudgifter modtaget 4. november 2026 i Digital Post. Hilsen Lone Skov"

    assert finder.find("i Digital Post. Hilsen Lone Skov").candidates == ()
    assert set(finder.find(told).candidates) == {"sof_merudgifter_voksne", "sof_merudgifter_boern"}


def test_a_keyword_that_one_area_alone_has_names_it() -> None:
    assert load_finder().find("Jeg fik afslag på fleksjob").area == "bif_fleksjob"
