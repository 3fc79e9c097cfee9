"""What stands beside a case on its page: what it taught."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.complaints import views
from api.complaints.parts import ComplaintParts
from api.db.complaint_models import Complaint
from api.db.learning_models import Lesson
from api.words import load_words

WORDS = Path(__file__).parent / "learning_words"


class CasePanels:
    """Reads and shows the panels."""

    def __init__(self, parts: ComplaintParts) -> None:
        self.parts = parts
        self.words = load_words(WORDS)

    async def of(self, tx: AsyncSession, row: Complaint, lang: str) -> dict[str, Any]:
        """All that the templates of the panels need."""
        lesson = await tx.scalar(select(Lesson).where(Lesson.complaint_id == row.id))
        return {
            "words": lambda key, **values: self.words(lang, key, **values),
            "learning": self._learning(row, lesson, lang),
        }

    def _learning(self, row: Complaint, lesson: Lesson | None, lang: str) -> dict[str, Any] | None:
        if row.is_notice or row.status != "closed":
            return None
        said = ""
        if lesson is not None:
            time = views.time_text(lesson.updated_at, lang)
            said = self.words(lang, "panel.written", time=time, name=lesson.updated_by)
        return {"written": said}
