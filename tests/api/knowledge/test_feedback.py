"""A verdict is kept with its question, masked; the reader goes back to where it was given."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.db.models import KnowledgeFeedback
from tests.api.conftest import World

PATH = "/api/v1/knowledge/feedback"


async def kept(world: World) -> list[KnowledgeFeedback]:
    async with world.database.reading() as tx:
        return list(await tx.scalars(select(KnowledgeFeedback)))


@pytest.fixture
async def reader(world: World) -> Any:
    async with world.client() as http:
        yield http


async def test_a_verdict_on_an_answer(world: World, reader: httpx.AsyncClient) -> None:
    data = {
        "verdict": "not_helped",
        "article": "svarpligt",
        "question": "010190-1234 venter på svar",
    }
    answer = await reader.post(PATH, data=data)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/klarret?lang=da&tak=1#tak"
    (row,) = await kept(world)
    assert (row.article, row.helped, row.language) == ("svarpligt", False, "da")
    assert row.question == "[CPR fjernet] venter på svar"
    assert row.at == world.time()


async def test_a_verdict_on_an_article_leads_back_to_it(
    world: World, reader: httpx.AsyncClient
) -> None:
    answer = await reader.post(
        PATH, data={"verdict": "helped", "article": "svarpligt", "lang": "en"}
    )
    assert answer.headers["location"] == "/klarret/svarpligt?lang=en&tak=1#tak"
    page = await reader.get(answer.headers["location"])
    assert 'id="tak"' in page.text


@pytest.mark.parametrize("data", [{}, {"verdict": "maybe"}, {"verdict": "helped", "lang": "fr"}])
async def test_what_is_no_verdict(
    world: World, reader: httpx.AsyncClient, problem: Any, data: dict[str, str]
) -> None:
    problem(await reader.post(PATH, data=data), 422, "invalid_input")
    assert await kept(world) == []


async def test_an_article_that_is_none_is_not_stored(
    world: World, reader: httpx.AsyncClient
) -> None:
    await reader.post(PATH, data={"verdict": "helped", "article": "<script>"})
    assert (await kept(world))[0].article is None
