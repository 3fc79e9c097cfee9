"""Questions that were not answered, put together by meaning; who sees to them, and whether they are answered now."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import structlog
import yaml
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db.alert_models import GapQuestion, KnowledgeGap
from api.db.engine import Database
from api.db.models import KnowledgeFeedback
from api.masking import mask_cpr, mask_reach
from knowledge.articles import Article, Audience, Lang
from knowledge.search.model import SearchAnswer

if TYPE_CHECKING:
    from api.oversight.grouping import Vectors

log = structlog.get_logger(__name__)

FILE = Path(__file__).parent / "gaps.yaml"
OPEN, IN_WORK, CLOSED, NOT_OURS = "open", "in_work", "closed", "not_ours"
STATES = (OPEN, IN_WORK, CLOSED, NOT_OURS)


class Knowledge(Protocol):
    """What is asked again, and what makes vectors; `knowledge.search.search.KnowledgeBase` is one."""

    @property
    def slugs(self) -> tuple[str, ...]:
        """The articles there are."""

    def article(self, slug: str, lang: Lang = "da") -> Article | None:
        """One of them."""

    def vector(self, text: str) -> Any:
        """The vector of a question."""

    def search(
        self, query: str, *, audience: Audience | None = "citizen", lang: Lang = "da",
        municipality: str | None = None, limit: int = 5,
    ) -> SearchAnswer:  # fmt: skip
        """What the articles say to it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How questions are put together and asked again, as the file says."""

    similarity: float
    compared_with: int
    batch: int
    asked_again: int
    effect_days: int


@cache
def load_rules() -> Rules:
    """The rules."""
    return Rules(**yaml.safe_load(FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a gap's questions come to now, and how often they were asked before and after it was closed."""

    asked: int
    answered: int
    by_article: int
    # What they are answered from, the most often first: whether that is an answer is for people to judge.
    found_in: tuple[str, ...]
    days: int
    before: int
    after: int


