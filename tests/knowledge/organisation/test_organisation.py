"""Contacts are complete in every municipality, sourced, honest about doubt, and refuse broken data."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.organisation import (
    DATA,
    FIELDS,
    Organisation,
    OrganisationError,
    UnknownContact,
    load_organisation,
)

MUNICIPALITIES = ["koebenhavn", "gentofte", "other"]
LANGUAGES = ["da", "en"]


@pytest.fixture(params=MUNICIPALITIES)
def organisation(request: pytest.FixtureRequest) -> Organisation:
    return load_organisation(request.param)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_placeholder_gives_text_everywhere(organisation: Organisation, lang: str) -> None:
    for contact_id in organisation.contacts:
        for field in FIELDS:
            text = organisation.placeholder(f"{contact_id}.{field}", lang)
            assert text.strip() == text != "", (contact_id, field)
            assert "{" not in text, (contact_id, field, text)


def test_danger_can_be_met_in_every_municipality(organisation: Organisation) -> None:
    assert organisation.placeholder("alarm.phone", "da") == "112"
    assert organisation.placeholder("alarm.hours", "en") == "at any hour"
    assert "1813" in organisation.placeholder("akuttelefon.phone", "da")


def test_livslinien_never_stands_alone(organisation: Organisation) -> None:
    assert "112" in organisation.placeholder("livslinien.phone", "da")


def test_copenhagen_is_complete() -> None:
    koebenhavn = load_organisation("koebenhavn")
    assert koebenhavn.forvaltninger == ("oekf", "kff", "buf", "suf", "sof", "tmf", "bif")
    assert all(not contact.silence for contact in koebenhavn.contacts.values())
    assert koebenhavn.placeholder("borgerraadgiveren.phone", "da").startswith("33 66 14 00 (")


def test_a_forvaltning_without_a_number_is_reached_by_the_main_number() -> None:
    text = load_organisation("koebenhavn").placeholder("sof.phone", "da")
    assert "33 66 33 66" in text
    assert "hovednummer" in text


def test_the_main_numbers_hours_are_not_taken_for_an_offices_own() -> None:
    assert "kl." not in load_organisation("koebenhavn").placeholder("borgerraadgiveren.hours", "da")


def test_gentofte_differs_and_shows_its_silences() -> None:
    gentofte, koebenhavn = load_organisation("gentofte"), load_organisation("koebenhavn")
    assert gentofte.contact("borgerraadgiveren") != koebenhavn.contact("borgerraadgiveren")
    assert "20 45 77 34" in gentofte.placeholder("borgerraadgiveren.phone", "da")
    assert gentofte.contact("whistleblower").silence
    assert gentofte.contact("sof").silence
    assert {silence.topic for silence in gentofte.silences} >= {
        "reply_guarantee",
        "complain_first",
        "whistleblower",
        "anonymity",
        "discrimination",
        "one_year_exception",
        "slow_case",
    }


@pytest.mark.parametrize("municipality", ["gentofte", "other"])
def test_no_number_of_copenhagen_is_carried_over(municipality: str) -> None:
    text = (DATA / f"{municipality}.yaml").read_text(encoding="utf-8")
    koebenhavn = load_organisation("koebenhavn")
    numbers = {way.value for contact in koebenhavn.contacts.values() for way in contact.phones}
    national = {way.value for way in load_organisation("other").contact("akuttelefon").phones}
    own = yaml.safe_load((DATA / "koebenhavn.yaml").read_text(encoding="utf-8"))["contacts"]
    local = {way["value"] for row in own.values() for way in row.get("phones", [])} - national
    assert local < numbers
    assert not [number for number in local if number in text]
    assert "kk.dk" not in text


def test_hours_are_both_structure_and_text() -> None:
    koebenhavn = load_organisation("koebenhavn")
    hours = koebenhavn.opening_hours("hovednummer")
    assert hours
    assert hours.spans[1].closes == dt.time(17)
    assert "torsdag kl. 8-17" in koebenhavn.placeholder("hovednummer.hours", "da")
    assert koebenhavn.opening_hours("borgerraadgiveren") is None


def test_an_unknown_contact_or_field_is_refused(organisation: Organisation) -> None:
    with pytest.raises(UnknownContact):
        organisation.contact("nobody")
    with pytest.raises(UnknownContact):
        organisation.placeholder("alarm.fax", "da")
    with pytest.raises(UnknownContact):
        organisation.forvaltning("ankestyrelsen")


def test_an_unknown_municipality_is_refused() -> None:
    with pytest.raises(OrganisationError, match="atlantis"):
        load_organisation("atlantis")


def broken(folder: Path, change: dict[str, Any]) -> Path:
    """A copy of the data with one contact of Copenhagen changed."""
    shutil.copytree(DATA, folder, dirs_exist_ok=True)
    path = folder / "koebenhavn.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["contacts"]["borgerraadgiveren"] |= change
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


GOOD_WAY = {"value": "12 34 56 78", "sources": ["gk"], "confidence": "partly"} | {
    "checked": dt.date(2026, 11, 20)
}


@pytest.mark.parametrize("lost", ["sources", "confidence", "checked"])
def test_a_value_without_source_confidence_or_date_is_refused(tmp_path: Path, lost: str) -> None:
    way = {key: value for key, value in GOOD_WAY.items() if key != lost}
    with pytest.raises(OrganisationError, match=lost):
        load_organisation("koebenhavn", broken(tmp_path, {"phones": [way]}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phones": [GOOD_WAY | {"sources": []}]}, "sources"),
        ({"phones": [GOOD_WAY | {"sources": ["hearsay"]}]}, "hearsay"),
        ({"phones": [GOOD_WAY | {"confidence": "sure"}]}, "confidence"),
        ({"via": "nobody"}, "nobody"),
        ({"hours": GOOD_WAY}, "hours"),
        ({"fax": "1"}, "fax"),
    ],
)
def test_broken_data_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(OrganisationError, match=message):
        load_organisation("koebenhavn", broken(tmp_path, change))


def test_a_lone_unverified_number_is_refused(tmp_path: Path) -> None:
    alone = {"phones": [GOOD_WAY | {"confidence": "unverified"}], "emails": [], "webs": []}
    change = alone | {"via": None, "where": None}
    with pytest.raises(OrganisationError, match="unverified"):
        load_organisation("koebenhavn", broken(tmp_path, change))


def test_an_unverified_number_is_marked_in_words(tmp_path: Path) -> None:
    change = {"phones": [GOOD_WAY | {"confidence": "unverified"}]}
    organisation = load_organisation("koebenhavn", broken(tmp_path, change))
    text = organisation.placeholder("borgerraadgiveren.phone", "da")
    assert text == "12 34 56 78 (ikke bekræftet)"
    assert "kk.dk" in organisation.reach("borgerraadgiveren", "da")


def test_a_missing_contact_is_refused(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "required.yaml"
    required = yaml.safe_load(path.read_text(encoding="utf-8"))
    required["contacts"].append("night-watch")
    path.write_text(yaml.safe_dump(required), encoding="utf-8")
    with pytest.raises(OrganisationError, match="night-watch"):
        load_organisation("koebenhavn", tmp_path)


def test_a_result_card_gets_every_way_or_the_place_to_look() -> None:
    koebenhavn, gentofte = load_organisation("koebenhavn"), load_organisation("gentofte")
    assert koebenhavn.reach("sof", "da").startswith("33 66 33 66 (")
    assert "ast@ast.dk" in koebenhavn.reach("ankestyrelsen", "en")
    assert "gentofte.dk" in gentofte.reach("sof", "da")
    assert not any(sign.isdigit() for sign in gentofte.reach("sof", "da"))
