from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.deps import RateLimiter
from api.errors import install_error_handlers
from api.knowledge.pages import build_pages
from api.knowledge.router import build_router
from knowledge.search.search import KnowledgeBase
from tests.knowledge.fakes import MATERIAL, FakeEmbedder, resolve


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("index")
    return KnowledgeBase.open(
        folder, FakeEmbedder(), articles_folder=MATERIAL, resolve=resolve, calibration=()
    )


def knowledge_app(base: KnowledgeBase, municipality: str = "koebenhavn") -> FastAPI:
    """The look-up and its interface alone."""
    app = FastAPI()
    install_error_handlers(app)
    limiter = RateLimiter(on=False)
    app.include_router(build_router(base, limiter, municipality))
    app.include_router(build_pages(base, limiter, municipality, lambda: date(2026, 8, 1)))
    return app


@pytest.fixture
def client(base: KnowledgeBase) -> Iterator[TestClient]:
    with TestClient(knowledge_app(base)) as client:
        yield client
