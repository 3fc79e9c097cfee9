"""The page of the staff console; everything on it is fetched by its script."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from api.auth import Role, require_role
from api.errors import reader_language
from api.pages import Pages
from api.staff.router import page_staff

# The groups of words that the script is given.
TEXTS = ("console", "reasons", "happened")


def build_page(pages: Pages, units: Callable[[str], dict[str, str]]) -> APIRouter:
    """The page; `units` names the forvaltninger in a language."""
    router = APIRouter(prefix="/staff", include_in_schema=False)

    @router.get("/samtaler", response_class=HTMLResponse, response_model=None)
    async def console(request: Request) -> Response:
        """The console, for live staff and managers."""
        staff = await page_staff(request)
        if isinstance(staff, Response):
            return staff
        require_role(staff, Role.LIVE_STAFF, Role.MANAGER)
        lang = reader_language(request)
        texts = {group: pages.words.section(lang, group) for group in TEXTS}
        return pages.render(
            request, "console.html", staff=staff, texts=texts, units=units(lang),
            may_act=staff.may(Role.LIVE_STAFF),
        )  # fmt: skip

    return router
