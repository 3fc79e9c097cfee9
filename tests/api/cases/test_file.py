"""Files keep the contract, and a reader never sees half of one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.cases.file import FileDrop
from api.cases.port import CaseEvent, NotNow, Refused
from api.cases.registry import no_files
from tests.api.cases.contract import Case, CaseSystemContract, event


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cases"


@pytest.fixture
def case(folder: Path) -> Case:
    async def count(sent: CaseEvent) -> int:
        kept = json.loads((folder / f"{sent.subject_id}.json").read_text(encoding="utf-8"))
        return sum(one["id"] == sent.id for one in kept["events"])

    async def cases(subject_id: str) -> int:
        return len(list(folder.glob(f"*{subject_id}.json")))

    return Case(FileDrop(folder, no_files), count, cases)


class TestFile(CaseSystemContract):
    """The contract."""


async def test_the_file_holds_the_complaint_as_it_was_sent(case: Case, folder: Path) -> None:
    sent = event()
    name = await case.system.send(sent)
    text = (folder / name).read_text(encoding="utf-8")
    assert "æøå" in text
    assert json.loads(text)["events"][0]["data"] == sent.payload
    assert (folder / name).stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("name", ["../out", "a/b", "", ".hidden"])
async def test_a_name_never_leads_out_of_the_folder(case: Case, name: str) -> None:
    with pytest.raises(Refused):
        await case.system.send(replace(event(), subject_id=name))


async def test_a_file_that_is_broken_is_left_for_a_person(case: Case, folder: Path) -> None:
    sent = event()
    folder.mkdir()
    broken = folder / f"{sent.subject_id}.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(Refused):
        await case.system.send(sent)
    assert broken.read_text(encoding="utf-8") == "{"


async def test_a_folder_that_is_away_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where the folder should be", encoding="utf-8")
    system = FileDrop(tmp_path / "blocked", no_files)
    assert await system.check() != []
    with pytest.raises(NotNow):
        await system.send(event())
