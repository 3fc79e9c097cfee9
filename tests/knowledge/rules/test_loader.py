"""Loading fails loudly: every fault that an editor can make is refused with its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.rules.integrity import RulesError
from knowledge.rules.loader import FOLDER, digest, load_areas, load_rulebook, load_texts

Change = Callable[[Any], None]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def edit(folder: Path, name: str, change: Change) -> None:
    path = folder / name
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


RULES = "vedtaegt/koebenhavn/rules.yaml"
STATUTE = "vedtaegt/koebenhavn/statute.yaml"


def row(data: Any, name: str) -> Any:
    return next(rule for rule in data["rules"] if rule["id"] == name)


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        (RULES, lambda d: row(d, "kbh.too_old")["when"].update(vejret="godt"), "vejret"),
        (RULES, lambda d: row(d, "kbh.too_old")["when"].update(event_age="old"), "event_age"),
        (RULES, lambda d: row(d, "kbh.too_old").update(basis=[]), "no basis"),
        (RULES, lambda d: row(d, "kbh.too_old")["explanation"].pop("en"), "explanation"),
        (RULES, lambda d: row(d, "kbh.too_old")["explanation"].update(da=" "), "empty"),
        (RULES, lambda d: row(d, "kbh.too_old")["explanation"].update(da="{vejr}"), "placeholder"),
        (RULES, lambda d: row(d, "kbh.too_old")["basis"][0].update(source="avis"), "avis"),
        (RULES, lambda d: row(d, "kbh.too_old").update(recipient="naboen"), "naboen"),
        (RULES, lambda d: row(d, "kbh.too_old").update(deadlines=["snart"]), "snart"),
        (RULES, lambda d: row(d, "kbh.too_old").update(route="somewhere"), "route"),
        (RULES, lambda d: row(d, "kbh.too_old").update(extra=1), "extra"),
        (RULES, lambda d: row(d, "kbh.acute")["basis"][0].update(confidence="verified"), "general"),
        # A row above that holds for the same matters hides the one below.
        (RULES, lambda d: row(d, "kbh.discrimination")["when"].update(acute=True), "reaches"),
        # Without a row for an answered complaint there is a gap.
        (RULES, lambda d: d["rules"].remove(row(d, "kbh.open_answered")), "no row"),
        (RULES, lambda d: row(d, "kbh.whistleblower.statute")["valid"].update(last="2021-12-01"),
         "nothing holds on 2021-12-02"),
        (RULES, lambda d: row(d, "kbh.whistleblower.statute")["valid"].update(last="2021-12-20"),
         "two versions"),
        (STATUTE, lambda d: d["editions"].pop(2), "nothing holds"),
        (STATUTE, lambda d: d["editions"][-1]["valid"].update(last="2030-01-01"), "after"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_refused(copy: Path, file: str, change: Change, says: str) -> None:
    edit(copy, file, change)
    with pytest.raises(RulesError, match=says):
        load_rulebook("koebenhavn", copy)


def area(data: Any) -> Any:
    return next(item for item in data["areas"] if item["id"] == "tmf_parkeringsafgift")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: area(d)["name"].pop("en"), "name.en"),
        (lambda d: area(d)["unit"].pop("sources"), "sources"),
        (lambda d: area(d)["unit"].update(confidence="verified"), "general knowledge"),
        (lambda d: area(d)["decision"]["send_to"].update(contact="naboen"), "naboen"),
        (lambda d: area(d)["decision"].update(appeal="exists"), "no body"),
        (lambda d: area(d)["decision"]["deadline"].pop("words"), "needs words"),
        (lambda d: area(d).update(concern="vrede"), "vrede"),
        (lambda d: d["areas"].append(area(d)), "there twice"),
        (lambda d: area(d).update(farve="rød"), "farve"),
    ],
)
def test_a_faulty_area_is_refused(copy: Path, change: Change, says: str) -> None:
    edit(copy, "areas/tmf.yaml", change)
    with pytest.raises(RulesError, match=says):
        load_areas(copy)


def test_a_text_in_one_language_is_refused(copy: Path) -> None:
    edit(copy, "texts/en/phrases.yaml", lambda d: d.pop("law"))
    with pytest.raises(RulesError, match="law"):
        load_texts("phrases", copy)


def test_an_unknown_municipality_has_no_rules() -> None:
    with pytest.raises(RulesError, match="aarhus"):
        load_rulebook("aarhus")


def test_the_version_follows_the_data(copy: Path) -> None:
    before = load_rulebook("koebenhavn", copy).version
    path = copy / "readings.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    load_rulebook.cache_clear()
    digest.cache_clear()
    after = load_rulebook("koebenhavn", copy).version
    load_rulebook.cache_clear()
    digest.cache_clear()
    assert before.split("+")[0] == after.split("+")[0]
    assert before != after


def test_there_is_a_row_for_every_area_of_the_contract() -> None:
    areas = load_areas()
    assert len(areas) == 74
    assert {name.split("_")[0] for name in areas} == {
        "bif", "sof", "suf", "buf", "kff", "tmf", "okf", "tvaer",
    }  # fmt: skip
