"""Search and articles as JSON, as the contract fixes them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from api.deps import RateLimiter
from api.errors import NotFound
from api.knowledge.ports import KnowledgeReader
from api.knowledge.schemas import (
    ArticleOut,
    SearchOut,
    SearchRequest,
    article_out,
    search_out,
)
from api.masking import mask_cpr
from knowledge.articles import Lang


def build_router(kb: KnowledgeReader, limiter: RateLimiter, municipality: str) -> APIRouter:
    """The routes over one knowledge base; `municipality` holds where the asker names none."""
    router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])
    limited = [Depends(limiter.rule("search"))]

    def answer(asked: SearchRequest) -> SearchOut:
        found = kb.search(
            mask_cpr(asked.q),
            audience=asked.audience,
            lang=asked.lang,
            municipality=asked.municipality or municipality,
            limit=asked.limit,
        )
        return search_out(found)

    # Plain functions: the model's milliseconds are spent on a worker thread, not on the event loop.
    @router.get("/search", dependencies=limited)
    def search(asked: Annotated[SearchRequest, Query()]) -> SearchOut:
        """Finds the subjects nearest to a question; pages use POST, so that it is in no address."""
        return answer(asked)

    @router.post("/search", dependencies=limited)
    def search_by_post(asked: SearchRequest) -> SearchOut:
        """Finds the subjects nearest to a question."""
        return answer(asked)

    @router.get("/articles/{slug}")
    def article(slug: Annotated[str, Path(max_length=80)], lang: Lang = "da") -> ArticleOut:
        """Gives a whole article; in Danish where there is no translation."""
        found = kb.article(slug, lang)
        if found is None:
            raise NotFound("not_found", field="slug")
        return article_out(found, kb.sources)

    return router
