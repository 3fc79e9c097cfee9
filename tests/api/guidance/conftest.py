"""A small application with the guidance routes alone, on a day that stands still."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

import api.guidance
from api.deps import RateLimiter, SecurityHeaders
from api.errors import install_error_handlers
from api.guidance.pages import build_pages
from api.guidance.router import build_router
from api.guidance.service import GuidanceService
from api.pages import Pages
from api.words import load_words

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
HERE = Path(api.guidance.__file__).parent


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_error_handlers(app)
    limiter = RateLimiter(on=False)
    guidance = GuidanceService("koebenhavn", lambda: TODAY)
    pages = Pages(HERE / "templates", load_words(HERE / "i18n"), ("/", "/vejviser"))
    app.include_router(build_router(guidance, limiter))
    app.include_router(build_pages(guidance, pages, limiter, lambda: NOW))
    app.add_middleware(SecurityHeaders, origins=())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client
