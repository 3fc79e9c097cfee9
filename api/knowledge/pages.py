"""The look-up for caseworkers: `/klarret` and its article pages, whole without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, get_args

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
Shelf = Literal["all", "klarret", "borger", "documents"]
SHELVES: tuple[Shelf, ...] = get_args(Shelf)
# How many results are looked through for those on the chosen shelf, and how many are shown.
LOOKED_AT, SHOWN = 30, 8
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
        shelf: Annotated[Shelf, Form()] = "all",
        x_part: Annotated[str | None, Header()] = None,
    ) -> HTMLResponse:
        """The answers: the whole page, or only their part when the script asks."""
        lang = language(request)
        asked = mask_cpr(q).strip()
        answer = (
            kb.search(
                asked, audience=audience, lang=lang, municipality=municipality,
                limit=SHOWN if shelf == "all" else LOOKED_AT,
            )
            if asked
            else None
        )  # fmt: skip
        name = "results.html" if x_part == "results" else "lookup.html"
        shown = answer and _from_shelf(kb, answer, shelf)
        return render(request, name, **_lookup(kb, lang, asked, audience, shown, shelf))

    @router.get("/dokumenter/{document_id}")
    def document(
        request: Request, document_id: Annotated[str, Path(max_length=40)]
    ) -> HTMLResponse:
        """A document of the municipality's own, as the search has read it."""
        passages = kb.document(document_id, audience=None, municipality=municipality)
        if not passages:
            raise NotFound("not_found")
        return render(request, "document.html", passages=passages, url=passages[0].sources[0].url)

    @router.get("/{slug}")
    def article(request: Request, slug: Annotated[str, Path(max_length=80)]) -> HTMLResponse:
        """One article, for reading and printing."""
        lang = language(request)
        found = kb.article(slug, lang)
        if found is None:
            raise NotFound("not_found")
        return render(request, "article.html", **_article(kb, found, lang, today()))

    return router


def _from_shelf(kb: KnowledgeReader, answer: SearchAnswer, shelf: Shelf) -> SearchAnswer:
    """Keep what stands on one shelf; if the best answer stood on another, there is no sure answer here."""
    kept = [one for one in answer.results if shelf in {"all", _shelf_of(kb, one.article)}]
    first = answer.results[:1] == tuple(kept[:1])
    return replace(answer, answered=answer.answered and first, results=tuple(kept[:SHOWN]))


def _shelf_of(kb: KnowledgeReader, slug: str) -> str:
    article = kb.article(slug)
    return article.collection if article else "documents"


def _lookup(
    kb: KnowledgeReader, lang: Lang, q: str, audience: Audience, answer: SearchAnswer | None,
    shelf: Shelf = "all",
) -> dict[str, Any]:  # fmt: skip
    return {
        "q": q,
        "shelf": shelf,
        "shelves": SHELVES,
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
