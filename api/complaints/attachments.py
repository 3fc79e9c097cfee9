"""Files that come with a complaint: looked into, given a name that means nothing, kept outside the web, never run."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import filetype  # type: ignore[import-untyped]
import yaml
from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import store
from api.db.complaint_models import ComplaintAttachment
from api.errors import InvalidInput, NotFound
from api.masking import mask_cpr

RULES_FILE = Path(__file__).parent / "attachments.yaml"
NAME_LENGTH = 120
TEXT = "text/plain"
# What may stand in a name: letters, digits and a little more; everything else becomes a hyphen.
ODD = re.compile(r"[^\w .,()+-]+")


@dataclass(frozen=True, slots=True)
class FileRules:
    """How large, how many, and which kinds with their endings."""

    largest: int
    most: int
    endings: dict[str, str]


@cache
def load_rules() -> FileRules:
    """The rules for files."""
    raw = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    return FileRules(
        largest=raw["largest"], most=raw["most"],
        endings={row["media"]: row["extension"] for row in raw["types"]},
    )  # fmt: skip


def sniff(content: bytes) -> str | None:
    """The kind of a file, by what is in it; a plain text is what can be read as one."""
    found = filetype.guess(content)
    if found is not None:
        return str(found.mime)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    odd = any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f" for sign in text)
    # A page or a drawing with scripts in it is a text as well, but not one to hand out.
    marked = text.lstrip().startswith(("<", "\ufeff<", "#!", "%!"))
    return None if odd or marked else TEXT


def clean_name(name: str, media_type: str) -> str:
    """A name without folders, signs that mislead or numbers that identify, with the ending of what it is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    stem = mask_cpr(shown.rsplit(".", 1)[0] if "." in shown else shown)
    plain = ODD.sub("-", stem).strip(" .-")[:NAME_LENGTH] or "bilag"
    return f"{plain}.{load_rules().endings[media_type]}"


class Attachments:
    """Keeps files in one folder, each under an id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def add(
        self, tx: AsyncSession, *, name: str, content: bytes, now: dt.datetime,
        draft_id: str | None = None, complaint_id: str | None = None,
    ) -> ComplaintAttachment:  # fmt: skip
        """Looks into a file and keeps it.

        Raises:
            InvalidInput: too large, too many, empty, or of a kind that is not taken.
        """
        rules = load_rules()
        if not content:
            raise InvalidInput("attachment_empty", field="file")
        if len(content) > rules.largest:
            raise InvalidInput(
                "attachment_too_large", field="file", limit=rules.largest // 1_000_000
            )
        media_type = await asyncio.to_thread(sniff, content)
        if media_type not in rules.endings:
            raise InvalidInput(
                "attachment_kind", field="file", kinds=", ".join(rules.endings.values())
            )
        held = await store.attachments(tx, complaint_id=complaint_id, draft_id=draft_id)
        if len(held) >= rules.most:
            raise InvalidInput("attachment_too_many", field="file", limit=rules.most)
        row = ComplaintAttachment(
            id=str(uuid4()), complaint_id=complaint_id, draft_id=draft_id,
            filename=clean_name(name, media_type), media_type=media_type, size=len(content),
            sha256=hashlib.sha256(content).hexdigest(), created_at=now,
        )  # fmt: skip
        # The file lies there before the row does: a row never points to nothing.
        await asyncio.to_thread(self._write, row.id, content)
        tx.add(row)
        await tx.flush()
        return row

    async def read(self, row: ComplaintAttachment) -> bytes:
        """What is in a file.

        Raises:
            NotFound: it is gone, or is no longer what was kept.
        """
        try:
            content = await asyncio.to_thread((self.folder / row.id).read_bytes)
        except FileNotFoundError:
            raise NotFound() from None
        if hashlib.sha256(content).hexdigest() != row.sha256:
            raise NotFound()
        return content

    async def answer(self, row: ComplaintAttachment) -> Response:
        """A file to save, never to open in the page."""
        return Response(
            await self.read(row),
            media_type=row.media_type,
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.filename)}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "no-store",
            },
        )

    def remove(self, attachment_id: str) -> None:
        """Deletes a file; one that is gone already is no fault."""
        (self.folder / attachment_id).unlink(missing_ok=True)

    def _write(self, attachment_id: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.folder / attachment_id, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
