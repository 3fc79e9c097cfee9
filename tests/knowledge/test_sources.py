from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.sources import SourceError, load_sources, weakest


def test_the_register_loads_and_every_row_can_be_named_in_both_languages() -> None:
    register = load_sources()
    assert len(register) > 50
    assert all(source.name("da") and source.name("en") for source in register)


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(SourceError, match="no-such-law"):
        load_sources().get("no-such-law")


@pytest.mark.parametrize(
    "row",
    [
        "- {id: a, label: {en: A}, confidence: verified}",
        "- {id: a, label: {da: A}, confidence: perhaps}",
        "- {id: a, label: {da: norms, unwritten, en: A}, confidence: partly}",
        "- {id: a, label: {da: A}, confidence: partly}\n- {id: a, label: {da: B}, confidence: partly}",
    ],
)
def test_a_bad_row_is_refused(tmp_path: Path, row: str) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(row, encoding="utf-8")
    with pytest.raises(SourceError):
        load_sources(path)


def test_a_chain_is_as_sure_as_its_weakest_link() -> None:
    assert weakest("verified", "unverified", "partly") == "unverified"
    assert weakest() == "verified"
