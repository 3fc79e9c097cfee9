"""Whoever an area or a rule sends a person to can be found in every municipality."""

from __future__ import annotations

import pytest

from knowledge.organisation import load_organisation
from knowledge.rules.loader import load_areas


@pytest.mark.parametrize("municipality", ["koebenhavn", "gentofte", "other"])
def test_every_recipient_of_an_area_is_a_contact(municipality: str) -> None:
    organisation = load_organisation(municipality)
    for area in load_areas().values():
        decision = area.decision
        named = [decision.send_to.contact, area.elsewhere and area.elsewhere.contact]
        named.append(decision.body and decision.body.contact)
        for contact_id in filter(None, named):
            assert organisation.reach(contact_id, "da"), (area.id, contact_id)
        if area.forvaltning.id:
            assert organisation.forvaltning(area.forvaltning.id).name.da


def test_an_area_names_the_appeal_body_as_the_organisation_does() -> None:
    organisation = load_organisation("koebenhavn")
    for area in load_areas().values():
        body = area.decision.body
        if body and body.contact not in ("tilsyn", "byggeklageenheden", "byfornyelsesnaevnet"):
            name = organisation.contact(body.contact).name.da
            assert body.name.da.casefold() in name.casefold(), area.id
