"""Alerts and knowledge gaps on a real PostgreSQL: the same ones are found, and two who look at once open each once."""

from __future__ import annotations

import asyncio

import pytest

from api.db.alert_models import GapQuestion, KnowledgeGap
from tests.api.conftest import World, client
from tests.api.oversight.test_alerts import (
    File,
    rows,
    test_areas_without_a_recipient_failed_deliveries_and_clusters_are_found,
    test_rising_complaints_of_a_unit_are_told_with_numbers_and_held,
    test_the_page_shows_acknowledges_and_writes_down,
    test_the_unit_is_reminded_once_before_and_told_once_after,
    test_weeks_are_counted_whole_for_forvaltning_and_unit,
)
from tests.api.oversight.test_gaps import (
    PASSPORT,
    all_of,
    ask,
    test_a_forgotten_question_takes_its_title_and_its_gap_along,
    test_an_editor_closes_a_gap_and_sees_the_effect,
    test_questions_come_together_and_later_ones_find_their_group,
)
from tests.api.register.conftest import desk, file

__all__ = [
    "client", "desk", "file", "test_a_forgotten_question_takes_its_title_and_its_gap_along",
    "test_an_editor_closes_a_gap_and_sees_the_effect",
    "test_areas_without_a_recipient_failed_deliveries_and_clusters_are_found",
    "test_questions_come_together_and_later_ones_find_their_group",
    "test_rising_complaints_of_a_unit_are_told_with_numbers_and_held",
    "test_the_page_shows_acknowledges_and_writes_down",
    "test_the_unit_is_reminded_once_before_and_told_once_after",
    "test_weeks_are_counted_whole_for_forvaltning_and_unit",
]  # fmt: skip

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]


async def test_two_who_look_at_once_open_each_alert_once(world: World, file: File) -> None:
    await file()
    await file()
    world.time.move(days=15)
    await asyncio.gather(*(world.app.state.alerts.keep() for _ in range(4)))
    assert [row.kind for row in await rows(world)] == ["answer_late", "answer_late"]


async def test_two_who_group_at_once_lose_and_double_nothing(world: World) -> None:
    await ask(world, PASSPORT, f"{PASSPORT} i dag")
    await asyncio.gather(*(world.app.state.gaps.keep() for _ in range(3)))
    await world.app.state.gaps.keep()
    questions, gaps = await all_of(world, GapQuestion), await all_of(world, KnowledgeGap)
    assert len(questions) == 2
    assert {one.gap_id for one in questions} == {gaps[0].id}
    assert len(gaps) == 1
