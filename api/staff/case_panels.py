"""What stands beside a case on its page: what it taught, the quick try and mediation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import views
from api.complaints.parts import ComplaintParts
from api.db.complaint_models import Complaint
from api.db.learning_models import Lesson
from api.oversight.informal import load_informal
from api.oversight.mediation import Mediations
from api.oversight.tries import QuickTries
from api.staff.register_list import short_day
from api.words import load_words
from knowledge.sources import load_sources

WORDS = Path(__file__).parent / "learning_words"


class CasePanels:
    """Reads and shows the panels."""

    def __init__(self, parts: ComplaintParts) -> None:
        self.parts = parts
        self.words = load_words(WORDS)
        self.tries = QuickTries(parts.following)
        self.mediations = Mediations(parts.following)

    async def of(self, tx: AsyncSession, row: Complaint, lang: str) -> dict[str, Any]:
        """All that the templates of the panels need."""
        lesson = await tx.scalar(select(Lesson).where(Lesson.complaint_id == row.id))
        return {
            "words": lambda key, **values: self.words(lang, key, **values),
            "learning": self._learning(row, lesson, lang),
            "say": lambda key, **values: self.tries.words(lang, key, **values),
            "try": await self.tries.seen(tx, row, lang),
            "mediation": await self.mediations.seen(tx, row, "staff", lang),
            "source": self._source(lang),
        }

    async def tags(self, tx: AsyncSession, rows: Sequence[Complaint], lang: str) -> dict[str, str]:
        """The quick tries that run, for the list, by reference."""
        running = await self.tries.running(tx, rows)
        return {
            row.reference: self.tries.words(
                lang, "staff.tag", date=short_day(running[row.id].due, lang)
            )
            for row in rows
            if row.id in running
        }

    @staticmethod
    def _source(lang: str) -> tuple[str, str]:
        data = load_informal()["mediation"]
        paragraph = data["paragraph"]["en" if lang == "en" else "da"]
        return load_sources().get(data["source"]).name(lang), paragraph

    def _learning(self, row: Complaint, lesson: Lesson | None, lang: str) -> dict[str, Any] | None:
        if row.is_notice or row.status != "closed":
            return None
        said = ""
        if lesson is not None:
            time = views.time_text(lesson.updated_at, lang)
            said = self.words(lang, "panel.written", time=time, name=lesson.updated_by)
        return {"written": said}
