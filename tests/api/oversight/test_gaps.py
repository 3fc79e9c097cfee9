"""Knowledge gaps: what was asked in vain is kept masked, put together, seen to, and asked again."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import delete, select

from api.auth import Role
from api.db.alert_models import GapQuestion, KnowledgeGap
from api.db.models import KnowledgeFeedback
from api.knowledge.feedback import FeedbackBook
from tests.api.conftest import World
from tests.api.register.conftest import Desk, acts
from tests.api.staff.conftest import sign_in

OpenDesk = Callable[..., Awaitable[Desk]]
GAPS = "/staff/videnshuller"
PASSPORT = "hvordan fornyer jeg mit pas"


async def ask(world: World, *questions: str) -> None:
    """Asks in the chat, where nothing answers."""
    clock = world.time.clock()
    book = FeedbackBook(world.database, clock, world.app.state.knowledge)
    for question in questions:
        await book.unanswered(question, "da")


async def all_of(world: World, table: Any) -> list[Any]:
    async with world.database.reading() as tx:
        return list(await tx.scalars(select(table).order_by(table.id)))


async def test_what_is_kept_says_nothing_of_who_asked(world: World) -> None:
    await ask(world, "Jeg er 010190-1234, ring på 12 34 56 78 eller bo@example.org om mit pas")
    (row,) = await all_of(world, GapQuestion)
    assert row.question == "Jeg er [CPR fjernet], ring på [fjernet] eller [fjernet] om mit pas"
    assert (row.source, row.why) == ("chat", "no_answer")


async def test_questions_come_together_and_later_ones_find_their_group(world: World) -> None:
    await ask(world, PASSPORT, f"{PASSPORT} i dag", "hvor er svømmehallen")
    assert await world.app.state.gaps.keep() == 3
    gaps = await all_of(world, KnowledgeGap)
    assert len(gaps) == 2
    assert gaps[0].title.startswith(PASSPORT)
    await ask(world, f"{PASSPORT} hurtigt")
    assert await world.app.state.gaps.keep() == 1
    assert await world.app.state.gaps.keep() == 0
    questions = await all_of(world, GapQuestion)
    assert [one.gap_id for one in questions] == [gaps[0].id, gaps[0].id, gaps[1].id, gaps[0].id]


async def test_a_thumb_down_is_taken_over_once(world: World) -> None:
    async with world.database.transaction() as tx:
        for helped in (False, True):
            tx.add(
                KnowledgeFeedback(
                    at=world.time(), question=PASSPORT, article="aktindsigt", helped=helped,
                    answered=True, language="da", audience="caseworker",
                )
            )  # fmt: skip
    await world.app.state.gaps.keep()
    await world.app.state.gaps.keep()
    (row,) = await all_of(world, GapQuestion)
    assert (row.source, row.why, row.gap_id) == ("feedback", "not_helped", 1)


async def test_an_editor_closes_a_gap_and_sees_the_effect(world: World, desk: OpenDesk) -> None:
    # The material of the tests answers this by now; it stands for an article that was written since.
    await ask(
        world, "jeg vil have aktindsigt", "jeg vil have aktindsigt nu", "jeg vil have aktindsigt"
    )
    await world.app.state.gaps.keep()
    world.time.move(days=1)
    eva = await desk("eva", Role.EDITOR)
    listed = await eva.see(GAPS)
    assert "jeg vil have aktindsigt" in listed.text
    page = (await eva.see(f"{GAPS}/1")).text
    assert "2 af 2 forskellige spørgsmål får svar i dag" in page
    assert '<a href="/klarret/aktindsigt">' in page
    form = {"csrf": eva.csrf, "state": "closed", "owner": "eva", "article": "", "version": "1"}
    refused = await eva.http.post(f"{GAPS}/1", data=form)
    assert refused.status_code == 422
    assert "Vælg den artikel" in refused.text
    done = await eva.http.post(f"{GAPS}/1", data=form | {"article": "aktindsigt"})
    assert done.headers["location"] == f"{GAPS}/1?gjort=gemt"
    stale = await eva.http.post(f"{GAPS}/1", data=form | {"article": "aktindsigt"})
    assert stale.status_code == 409
    world.time.move(days=10)
    await ask(world, "jeg vil have aktindsigt")
    await world.app.state.gaps.keep()
    world.time.move(days=1)
    await sign_in(eva.http, "eva")
    page = (await eva.see(f"{GAPS}/1")).text
    assert "2 af dem bliver besvaret af artiklen" in page
    counted = re.search(
        r"(\d+) spørgsmål de sidste 11 dage, før hullet blev lukket. (\d+) de", page
    )
    assert counted is not None
    assert counted.groups() == ("3", "1")
    assert ("eva", "set_closed", "knowledge_gap", "1") in await acts(world)
    assert "jeg vil have aktindsigt" not in (await eva.see(GAPS)).text
    assert "jeg vil have aktindsigt" in (await eva.see(f"{GAPS}?tilstand=closed&lang=en")).text


async def test_a_question_that_tells_too_much_is_removed_for_good(
    world: World, desk: OpenDesk
) -> None:
    async with world.database.transaction() as tx:
        tx.add(
            KnowledgeFeedback(
                at=world.time(), question="Hr. Olsen på Storegade skylder mig penge", article=None,
                helped=False, answered=False, language="da", audience="citizen",
            )
        )  # fmt: skip
    await world.app.state.gaps.keep()
    eva = await desk("eva", Role.EDITOR)
    form = {"csrf": eva.csrf, "question": "1"}
    assert (await eva.http.post(f"{GAPS}/1/fjern", data=form | {"csrf": "x"})).status_code == 403
    done = await eva.http.post(f"{GAPS}/1/fjern", data=form)
    assert done.headers["location"] == f"{GAPS}?gjort=fjernet"
    await world.app.state.gaps.keep()
    assert await all_of(world, GapQuestion) == []
    assert await all_of(world, KnowledgeGap) == []
    assert (await all_of(world, KnowledgeFeedback))[0].question == ""


async def test_a_forgotten_question_takes_its_title_and_its_gap_along(world: World) -> None:
    await ask(world, PASSPORT, f"{PASSPORT} i dag")
    await world.app.state.gaps.keep()
    (gap,) = await all_of(world, KnowledgeGap)
    async with world.database.transaction() as tx:
        await tx.execute(delete(GapQuestion).where(GapQuestion.question == gap.title))
    await world.app.state.gaps.keep()
    (left,) = await all_of(world, KnowledgeGap)
    assert left.title != gap.title
    world.time.move(days=400)
    world.app.state.forgetting.now = world.time
    await world.app.state.forgetting.run()
    await world.app.state.gaps.keep()
    assert await all_of(world, KnowledgeGap) == []


async def test_only_editors_and_managers_see_what_people_asked(
    world: World, desk: OpenDesk
) -> None:
    await ask(world, PASSPORT)
    await world.app.state.gaps.keep()
    ida = await desk("ida")
    for address in (GAPS, f"{GAPS}/1"):
        assert (await ida.see(address)).status_code == 403
    assert (await ida.http.post(f"{GAPS}/1", data={"csrf": ida.csrf})).status_code == 403
    boss = await desk("mia", Role.MANAGER)
    assert PASSPORT in (await boss.see(GAPS)).text
    assert (await boss.see(f"{GAPS}/99")).status_code == 404
