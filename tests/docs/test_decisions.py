"""Decisions that no other test holds: who may import what across environments, locks, and words in two languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from api.words import LANGUAGES, load_words
from tests.docs.repository import ROOT, files

LOCKS = ROOT / "setup" / "locks"


def modules(*folders: str) -> list[Path]:
    wanted = [ROOT / folder for folder in folders]
    return [
        path
        for path in files()
        if path.suffix == ".py" and any(path.is_relative_to(f) for f in wanted)
    ]


def imported(path: Path) -> Iterator[str]:
    """The first names of what a module imports, at its top or inside."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").split(".")[0]


def test_the_application_knows_rasa_by_http_only() -> None:
    found = [
        path.name for path in modules("api", "actions", "knowledge") if "rasa" in imported(path)
    ]
    assert not found


def test_the_bot_imports_nothing_of_the_application() -> None:
    ours = {"api", "actions", "knowledge", "setup", "tests"}
    found = {path.name: ours & set(imported(path)) for path in modules("bot")}
    assert len(found) > 5
    assert not {name: names for name, names in found.items() if names}


def test_set_up_needs_the_standard_library_alone() -> None:
    import sys

    allowed = sys.stdlib_module_names | {"setup"}
    assert not {name for path in modules("setup") for name in imported(path)} - allowed


@pytest.mark.parametrize("name", ["app", "bot", "dev"])
def test_locks_are_the_same_on_every_machine(name: str) -> None:
    lock = (LOCKS / f"{name}.txt").read_text("utf-8")
    pinned = re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, re.M)
    assert len(pinned) > 10
    assert not [version for _, version in pinned if "+" in version]
    entries = re.split(r"\n(?=\S)", lock)
    bare = [entry.split("==")[0] for entry in entries if "==" in entry and "--hash=" not in entry]
    assert set(bare) <= {"torch"}
    for line in (LOCKS / f"{name}.in").read_text("utf-8").splitlines():
        wanted = re.match(r"([A-Za-z0-9][\w.-]*)", line)
        if wanted:
            assert plain(wanted[1]) in {plain(pin) for pin, _ in pinned}, line


def plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def word_folders() -> list[Path]:
    found = {path.parent for path in files() if path.name in ("da.yml", "en.yml")}
    return sorted(folder for folder in found if folder.is_relative_to(ROOT / "api"))


@pytest.mark.parametrize("folder", word_folders(), ids=lambda folder: str(folder.relative_to(ROOT)))
def test_words_stand_in_both_languages_with_the_same_gaps(folder: Path) -> None:
    words = load_words(folder)
    danish, english = (words.by_language[language] for language in LANGUAGES)
    assert danish.keys() == english.keys()
    gaps = re.compile(r"\{(\w*)")
    for key, text in danish.items():
        assert text, key
        assert set(gaps.findall(text)) == set(gaps.findall(english[key])), key


def replies() -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for path in sorted((ROOT / "bot" / "domain").glob("*.yml")):
        domain = yaml.safe_load(path.read_text("utf-8"))
        for name, wordings in (domain.get("responses") or {}).items():
            assert name not in found, f"{name} stands twice: Rasa would drop one silently"
            found[name] = wordings
    return found


def test_every_reply_has_as_many_wordings_in_english_as_in_danish() -> None:
    for name, wordings in replies().items():
        english = [wording for wording in wordings if "condition" in wording]
        assert len(english) * 2 == len(wordings), name
        assert not [wording for wording in wordings if "channel" in wording], name
