"""Whether a search or an article helped: kept with the question, so that gaps can be found and closed."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse

from api.clock import Clock
from api.db.alert_models import GapQuestion
from api.db.engine import Database
from api.db.models import KnowledgeFeedback
from api.deps import RateLimiter, Transaction
from api.knowledge.ports import KnowledgeReader
from api.knowledge.schemas import LONGEST_QUESTION
from api.masking import mask_cpr, mask_reach
from knowledge.articles import Audience, Lang

LONGEST_COMMENT = 1000


class FeedbackBook:
    """Keeps a verdict given outside the look-up, as in the chat."""

    def __init__(self, database: Database, clock: Clock, kb: KnowledgeReader) -> None:
        self._database, self._clock, self._kb = database, clock, kb

    async def unanswered(self, question: str, lang: Lang) -> None:
        """Keep a question that nothing answered; not who asked it."""
        async with self._database.transaction() as tx:
            tx.add(
                GapQuestion(
                    source="chat", why="no_answer", language=lang, audience="citizen",
                    question=mask_reach(mask_cpr(question))[:LONGEST_QUESTION],
                    at=self._clock.now(),
                )
            )  # fmt: skip

    async def feedback(
        self, question: str, article: str | None, section: str | None, helped: bool, lang: Lang
    ) -> None:
        """Keep whether the answer to a question helped; no article means that there was no answer."""
        async with self._database.transaction() as tx:
            tx.add(_row(self._kb, self._clock, question, article or "", helped, lang, section))


def build_feedback(kb: KnowledgeReader, limiter: RateLimiter) -> APIRouter:
    """The address the thumbs post to."""
    router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])

    @router.post("/feedback", status_code=303, dependencies=[Depends(limiter.rule("feedback"))])
    async def feedback(
        request: Request, tx: Transaction, verdict: Annotated[Literal["helped", "not_helped"], Form()],
        article: Annotated[str, Form(max_length=80)] = "",
        question: Annotated[str, Form(max_length=LONGEST_QUESTION)] = "",
        section: Annotated[str, Form(max_length=200)] = "",
        comment: Annotated[str, Form(max_length=LONGEST_COMMENT)] = "",
        audience: Annotated[Audience, Form()] = "caseworker",
        lang: Annotated[Lang, Form()] = "da",
    ) -> RedirectResponse:  # fmt: skip
        """Keeps the verdict (CPR numbers masked) and goes back to where it was given."""
        row = _row(
            kb, request.app.state.clock, question, article, verdict == "helped", lang,
            section, audience, comment,
        )  # fmt: skip
        tx.add(row)
        page = f"/klarret/{article}" if row.answered and not question else "/klarret"
        return RedirectResponse(
            f"{page}?{urlencode({'lang': lang, 'tak': 1})}#tak", status_code=303
        )

    return router


def _row(
    kb: KnowledgeReader, clock: Clock, question: str, article: str, helped: bool, lang: Lang,
    section: str | None = None, audience: Audience = "citizen", comment: str = "",
) -> KnowledgeFeedback:  # fmt: skip
    """Make the row; an article or a section that does not exist is not kept."""
    found = kb.article(article, lang)
    anchors = {one.anchor for one in found.sections} if found else set()
    return KnowledgeFeedback(
        at=clock.now(), question=mask_cpr(question)[:LONGEST_QUESTION],
        article=article if found else None, section=section if section in anchors else None,
        helped=helped, answered=found is not None, score=None, language=lang,
        audience=audience, comment=mask_cpr(comment) or None,
    )  # fmt: skip
