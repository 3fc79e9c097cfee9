"""The chat page, its words for the element that runs anywhere, and the files that pages need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from api.chat.handoff import HandoffDesk
from api.chat.turns import TEXT_LIMIT
from api.errors import reader_language
from api.pages import Pages
from api.words import Words
from knowledge.sources import load_sources

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
# How long a browser may keep the words, in seconds: a new version is seen soon enough.
KEEP_WORDS = 300


def build_router(
    pages: Pages, desk: HandoffDesk, session_hours: float, routes: Words,
    today: Callable[[], dt.date],
) -> APIRouter:  # fmt: skip
    """The chat page at the root, and the chat for pages of others."""
    router = APIRouter(include_in_schema=False)

    def page(request: Request, template: str) -> HTMLResponse:
        lang = reader_language(request)
        return pages.render(
            request, template, hours=f"{session_hours:g}", reach=desk.lines(lang).splitlines()
        )

    @router.get("/", response_class=HTMLResponse)
    async def chat_page(request: Request) -> HTMLResponse:
        """The chat as a page of its own; without JavaScript it shows the ways to a person."""
        return page(request, "chat.html")

    @router.get("/chat/frame", response_class=HTMLResponse)
    async def chat_frame(request: Request) -> HTMLResponse:
        """The chat alone, for an iframe; who may frame it is said by the allowed origins."""
        return page(request, "frame.html")

    @router.get("/chat/words")
    async def chat_words(lang: Literal["da", "en"] = "da") -> Response:
        """Everything the chat element says and names, in one language."""
        return JSONResponse(
            {
                "words": pages.shared.section(lang, "chat"),
                "routes": routes.section(lang, "routes"),
                "sources": cited(lang),
                "limit": TEXT_LIMIT,
                "today": today().isoformat(),
            },
            headers={"Cache-Control": f"public, max-age={KEEP_WORDS}"},
        )

    return router


@cache
def cited(lang: str) -> dict[str, dict[str, Any]]:
    """The names and addresses of everything that may be cited, by id."""
    return {source.id: {"label": source.name(lang), "url": source.url} for source in load_sources()}


def static_files() -> StaticFiles:
    """Scripts and styles, served by ourselves: nothing comes from elsewhere."""
    return StaticFiles(directory=STATIC)
