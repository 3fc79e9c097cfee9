"""Who asks for a paragraph hears what cites it, and nothing that cites another."""

from __future__ import annotations

import pytest

from actions.paragraph import paragraph_in
from knowledge.sources import load_sources
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("Hvad står der i § 19 i forvaltningsloven?", ("fvl", "§ 19")),
        ("hvad siger forvaltningslovens paragraf 24", ("fvl", "§ 24")),
        ("What is section 13 of the Ombudsman Act?", ("ombudsmandsloven", "§ 13")),
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
