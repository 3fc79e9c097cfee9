"""Contacts and figures on a real PostgreSQL: the same numbers, the same lists, and nobody counts at the same time."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from api.db.oversight_models import Contact
from api.oversight import contacts, tally
from api.oversight.proposal import Entry
from tests.api.conftest import World, client
from tests.api.oversight.test_contacts import (
    test_each_thing_becomes_one_contact_however_often,
    test_staff_have_the_last_word_and_it_is_written_down,
    test_sums_are_what_counting_one_by_one_gives_and_are_mended,
)
from tests.api.oversight.test_statistics import (
    COMPLAINT,
    filled,
    many,
    test_every_number_leads_to_as_many_contacts,
    test_the_figures_are_right_and_small_ones_hidden,
)
from tests.api.register.conftest import desk, file

__all__ = [
    "client", "desk", "file", "filled", "test_each_thing_becomes_one_contact_however_often",
    "test_every_number_leads_to_as_many_contacts",
    "test_staff_have_the_last_word_and_it_is_written_down",
    "test_sums_are_what_counting_one_by_one_gives_and_are_mended",
    "test_the_figures_are_right_and_small_ones_hidden",
]  # fmt: skip

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]


async def test_two_who_change_contacts_of_one_month_count_both(world: World) -> None:
    async with world.database.transaction() as tx:
        for number, entry in enumerate(many(6)):
            await contacts.put(tx, "test", [(str(number), Entry(**entry))], world.time())

    async def change(number: int) -> None:
        async with world.database.transaction() as tx:
            row = await tx.scalar(select(Contact).where(Contact.origin_id == str(number)))
            assert row is not None
            touched = await contacts.confirm(
                tx, row, {"outcome": "ikke"}, actor="mette", now=world.time()
            )
            await tally.refresh(tx, touched, 10)

    await asyncio.gather(*(change(number) for number in range(6)))
    assert COMPLAINT["outcome"] == "medhold"
    assert await world.app.state.registration.recount(mend=False) == 0
