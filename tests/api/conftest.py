"""A whole application over made-up parts: its own database, a fake Rasa, a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.app import Parts, create_app
from api.db.engine import Database
from api.db.migrate import migrate
from api.settings import Environment, Settings
from knowledge.organisation import load_organisation
from knowledge.search.search import KnowledgeBase
from tests.api.fakes import FakeRasa, FakeTime
from tests.knowledge.fakes import MATERIAL, FakeEmbedder, resolve


@dataclass
class World:
    """The application and what stands around it."""

    app: FastAPI
    database: Database
    rasa: FakeRasa
    time: FakeTime
    settings: Settings

    def client(self, **options: Any) -> httpx.AsyncClient:
        """A client that calls the application from this machine."""
        address = options.pop("address", ("127.0.0.1", 50000))
        transport = httpx.ASGITransport(self.app, client=address, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", **options)


@pytest.fixture(scope="session")
def small_knowledge(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("index")
    return KnowledgeBase.open(folder, FakeEmbedder(), articles_folder=MATERIAL, resolve=resolve)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy, since migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("database") / "empty.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        environment=Environment.TEST, var=tmp_path, smtp_host="mail.example",
        smtp_from="klage@kommune.example", _env_file=None,
    )  # fmt: skip


@pytest.fixture
async def database(tmp_path: Path, empty_database: Path) -> AsyncIterator[Database]:
    file = tmp_path / "stafet.db"
    file.write_bytes(empty_database.read_bytes())
    opened = Database(f"sqlite:///{file}")
    yield opened
    await opened.close()


@pytest.fixture
async def world(
    settings: Settings, database: Database, small_knowledge: KnowledgeBase
) -> AsyncIterator[World]:
    rasa, time = FakeRasa(), FakeTime()
    async with rasa.client() as rasa_http:
        parts = Parts(
            database=database, knowledge=small_knowledge,
            organisation=load_organisation("koebenhavn"), rasa_http=rasa_http, clock=time.clock(),
        )  # fmt: skip
        yield World(create_app(settings, parts), database, rasa, time, settings)


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.client() as http:
        yield http


@pytest.fixture
def problem() -> Any:
    """Asserts the one shape that every error has."""

    def check(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        body: dict[str, Any] = response.json()
        assert {"type", "title", "status", "detail"} <= body.keys()
        assert body["type"] == f"urn:stafet:problem:{code}"
        assert body["status"] == status
        return body

    return check
