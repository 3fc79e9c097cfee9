"""Files in a folder that another system fetches: one JSON file per complaint, replaced in one step."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path, PurePath
from typing import Any

from api.cases.documents import CaseFile
from api.cases.port import CaseEvent, Changes, NotNow, Refused

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
# For the owner alone, and the group that fetches.
MODE = 0o640


class FileDrop:
    """Writes each complaint with all its events into one file."""

    name = "file"
    settle_seconds = 5.0
    can_find = True

    def __init__(
        self, folder: Path, files: Callable[[CaseEvent], Awaitable[Sequence[CaseFile]]]
    ) -> None:
        self.folder = folder
        self.files = files

    async def check(self) -> list[str]:
        """Whether the folder can be written to."""
        return await asyncio.to_thread(self._check)

    async def find(self, event: CaseEvent) -> str | None:
        """The file's name, if this event stands in it."""
        kept = await asyncio.to_thread(self._read, event)
        return self._file(event).name if _has(kept, event) else None

    async def send(self, event: CaseEvent) -> str:
        """Adds the event to the complaint's file; a reader sees the old file or the new one, never half of one."""
        files = await self.files(event)
        try:
            await asyncio.to_thread(self._write, event, files)
        except OSError as error:
            raise NotNow(f"folder_{type(error).__name__}") from None
        return self._file(event).name

    async def changes(self, cursor: str | None) -> Changes:
        """Nothing: files do not answer. What happens to the case comes back by the webhook, or by hand."""
        return Changes(cursor=cursor)

    async def close(self) -> None:
        """No file stays open."""

    def _file(self, event: CaseEvent) -> Path:
        if not SAFE_NAME.fullmatch(event.subject_id):
            raise Refused("unsafe_name")
        return self.folder / f"{event.subject_id}.json"

    def _check(self) -> list[str]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe = self.folder / f".probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            return [f"folder_{type(error).__name__}"]
        return []

    def _read(self, event: CaseEvent) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._file(event).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"id": event.subject_id, "events": []}
        except OSError as error:
            raise NotNow(f"folder_{type(error).__name__}") from None
        except ValueError:
            raise Refused("file_is_broken") from None
        return kept

    def _write(self, event: CaseEvent, files: Sequence[CaseFile]) -> None:
        kept, file = self._read(event), self._file(event)
        if _has(kept, event):
            return
        kept["events"].append(
            {
                "id": event.id,
                "type": event.type,
                "time": event.at.isoformat(),
                "data": event.payload,
            }
        )
        beside = self.folder / event.subject_id
        for one in files:
            # They lie there before the complaint names them.
            beside.mkdir(parents=True, exist_ok=True)
            name = PurePath(one.name).name
            self._put(beside / f"{one.id}-{name}", one.content)
        self.folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps(kept, ensure_ascii=False, indent=2).encode()
        self._put(file, content)

    def _put(self, file: Path, content: bytes) -> None:
        half = file.with_name(f".{file.name}.half")
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        half.replace(file)
        # The new name itself must survive a power cut too.
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _has(kept: dict[str, Any], event: CaseEvent) -> bool:
    return any(known["id"] == event.id for known in kept["events"])
