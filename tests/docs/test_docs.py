"""The pages are held to the truth: links, places, commands and topics that they name exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest
import typer.main
import yaml

from api.cli import app
from tests.docs.repository import (
    CODE_BLOCK,
    ROOT,
    files,
    folders_below,
    inline_code,
    pages,
    text_files,
)

MAP = ROOT / "docs" / "map.md"
# Pages a person follows to do something; each command in them must work.
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Folders whose own folders are capabilities, so that each needs its sentence on the map.
WITH_CAPABILITIES = ("api", "bot", "knowledge", "tests")
# Modules of actions/ that serve every topic; docs/map.md names them.
HELPERS = {
    "__init__", "answering", "at_once", "contacts", "costs", "languages", "passages", "ports", "registry", "turns",
    # the steps of the guidance loop
    "asking", "by_heart", "day_first", "days", "deciding", "elsewhere", "giving_way", "guidance_engine", "hearing",
    "inferring", "letter_reading", "listening", "matter", "naming", "outcomes", "overhearing", "paragraph", "persons",
    "placing", "several", "signs", "story", "telling", "thread", "understood",
}  # fmt: skip
# Topics that only have words, or lean on another topic's action; docs/map.md says why.
WITHOUT_ACTION = {"praise", "privacy"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    headings = re.findall(r"^#+\s+(.+)$", CODE_BLOCK.sub("", page.read_text("utf-8")), re.M)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()).strip() for heading in headings)
    return {text.replace(" ", "-") for text in plain}


@pytest.mark.parametrize("page", pages(), ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(CODE_BLOCK.sub("", page.read_text("utf-8"))):
        address = urlsplit(target)
        if address.scheme:
            assert address.scheme in ("https", "mailto"), target
            continue
        linked = (page.parent / unquote(address.path)).resolve() if address.path else page
        there = linked.exists() and linked.is_relative_to(ROOT)
        if not there or (address.fragment and address.fragment not in anchors(linked)):
            broken.append(target)
    assert not broken


def test_the_map_names_every_folder() -> None:
    named = set(inline_code(MAP.read_text("utf-8")))
    wanted = {f"{name}/" for name in folders_below("") if not name.startswith(".")}
    for parent in WITH_CAPABILITIES:
        wanted |= {f"{parent}/{name}/" for name in folders_below(parent)}
    missing = sorted(wanted - named)
    assert not missing


def test_the_map_names_nothing_that_is_not_there() -> None:
    known = {path.parts[0] for path in (file.relative_to(ROOT) for file in files())}
    missing = []
    for name in inline_code(MAP.read_text("utf-8")):
        first = name.split("/")[0]
        if first not in known or " " in name:
            continue
        place = ROOT / name
        if not (place.is_dir() if name.endswith("/") else place.is_file()):
            missing.append(name)
    assert not missing


def decisions() -> list[Path]:
    return sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))


@pytest.mark.parametrize("page", decisions(), ids=shown)
def test_a_decision_has_its_parts_and_a_check(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.startswith(f"# {page.name[:4]} ")
    assert re.search(r"^\*\*Decision\.\*\* [^\n]+\.$", text, re.M)
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    assert parts[1::2] == ["Context", "Consequences", "Check"]
    assert all(len(part.split()) > 20 for part in parts[2:-2:2])
    assert parts[-1].strip()
    check = parts[-1]
    named = [
        *(target.removeprefix("../../") for target in LINK.findall(check)),
        *inline_code(check),
    ]
    assert any((ROOT / name).exists() for name in named), "no check that can be found"


def test_decisions_are_listed_and_numbered_without_gaps() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    names = [page.name for page in decisions()]
    assert LINK.findall(index) == names
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for page in GUIDES:
        text = page.read_text("utf-8")
        blocks = " ".join(CODE_BLOCK.findall(text))
        named = {
            code.removeprefix("make ") for code in inline_code(text) if code.startswith("make ")
        }
        named |= set(re.findall(r"^make ([a-z-]+)", blocks, re.M))
        assert named <= targets, shown(page)


def test_every_stafet_command_that_is_named_exists() -> None:
    command = typer.main.get_command(app)
    for page in GUIDES:
        for line in re.findall(
            r"(?:`|/bin/|^)stafet ([a-z][^`\n]*)", page.read_text("utf-8"), re.M
        ):
            assert exists(command, line.split()), f"{shown(page)}: stafet {line}"


def exists(command: click.Command, words: list[str]) -> bool:
    """Whether the words lead to a command; what follows it are its own arguments."""
    commands = getattr(command, "commands", None)
    if commands is None:
        options = {option for parameter in command.params for option in parameter.opts}
        return all(word in options for word in words if word.startswith("--"))
    return bool(words) and words[0] in commands and exists(commands[words[0]], words[1:])


def test_modules_that_are_named_as_commands_exist() -> None:
    for page in GUIDES:
        for module in re.findall(r"python -m ([a-z_.]+)", page.read_text("utf-8")):
            file = ROOT / Path(*module.split("."))
            assert file.with_suffix(".py").is_file() or (file / "__main__.py").is_file(), module


def stems(folder: str, suffix: str = ".yml") -> set[str]:
    return {path.stem for path in (ROOT / folder).glob(f"*{suffix}")}


def test_a_topic_has_the_same_stem_everywhere() -> None:
    topics = stems("bot/domain")
    assert stems("bot/data/nlu/da") == topics
    assert stems("bot/data/nlu/en") == topics
    assert stems("bot/data/rules") == topics
    assert stems("bot/data/stories") <= topics
    assert stems("actions", ".py") - HELPERS == topics - WITHOUT_ACTION
    explained = MAP.read_text("utf-8")
    assert all(f"`{name}`" in explained for name in WITHOUT_ACTION)
    assert all(f"`actions/{name}.py`" in explained for name in HELPERS - {"__init__"})


def test_the_readmes_diagrams_name_parts_that_exist() -> None:
    named = [name for page in GUIDES for name in inline_code(page.read_text("utf-8"))]
    paths = [
        name
        for name in named
        if re.fullmatch(r"(?:api|actions|bot|knowledge|setup)/[\w./-]+", name)
    ]
    assert len(paths) > 50
    assert not [
        name
        for name in paths
        if not (ROOT / name).exists() and "STEM" not in name and "SLUG" not in name
    ]


def test_the_description_for_registers_is_complete() -> None:
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    assert described["publiccodeYmlVersion"] == "0.4"
    assert {"name", "platforms", "developmentStatus", "softwareType", "legal", "maintenance",
            "localisation", "categories"} <= described.keys()  # fmt: skip
    assert described["legal"]["license"] == "EUPL-1.2"
    assert set(described["localisation"]["availableLanguages"]) == set(described["description"])
    for text in described["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]
        assert all(len(feature) <= 100 for feature in text["features"])


def test_the_licence_is_whole() -> None:
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in licence
    assert re.findall(r"^(\d+)\. \w", licence, re.M) == [str(number) for number in range(1, 16)]
    assert "'Compatible Licences' according to Article 5 EUPL are:" in licence


def test_the_version_is_the_same_everywhere() -> None:
    version = re.search(
        r'__version__ = "([^"]+)"', (ROOT / "api" / "__init__.py").read_text("utf-8")
    )
    assert version
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    assert described["softwareVersion"] == version[1]
    assert f"## [{version[1]}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


# Folders of somebody's own machine. Built up from pieces, so that this file does not hold them itself.
OWN_PLACES = re.compile(
    "|".join(rf"(?<![\w.~/])/{name}/\w" for name in ("work", "root", "home", "Users", "mnt"))
)


def test_no_place_of_one_machine_is_named() -> None:
    assert not [shown(path) for path, text in text_files() if OWN_PLACES.search(text)]


def registry_hosts() -> set[str]:
    """The hosts that packages come from on this machine, beyond the public ones."""
    configured = [value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))]
    for python in (sys.executable, shutil.which("python3") or sys.executable):
        asked = subprocess.run(
            [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
        )
        configured.append(asked.stdout)
    addresses = re.findall(r"https?://[^\s'\"\\]+", "\n".join(configured))
    hosts = {urlsplit(address).hostname or "" for address in addresses}
    return hosts - {"", "localhost", "127.0.0.1"}


def test_no_package_registry_is_named() -> None:
    addresses = re.compile(r"^--?(?:index-url|extra-index-url|find-links|i|f)\b", re.M)
    hosts = registry_hosts()
    for path, text in text_files():
        assert not [host for host in hosts if host in text], shown(path)
        if "locks" in path.parts:
            assert not addresses.search(text), shown(path)
