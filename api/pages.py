"""Renders server-side pages: one layout, words from data, the reader's language, no inline script or style."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.errors import reader_language
from api.words import Words, load_words

WEB = Path(__file__).parent / "web"
# The pages in the menu, in the order in which they are shown: path, and the key of their name.
NAVIGATION = (
    ("/", "pages.chat"),
    ("/vejviser", "pages.vejviser"),
    ("/klage", "pages.complaint"),
    ("/opfoelgning", "pages.follow_up"),
    ("/klarret", "pages.klarret"),
    ("/staff", "pages.staff"),
)


class Pages:
    """Renders the templates of one folder within the shared layout."""

    def __init__(self, templates: Path, words: Words, exist: Sequence[str]) -> None:
        self.words = words
        self.shared = load_words(WEB / "i18n")
        self.exist = frozenset(exist)
        self._jinja = Environment(
            loader=FileSystemLoader([templates, WEB / "templates"]),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(
        self, request: Request, template: str, *, status: int = 200,
        headers: dict[str, str] | None = None, **context: Any,
    ) -> HTMLResponse:  # fmt: skip
        """A page in the reader's language."""
        lang = reader_language(request)
        html = self._jinja.get_template(template).render(
            lang=lang,
            words=lambda key, **values: self.words(lang, key, **values),
            shared=lambda key, **values: self.shared(lang, key, **values),
            navigation=self._navigation(request.url.path, lang),
            other_language_href=other_language(request, lang),
            **context,
        )
        return HTMLResponse(
            html, status_code=status, headers={"Vary": "Accept-Language", **(headers or {})}
        )

    def _navigation(self, path: str, lang: str) -> list[dict[str, Any]]:
        suffix = "?lang=en" if lang == "en" else ""
        return [
            {
                "href": f"{href}{suffix}",
                "label": label,
                "current": path == href or (href != "/" and path.startswith(f"{href}/")),
            }
            for href, label in NAVIGATION
            if href in self.exist
        ]


def other_language(request: Request, lang: str) -> str:
    """The address of the same page in the other language; a posted form is not repeated."""
    query = {key: value for key, value in request.query_params.items() if key != "lang"}
    query["lang"] = "da" if lang == "en" else "en"
    return f"{request.url.path}?{urlencode(query)}"
