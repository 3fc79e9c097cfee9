"""The case register on a real PostgreSQL: the same lists, and the second of two who act at once is told."""

from __future__ import annotations

import asyncio

import pytest

from tests.api.conftest import World, client
from tests.api.register.conftest import CASES, desk, file
from tests.api.register.test_cases import File, Open
from tests.api.register.test_list import order

__all__ = ["client", "desk", "file"]

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]


async def test_the_filters_find_the_same(world: World, file: File, desk: Open) -> None:
    old = await file()
    world.time.move(days=21)
    mette = await desk("mette", units=["bif"])
    young = await file(complaint__categories=["conduct"], complaint__themes=None)
    for query, found in (
        ("", [old, young]), ("kind=process", [old]), ("kind=conduct", [young]),
        ("overdue=1", [old]), ("forvaltning=bif", [old, young]), ("forvaltning=tmf", []),
        ("status=received", [old, young]), ("route=feedback", []),
        (f"reference={young.reference[-4:].lower()}", [young]), ("unit=ydelses", [old, young]),
    ):  # fmt: skip
        page = (await mette.see(f"{CASES}?{query}")).text
        shown = [one for one in (old, young) if one.reference in page]
        assert shown == found, query
    assert order((await mette.see()).text, old, young) == [old.reference, young.reference]


async def test_of_two_who_answer_at_the_same_moment_one_is_told(
    world: World, file: File, desk: Open
) -> None:
    filed, mette, sofie = await file(), await desk("mette"), await desk("sofie")
    answers = await asyncio.gather(
        *(
            one.act(filed.reference, "svar", version="0", answer=f"Svar {number}", do="save")
            for number, one in enumerate((mette, sofie))
        )
    )
    codes = [answer.status_code for answer in answers]
    assert sorted(codes) == [303, 409]
    saved = (await mette.see(f"/api/v1/staff/complaints/{filed.reference}")).json()
    assert saved["case"]["answer"] == f"Svar {codes.index(303)}"
    assert f"Svar {codes.index(409)}" in answers[codes.index(409)].text
