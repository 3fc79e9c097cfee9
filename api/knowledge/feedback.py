"""Whether a search or an article helped: kept with the question, so that gaps can be found and closed."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse

from api.clock import Clock
from api.db.models import KnowledgeFeedback
from api.deps import RateLimiter, Transaction
from api.knowledge.ports import KnowledgeReader
from api.knowledge.schemas import LONGEST_QUESTION
from api.masking import mask_cpr
from knowledge.articles import Audience, Lang


def build_feedback(kb: KnowledgeReader, limiter: RateLimiter) -> APIRouter:
    """The address the thumbs post to."""
    router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])

    @router.post("/feedback", status_code=303, dependencies=[Depends(limiter.rule("feedback"))])
    async def feedback(
        request: Request, tx: Transaction, verdict: Annotated[Literal["helped", "not_helped"], Form()],
        article: Annotated[str, Form(max_length=80)] = "",
        question: Annotated[str, Form(max_length=LONGEST_QUESTION)] = "",
        comment: Annotated[str, Form(max_length=1000)] = "",
        audience: Annotated[Audience, Form()] = "caseworker",
        lang: Annotated[Lang, Form()] = "da",
    ) -> RedirectResponse:  # fmt: skip
        """Keeps the verdict (CPR numbers masked) and goes back to where it was given."""
        known = kb.article(article, lang) is not None
        clock: Clock = request.app.state.clock
        tx.add(
            KnowledgeFeedback(
                at=clock.now(), question=mask_cpr(question), article=article if known else None,
                section=None, helped=verdict == "helped", answered=known, score=None, language=lang,
                audience=audience, comment=mask_cpr(comment) or None,
            )
        )  # fmt: skip
        page = f"/klarret/{article}" if known and not question else "/klarret"
        return RedirectResponse(
            f"{page}?{urlencode({'lang': lang, 'tak': 1})}#tak", status_code=303
        )

    return router
