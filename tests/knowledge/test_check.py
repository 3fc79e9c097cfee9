"""Every rule is tried on the small articles of the tests, spoilt in one place at a time."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from knowledge.check import Finding, check_articles, load_subjects
from tests.knowledge.fakes import MATERIAL, resolve

TODAY = date(2026, 5, 1)
# The test articles are far too short to pass these.
SMALL = {"length", "sections", "questions", "related", "lix"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MATERIAL, tmp_path / "articles"))


def findings(folder: Path, today: date = TODAY) -> list[Finding]:
    found = check_articles(folder, today=today, subjects={}, resolve=resolve)
    return [one for one in found if one.check not in SMALL]


def spoil(folder: Path, old: str, new: str, name: str = "da/aktindsigt.md") -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_sound_articles_pass(folder: Path) -> None:
    assert findings(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("[@fvl § 9, stk. 1]", "[@nosuchlaw § 9, stk. 1]", "source"),
        ("[@fvl § 9, stk. 1]", "[@fvl paragraf 9]", "paragraph"),
        (" [@fvl § 9, stk. 1]", " Du skal klage inden 14 dage.", "uncited"),
        ("(article:svarpligt#kort)", "(article:svarpligt#ingenting)", "link"),
        ("(article:svarpligt#kort)", "(https://example.dk)", "link"),
        ("{{borgerraadgiveren.phone}}", "33 66 14 00", "contact"),
        ("{{borgerraadgiveren.phone}}", "nogen@kk.dk", "contact"),
        ("{{borgerraadgiveren.phone}}", "{{ingen.phone}}", "placeholder"),
        ("related: [svarpligt]", "related: [findes-ikke]", "link"),
        ("actions: [handoff]", "actions: [dance]", "actions"),
        ("slug: aktindsigt", "slug: noget-andet", "name"),
        ("confidence: partly", "confidence: verified", "confidence"),
        ("{#kort}", "", "format"),
        ("title:", "titel:", "format"),
        ("- Skriv, hvilken sag det drejer sig om.\n", "", "pair"),
        ("[@fvl § 9; @ofl § 7 !partly]", "[@fvl § 9]", "pair"),
    ],
)
def test_each_fault_is_found(folder: Path, old: str, new: str, check: str) -> None:
    spoil(folder, old, new)
    assert check in {one.check for one in findings(folder)}


def test_a_review_that_is_past_is_found(folder: Path) -> None:
    late = findings(folder, today=date(2026, 7, 11))
    assert {one.check for one in late} == {"review"}
    assert len(late) == 2


def test_a_missing_translation_is_found(folder: Path) -> None:
    (folder / "en" / "svarpligt.md").unlink()
    missing = [one for one in findings(folder) if one.check == "missing"]
    assert [one.path.name for one in missing] == ["svarpligt.md"]


@pytest.mark.parametrize("check", sorted(SMALL - {"lix"}))
def test_what_is_too_small_is_found(folder: Path, check: str) -> None:
    found = check_articles(folder, today=TODAY, subjects={}, resolve=resolve)
    assert check in {one.check for one in found}


def test_heavy_language_is_found(folder: Path) -> None:
    heavy = "Forvaltningsmyndigheden tilvejebringer dokumentationsmateriale " * 12
    spoil(folder, "Du kan bede om at se dokumenterne i din sag.", heavy)
    found = check_articles(folder, today=TODAY, subjects={}, resolve=resolve)
    assert any(one.check == "lix" and one.path.name == "aktindsigt.md" for one in found)


def test_a_subject_without_article_is_found(folder: Path) -> None:
    found = check_articles(folder, today=TODAY, subjects={"mangler": "borger"})
    assert sum(one.path.name == "mangler.md" for one in found) == 2


def test_the_product_names_all_its_subjects() -> None:
    subjects = load_subjects()
    assert len(subjects) == 52
    assert sorted(subjects.values()).count("klarret") == 26


def test_progress_is_told(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    check_articles(folder, today=TODAY, progress=lambda done, whole: told.append((done, whole)))
    assert told[-1] == (4, 4)
