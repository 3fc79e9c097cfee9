"""The chat page and the files that pages need."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from api.chat.handoff import HandoffDesk
from api.chat.service import TEXT_LIMIT
from api.errors import reader_language
from api.pages import Pages

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"


def build_router(pages: Pages, desk: HandoffDesk, session_hours: float) -> APIRouter:
    """The chat page at the root."""
    router = APIRouter(include_in_schema=False)

    @router.get("/", response_class=HTMLResponse)
    async def chat_page(request: Request) -> HTMLResponse:
        """The chat as a page of its own; without JavaScript it shows the ways to a person."""
        lang = reader_language(request)
        return pages.render(
            request,
            "chat.html",
            chat_words=pages.shared.section(lang, "chat"),
            text_limit=TEXT_LIMIT,
            hours=f"{session_hours:g}",
            reach=desk.lines(lang).splitlines(),
        )

    return router


def static_files() -> StaticFiles:
    """Scripts and styles, served by ourselves: nothing comes from elsewhere."""
    return StaticFiles(directory=STATIC)
