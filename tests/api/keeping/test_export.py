"""All that is held on a complaint is handed out: to its citizen by the code, to whoever runs the product by number."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import httpx

from api.keeping.export import write_export
from tests.api.complaints.conftest import changed
from tests.api.conftest import World
from tests.api.keeping.test_forgetting import SECRET, a_full_case, file

OPEN = "/opfoelgning"


async def held(client: httpx.AsyncClient, reference: str, code: str) -> dict[str, Any]:
    """What the follow-up page hands out."""
    await client.post(OPEN, data={"reference": reference, "code": code})
    answer = await client.get(f"{OPEN}/data")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, Any] = answer.json()
    return told


async def test_the_citizen_gets_everything_but_the_names_of_staff(
    world: World, client: httpx.AsyncClient
) -> None:
    reference, code = await file(client, complaint__description=SECRET)
    await client.post(
        f"/api/v1/complaints/{reference}/information", headers=code, json={"text": "Mere"}
    )
    assert (await client.get(f"{OPEN}/data")).status_code == 303
    told = await held(client, reference, code["X-Follow-Up-Code"])
    [one] = told["complaints"]
    assert one["record"]["complaint"]["description"] == SECRET
    assert [line["kind"] for line in one["history"]] == ["received", "information_added"]
    assert one["email"] == "anna@example.org"
    assert {line["to"] for line in one["sent"]} == {"case_system", "mail"}
    # The link that confirms an address is for the reader of the mail alone.
    assert "bevis=" not in json.dumps(told)
    assert "hash" not in {name.split("_")[-1] for name in one}


async def test_a_mixed_complaint_is_handed_out_whole(
    world: World, client: httpx.AsyncClient
) -> None:
    record = changed(
        complaint__categories=["decision", "conduct"],
        complaint__decision={
            "exists": "yes", "received_date": {"value": "2026-11-05", "precision": "day"},
        },
    )  # fmt: skip
    sent = (await client.post("/api/v1/complaints", json=record)).json()
    told = await held(client, sent["reference"], sent["follow_up_code"])
    assert [one["reference"] for one in told["complaints"]] == [
        sent["reference"], *(part["reference"] for part in sent["parts"]),
    ]  # fmt: skip
    assert len(told["complaints"]) == 2


async def test_the_command_writes_the_files_and_the_work_of_staff_too(
    world: World, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    reference = await a_full_case(world, client)
    out = tmp_path / "out.zip"
    folder = world.settings.var / "attachments"
    assert await write_export(world.database, folder, "KLG-2026-AAAAAAAA", out) is False
    assert not out.exists()
    assert await write_export(world.database, folder, reference, out) is True
    with zipfile.ZipFile(out) as pack:
        told = json.loads(pack.read("data.json"))
        [name] = [one for one in pack.namelist() if one.startswith("attachments/")]
        assert pack.read(name) == SECRET.encode()
    [work] = told["staff"]
    assert work["notes"][0]["text"] == SECRET
    assert work["answer"] == SECRET
    assert [one["act"] for one in work["seen_and_done"]] == [
        "noted", "sent_answer", "handed_on", "closed",
    ]  # fmt: skip
