"""What was understood is shown, unless it goes without saying."""

from __future__ import annotations

import pytest

from actions.understood import for_card, lines
from knowledge.guidance import load_profile
from tests.actions.fakes import fake_ports
from tests.actions.talking import Talking


@pytest.mark.parametrize("lived_in", ["koebenhavn", "gentofte", "other"])
@pytest.mark.parametrize("served", ["koebenhavn", "gentofte"])
def test_another_municipality_than_the_one_served_is_shown_and_can_be_changed(
    served: str, lived_in: str
) -> None:
    book = load_profile(served).book
    facts = {"municipality": lived_in, "acute": False}
    shown = for_card(facts, "da", book)
    told = lines(facts, facts, "da", book)
    if lived_in == served:
        assert (shown, told) == ([], "")
    else:
        assert [one["fact"] for one in shown] == ["municipality"]
        assert shown[0]["change"] == '/correct{"change": "municipality"}'
        assert shown[0]["value_text"] in told
        # A name, and not the word of the vocabulary.
        assert shown[0]["value_text"] != lived_in


def test_who_names_another_municipality_at_once_has_corrected_nothing() -> None:
    talking = Talking(fake_ports())
    talking.say("Jeg bor i Gentofte og har fået afslag på hjemmehjælp den 1. november")
    assert talking.facts["municipality"] == "gentofte"
    assert not [one for one in talking.responses if "corrected" in one]
    assert "Gentofte" in str(talking.turn.said)