class Gaps:
    """Takes questions over, puts them together, and asks them again."""

    def __init__(
        self, database: Database, knowledge: Knowledge, municipality: str,
        now: Callable[[], dt.datetime], rules: Rules | None = None,
    ) -> None:  # fmt: skip
        self.database = database
        self.knowledge = knowledge
        self.municipality = municipality
        self.now = now
        self.rules = rules or load_rules()

    async def keep(self) -> int:
        """One round; gives how many questions were put somewhere."""
        async with self.database.transaction() as tx:
            await self._take_over(tx)
            await _tidy(tx)
        async with self.database.reading() as tx:
            waiting = list(
                await tx.scalars(
                    select(GapQuestion)
                    .where(GapQuestion.gap_id.is_(None))
                    .order_by(GapQuestion.id)
                    .limit(self.rules.batch)
                )
            )
            known = await self._known(tx) if waiting else {}
        if not waiting:
            return 0
        placed, fresh = await asyncio.to_thread(self._group, waiting, known)
        async with self.database.transaction() as tx:
            await self._write(tx, placed, fresh)
        log.info("oversight.questions_grouped", questions=len(waiting), groups=len(fresh))
        return len(waiting)

    async def effect(self, tx: AsyncSession, gap: KnowledgeGap) -> Effect:
        """Asks the questions again, and counts them around the day on which the gap was closed."""
        query = (
            select(GapQuestion.question, GapQuestion.language, GapQuestion.audience)
            .where(GapQuestion.gap_id == gap.id)
            .group_by(GapQuestion.question, GapQuestion.language, GapQuestion.audience)
            .order_by(func.max(GapQuestion.at).desc())
            .limit(self.rules.asked_again)
        )
        questions = [(row[0], row[1], row[2]) for row in await tx.execute(query)]
        answers = await asyncio.to_thread(self._ask_again, questions)
        told = [one.results[0].article for one in answers if one.answered and one.results]
        days = before = after = 0
        if gap.closed_at is not None:
            now = self.now()
            days = min(self.rules.effect_days, (now - gap.closed_at).days)
            span = dt.timedelta(days=days)
            before = await _count(tx, gap.id, gap.closed_at - span, gap.closed_at)
            after = await _count(tx, gap.id, gap.closed_at, gap.closed_at + span)
        return Effect(
            asked=len(answers), answered=len(told),
            by_article=sum(slug == gap.article for slug in told),
            found_in=tuple(slug for slug, _ in Counter(told).most_common()),
            days=days, before=before, after=after,
        )  # fmt: skip

    async def _take_over(self, tx: AsyncSession) -> None:
        """Questions whose answer did not help, as readers have said."""
        taken = select(GapQuestion.feedback_id).where(GapQuestion.feedback_id.is_not(None))
        query = (
            select(KnowledgeFeedback)
            .where(
                KnowledgeFeedback.helped.is_(False), KnowledgeFeedback.question != "",
                KnowledgeFeedback.id.not_in(taken),
            )
            .order_by(KnowledgeFeedback.id)
            .limit(self.rules.batch)
        )  # fmt: skip
        for row in await tx.scalars(query):
            tx.add(
                GapQuestion(
                    source="feedback", why="not_helped" if row.answered else "no_answer",
                    question=mask_reach(mask_cpr(row.question)), language=row.language,
                    audience=row.audience, feedback_id=row.id, at=row.at,
                )
            )  # fmt: skip
        await tx.flush()

    async def _known(self, tx: AsyncSession) -> dict[int, list[str]]:
        """The newest different questions of each gap, by its number."""
        query = (
            select(GapQuestion.gap_id, GapQuestion.question)
            .where(GapQuestion.gap_id.is_not(None))
            .group_by(GapQuestion.gap_id, GapQuestion.question)
            .order_by(func.max(GapQuestion.id).desc())
        )
        found: dict[int, list[str]] = {}
        for gap, question in await tx.execute(query):
            held = found.setdefault(gap or 0, [])
            if len(held) < self.rules.compared_with:
                held.append(question)
        return found

    def _group(
        self, waiting: Sequence[GapQuestion], known: Mapping[int, Sequence[str]]
    ) -> tuple[dict[int, int], list[tuple[GapQuestion, list[int]]]]:
        """Which question goes to which gap there is; and new gaps: the question in the middle, and all of them."""
        # Clustering weighs half a second, which nobody should wait for at the start.
        from api.oversight.grouping import middle_of, nearest_group, new_groups

        groups = {gap: self._vectors(questions) for gap, questions in known.items()}
        vectors = self._vectors([row.question for row in waiting])
        placed: dict[int, int] = {}
        rest: list[int] = []
        for place, row in enumerate(waiting):
            gap = nearest_group(vectors[place], groups, self.rules.similarity)
            if gap is None:
                rest.append(place)
            else:
                placed[row.id] = gap
        left = vectors[rest]
        fresh = [
            (waiting[rest[middle_of(left, group)]], [waiting[rest[at]].id for at in group])
            for group in new_groups(left, self.rules.similarity)
        ]
        return placed, fresh

    async def _write(
        self, tx: AsyncSession, placed: Mapping[int, int],
        fresh: Sequence[tuple[GapQuestion, Sequence[int]]],
    ) -> None:  # fmt: skip
        now = self.now()
        for question, gap in placed.items():
            await _put(tx, [question], gap)
        for middle, questions in fresh:
            made = KnowledgeGap(
                title=middle.question, language=middle.language, state=OPEN, opened_at=now,
                changed_at=now,
            )  # fmt: skip
            tx.add(made)
            await tx.flush()
            await _put(tx, questions, made.id)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        rows = [np.asarray(self.knowledge.vector(text)).reshape(-1) for text in texts]
        return np.asarray(rows, dtype=np.float32)

    def _ask_again(self, questions: Sequence[tuple[str, str, str]]) -> list[SearchAnswer]:
        return [
            self.knowledge.search(
                question, audience=cast("Audience", audience), lang=cast("Lang", language),
                municipality=self.municipality, limit=1,
            )
            for question, language, audience in questions
        ]  # fmt: skip


async def _put(tx: AsyncSession, questions: Sequence[int], gap: int) -> None:
    # Only what is still nowhere: another process may have done the same just now.
    await tx.execute(
        update(GapQuestion)
        .where(GapQuestion.id.in_(questions), GapQuestion.gap_id.is_(None))
        .values(gap_id=gap)
    )


async def _tidy(tx: AsyncSession) -> None:
    """Gaps whose questions are all forgotten go too, and so does a title that was forgotten."""
    own = GapQuestion.gap_id == KnowledgeGap.id
    await tx.execute(delete(KnowledgeGap).where(~exists().where(own)))
    lost = select(KnowledgeGap).where(
        ~exists().where(own, GapQuestion.question == KnowledgeGap.title)
    )
    for gap in await tx.scalars(lost):
        newest = await tx.scalar(
            select(GapQuestion).where(GapQuestion.gap_id == gap.id).order_by(GapQuestion.id.desc())
        )
        if newest is not None:
            gap.title, gap.language = newest.question, newest.language


async def _count(tx: AsyncSession, gap: int, since: dt.datetime, until: dt.datetime) -> int:
    query = select(func.count(GapQuestion.id)).where(
        GapQuestion.gap_id == gap, GapQuestion.at >= since, GapQuestion.at < until
    )
    return await tx.scalar(query) or 0
