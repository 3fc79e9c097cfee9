"""A verdict is kept with its question, masked; the reader goes back to where it was given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.db.models import KnowledgeFeedback
from api.knowledge.feedback import FeedbackBook
from api.knowledge.gaps import gaps
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


async def test_a_reported_mistake_keeps_its_section_and_words(
    world: World, reader: httpx.AsyncClient
) -> None:
    data = {"verdict": "not_helped", "article": "svarpligt", "section": "kort"}
    data["comment"] = "Fristen 010190-1234?"
    await reader.post(PATH, data=data)
    await reader.post(PATH, data=data | {"section": "findes-ikke"})
    first, second = await kept(world)
    assert (first.section, first.comment) == ("kort", "Fristen [CPR fjernet]?")
    assert second.section is None


async def test_the_chat_keeps_verdicts_too(world: World) -> None:
    book = FeedbackBook(world.database, world.app.state.clock, world.app.state.knowledge)
    await book.feedback("hvem svarer 010190-1234", "svarpligt", "kort", False, "da")
    await book.feedback("hvad koster en is", None, None, False, "en")
    known, unknown = await kept(world)
    assert (known.question, known.article, known.section) == (
        "hvem svarer [CPR fjernet]", "svarpligt", "kort",
    )  # fmt: skip
    assert (known.helped, known.answered, known.audience) == (False, True, "citizen")
    assert (unknown.article, unknown.answered, unknown.language) == (None, False, "en")


async def test_gaps_are_gathered_by_article(world: World) -> None:
    book = FeedbackBook(world.database, world.app.state.clock, world.app.state.knowledge)
    await book.feedback("hvad koster en is", None, None, False, "da")
    await book.feedback("hvem svarer mig", "svarpligt", "kort", False, "da")
    await book.feedback("hvornår får jeg svar", "svarpligt", None, False, "da")
    await book.feedback("det var godt", "aktindsigt", None, True, "da")
    async with world.database.reading() as tx:
        found = await gaps(tx, world.time() - timedelta(days=1))
        later = await gaps(tx, world.time() + timedelta(seconds=1))
    assert [(gap.article, gap.times) for gap in found] == [("svarpligt", 2), (None, 1)]
    assert found[0].questions == ("hvornår får jeg svar", "hvem svarer mig")
    assert later == []
