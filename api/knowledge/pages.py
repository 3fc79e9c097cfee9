"""The look-up for caseworkers: `/klarret` and its article pages, whole without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path as FilePath
from typing import Annotated, Any

from babel.dates import format_date
from fastapi import APIRouter, Depends, Form, Header, Path, Request
from fastapi.responses import FileResponse, HTMLResponse

from api.deps import RateLimiter
from api.errors import NotFound, reader_language
from api.knowledge.ports import KnowledgeReader
from api.knowledge.schemas import LONGEST_QUESTION, all_sources
from api.knowledge.view import view_sections
from api.masking import mask_cpr
from api.pages import Pages
from api.words import load_words
from knowledge.articles import COLLECTIONS, Article, Audience, Lang
from knowledge.search.model import SearchAnswer
from knowledge.search.snippet import mark

HERE = FilePath(__file__).parent
STATIC = HERE / "static"
_STATIC_NAME = re.compile(r"klarret\.(?:css|js)")


def build_pages(
    kb: KnowledgeReader, limiter: RateLimiter, municipality: str, today: Callable[[], date],
    exist: Sequence[str] = ("/klarret",),
) -> APIRouter:  # fmt: skip
    """The pages over one knowledge base; `today` says which reviews are overdue, `exist` what the menu holds."""
    router = APIRouter(prefix="/klarret", tags=["pages"], include_in_schema=False)
    words = load_words(HERE / "i18n")
    pages = Pages(HERE / "templates", words, exist)

    def language(request: Request) -> Lang:
        return "en" if reader_language(request) == "en" else "da"

    def render(request: Request, template: str, **values: Any) -> HTMLResponse:
        thanks = request.query_params.get("tak") == "1"
        return pages.render(
            request, template, t=partial(words, language(request)), thanks=thanks, **values
        )

    @router.get("/static/{name}")
    def static(name: str) -> FileResponse:
        """The style and the script."""
        if not _STATIC_NAME.fullmatch(name):
            raise NotFound("not_found")
        return FileResponse(STATIC / name, headers={"Cache-Control": "public, max-age=3600"})

    @router.get("")
    def lookup(request: Request, audience: Audience = "caseworker") -> HTMLResponse:
        """The empty search with all articles listed."""
        lang = language(request)
        return render(request, "lookup.html", **_lookup(kb, lang, "", audience, None))

    @router.post("", dependencies=[Depends(limiter.rule("search"))])
    def found(
        request: Request,
        q: Annotated[str, Form(max_length=LONGEST_QUESTION)] = "",
        audience: Annotated[Audience, Form()] = "caseworker",
        x_part: Annotated[str | None, Header()] = None,
    ) -> HTMLResponse:
        """The answers: the whole page, or only their part when the script asks."""
        lang = language(request)
        asked = mask_cpr(q).strip()
        answer = (
            kb.search(asked, audience=audience, lang=lang, municipality=municipality, limit=8)
            if asked
            else None
        )
        name = "results.html" if x_part == "results" else "lookup.html"
        return render(request, name, **_lookup(kb, lang, asked, audience, answer))

    @router.get("/{slug}")
    def article(request: Request, slug: Annotated[str, Path(max_length=80)]) -> HTMLResponse:
        """One article, for reading and printing."""
        lang = language(request)
        found = kb.article(slug, lang)
        if found is None:
            raise NotFound("not_found")
        return render(request, "article.html", **_article(kb, found, lang, today()))

    return router


def _lookup(
    kb: KnowledgeReader, lang: Lang, q: str, audience: Audience, answer: SearchAnswer | None
) -> dict[str, Any]:
    return {
        "q": q,
        "audience": audience,
        "answer": answer,
        "marked": partial(mark, query=q, lang=lang),
        "browse": [] if answer else _browse(kb, lang),
    }


def _browse(kb: KnowledgeReader, lang: Lang) -> list[tuple[str, list[Article]]]:
    articles = [article for slug in kb.slugs if (article := kb.article(slug, lang))]
    return [
        (name, sorted((a for a in articles if a.collection == name), key=lambda a: a.title))
        for name in COLLECTIONS
    ]


def _article(kb: KnowledgeReader, article: Article, lang: Lang, today: date) -> dict[str, Any]:
    def written(day: date) -> str:
        return format_date(day, "long", locale={"da": "da_DK", "en": "en_GB"}[lang])

    return {
        "article": article,
        "sections": view_sections(article, kb.sources, lang),
        "sources": all_sources(article, kb.sources),
        "related": [other for slug in article.related if (other := kb.article(slug, lang))],
        "reviewed": written(article.reviewed),
        "review_by": written(article.review_by),
        "overdue": today > article.review_by,
    }
