"""A case system that does as it is told, and a history that remembers what it was told."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.cases.port import CaseEvent, Changes

Fault = Callable[[CaseEvent], Exception | None]


@dataclass
class ScriptedSystem:
    """Takes the next fault from its script at each sending; `acts` says whether it acts before it fails."""

    name: str = "scripted"
    settle_seconds: float = 60.0
    can_find: bool = True
    faults: deque[Exception | None] = field(default_factory=deque)
    acts: bool = False
    find_fault: Exception | None = None
    arrived: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    news: Changes = field(default_factory=Changes)
    cursors: list[str | None] = field(default_factory=list)
    before_send: Callable[[], Any] | None = None

    async def check(self) -> list[str]:
        return []

    async def find(self, event: CaseEvent) -> str | None:
        self.asked.append(event.id)
        if self.find_fault:
            raise self.find_fault
        return f"case-{event.subject_id}" if self.arrived[event.id] else None

    async def send(self, event: CaseEvent) -> str:
        if self.before_send:
            await self.before_send()
        fault = self.faults.popleft() if self.faults else None
        if fault is None or self.acts:
            self.arrived[event.id] += 1
            self.order.append(event.type.rsplit(".", 1)[-1])
        if fault is not None:
            raise fault
        return f"case-{event.subject_id}"

    async def changes(self, cursor: str | None) -> Changes:
        self.cursors.append(cursor)
        return self.news

    async def close(self) -> None:
        pass


@dataclass
class RememberingSink:
    """Remembers what the complaint's history would have been told."""

    told: list[tuple[str, str, str]] = field(default_factory=list)
    fails: bool = False

    def _note(self, what: str, subject_id: str, detail: str) -> None:
        if self.fails:
            raise RuntimeError
        self.told.append((what, subject_id, detail))

    async def delivered(
        self, tx: AsyncSession, subject_id: str, *, system: str, external_ref: str, at: datetime
    ) -> None:
        self._note("delivered", subject_id, external_ref)

    async def status_changed(
        self, tx: AsyncSession, subject_id: str, *, status: str, note: str | None, at: datetime,
        source_event_id: str,
    ) -> None:  # fmt: skip
        self._note(status, subject_id, note or "")

    async def failed_for_good(
        self, tx: AsyncSession, subject_id: str, *, system: str, reason_code: str, at: datetime
    ) -> None:
        self._note("failed", subject_id, reason_code)

    async def mail_failed(
        self, tx: AsyncSession, subject_id: str, *, about: str, at: datetime
    ) -> None:
        self._note("mail_failed", subject_id, about)
