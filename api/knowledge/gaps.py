"""What the knowledge base did not know: questions that were not helped, and texts that readers flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.models import KnowledgeFeedback


@dataclass(frozen=True, slots=True)
class Gap:
    """One article that did not help, or none where there was no answer; what people asked and wrote, newest first."""

    article: str | None
    times: int
    latest: datetime
    questions: tuple[str, ...]
    comments: tuple[tuple[str | None, str], ...]  # the section, and what is said to be wrong in it


async def gaps(tx: AsyncSession, since: datetime) -> list[Gap]:
    """Gather the verdicts 'did not help' since a time, the article with most of them first."""
    rows = await tx.scalars(
        select(KnowledgeFeedback)
        .where(KnowledgeFeedback.helped.is_(False), KnowledgeFeedback.at >= since)
        .order_by(KnowledgeFeedback.at.desc(), KnowledgeFeedback.id.desc())
    )
    by_article: dict[str | None, list[KnowledgeFeedback]] = {}
    for row in rows:
        by_article.setdefault(row.article, []).append(row)
    found = [_gap(article, own) for article, own in by_article.items()]
    return sorted(found, key=lambda gap: (-gap.times, gap.article or ""))


def _gap(article: str | None, rows: Sequence[KnowledgeFeedback]) -> Gap:
    return Gap(
        article,
        len(rows),
        rows[0].at,
        tuple(dict.fromkeys(row.question for row in rows if row.question)),
        tuple((row.section, row.comment) for row in rows if row.comment),
    )
