"""Files of a complaint: fetched with a key from the event, for a day, one complaint's own, and written down."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from api.cases.documents import CaseFiles, DocumentKeys, build_documents_route
from api.cases.file import FileDrop
from api.cases.port import Refused
from api.complaints.attachments import Attachments
from api.db.complaint_models import Complaint, ComplaintAttachment
from api.db.models import AuditEvent
from api.deps import RateLimiter
from tests.api.cases.contract import event
from tests.api.complaints.conftest import RECORD
from tests.api.conftest import World

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CONTENT = b"%PDF-1.7 afgjort"


@pytest.fixture
def keys(world: World) -> DocumentKeys:
    return DocumentKeys(SECRET, "http://127.0.0.1:8000/", world.time)


@pytest.fixture
async def http(world: World, keys: DocumentKeys) -> AsyncIterator[httpx.AsyncClient]:
    files = Attachments(world.settings.var / "attachments")
    app: FastAPI = world.app
    app.include_router(build_documents_route(keys, files.answer, RateLimiter(on=False)))
    async with world.client() as client:
        yield client


@pytest.fixture
async def kept(world: World) -> ComplaintAttachment:
    """A file that belongs to a complaint."""
    async with world.client() as client:
        assert (await client.post("/api/v1/complaints", json=RECORD)).status_code == 201
    async with world.database.transaction() as tx:
        complaint = await tx.scalar(select(Complaint.id))
        files = Attachments(world.settings.var / "attachments")
        row = ComplaintAttachment(
            id="0b0e7a52-0000-4000-8000-000000000001", complaint_id=complaint, draft_id=None,
            filename="../afgørelse.pdf", media_type="application/pdf", size=len(CONTENT),
            sha256=hashlib.sha256(CONTENT).hexdigest(), created_at=world.time(),
        )  # fmt: skip
        files._write(row.id, CONTENT)
        tx.add(row)
    return row


def named(row: ComplaintAttachment) -> Any:
    return event(subject_id=row.complaint_id, attachments=[{"id": row.id}])


def opened(access: dict[str, Any], row: ComplaintAttachment) -> tuple[str, dict[str, str]]:
    url = access["url"].format(id=row.id)
    return url, {"Authorization": f"Bearer {access['token']}"}


async def test_the_key_in_the_event_opens_the_file(
    world: World, http: httpx.AsyncClient, keys: DocumentKeys, kept: ComplaintAttachment
) -> None:
    access = keys.access(named(kept))
    assert access is not None
    url, headers = opened(access, kept)
    answer = await http.get(url, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.content == CONTENT
    assert answer.headers["content-disposition"].startswith("attachment")
    async with world.database.reading() as tx:
        seen = await tx.scalar(select(AuditEvent).where(AuditEvent.act == "fetched"))
    assert seen is not None
    assert seen.subject_id == kept.id


async def test_no_other_key_opens_it(
    world: World, http: httpx.AsyncClient, keys: DocumentKeys, kept: ComplaintAttachment,
    problem: Any,
) -> None:  # fmt: skip
    access = keys.access(named(kept))
    other = keys.access(event(attachments=[{"id": kept.id}]))
    assert access is not None
    assert other is not None
    url, headers = opened(access, kept)
    until, _, signature = access["token"].partition(".")
    wrong = [
        "", "Bearer", f"Bearer {other['token']}", f"Bearer {int(until) + 9}.{signature}",
        f"Bearer {until}.", "Bearer x.y", "Bearer ²." + signature,
    ]  # fmt: skip
    for value in wrong:
        answer = await http.get(url, headers={"Authorization": value.encode("latin-1")})
        problem(answer, 401, "unauthorized")
    url_of_other, headers_of_other = opened(other, kept)
    problem(await http.get(url_of_other, headers=headers_of_other), 404, "not_found")
    world.time.move(hours=24, seconds=1)
    problem(await http.get(url, headers=headers), 401, "unauthorized")


def test_an_event_without_files_holds_no_key(keys: DocumentKeys) -> None:
    assert keys.access(event()) is None


async def test_files_go_beside_the_complaint_in_the_folder(
    world: World, kept: ComplaintAttachment
) -> None:
    files = CaseFiles(world.database, Attachments(world.settings.var / "attachments").read)
    folder = world.settings.var / "cases"
    sent = named(kept)
    await FileDrop(folder, files.of).send(sent)
    (written,) = (folder / sent.subject_id).iterdir()
    assert written.read_bytes() == CONTENT
    assert written.name == f"{kept.id}-afgørelse.pdf"


async def test_a_file_that_is_gone_is_not_left_out_in_silence(
    world: World, kept: ComplaintAttachment
) -> None:
    files = CaseFiles(world.database, Attachments(world.settings.var / "attachments").read)
    (world.settings.var / "attachments" / kept.id).unlink()
    with pytest.raises(Refused, match="file_gone"):
        await files.of(named(kept))
    with pytest.raises(Refused, match="file_gone"):
        await files.of(event(attachments=[{"id": kept.id}]))
