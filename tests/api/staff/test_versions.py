"""Staff see in the guide when the rules have changed between a matter's own day and today; citizens do not."""

from __future__ import annotations

import httpx

from api.auth import Role
from tests.api.conftest import World
from tests.api.staff.conftest import add, sign_in

# Reported before the Act on whistleblowers came into force, read after it.
MATTER = {
    "f.municipality": "koebenhavn", "f.complainant": "employee", "f.wants": "complaint",
    "f.acute": "false", "f.concerns": "wrongdoing", "f.event_date": "2021-06-01",
    "trail": "", "skipped": "", "result": "1", "language": "1",
}  # fmt: skip


async def test_only_staff_see_that_versions_differ(
    world: World, browser: httpx.AsyncClient
) -> None:
    await add(world, "mette", Role.CASEWORKER)
    as_citizen = (await browser.post("/vejviser", data=MATTER)).text
    assert 'id="o1"' in as_citizen
    assert 'id="versions"' not in as_citizen
    await sign_in(browser, "mette")
    as_staff = (await browser.post("/vejviser", data=MATTER)).text
    assert 'id="versions"' in as_staff
    assert "1. juni 2021" in as_staff
