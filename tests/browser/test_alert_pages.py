"""Alerts and knowledge gaps in a real browser: what is found is acknowledged, what was asked in vain gets an owner."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Watched, focus_is_visible, looks_right
from tests.browser.signing_in import file_one, sign_in
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ACCOUNT = "browser.varsler"
ASKED = "Hvor afleverer jeg en fundet papegøje?"


def test_alerts_are_acknowledged_and_gaps_get_an_owner(
    page: Page, system: RunningSystem, watched: Watched, tmp_path: Path
) -> None:
    watched.expect("422")
    reference, _ = file_one(page, target__area="bif_kontanthjaelp")
    for _ in range(2):
        given = page.request.post(
            "/api/v1/knowledge/feedback", form={"verdict": "not_helped", "question": ASKED}
        )
        assert given.ok
    # So that a complaint of today is near its last day already.
    limits = tmp_path / "alerts.yaml"
    limits.write_text("answer:\n  near_working_days: 30\n", encoding="utf-8")
    for command in ("gaps", "alerts"):
        done = system.cli(
            "oversight", command, *(["--look"] if command == "alerts" else []),
            STAFET_ALERTS=str(limits),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "open: " in done.stdout
    sign_in(page, system, ACCOUNT, ("manager",))
    page.get_by_role("link", name="Varsler", exact=True).click()
    expect(page.locator("h1")).to_have_text("Varsler")
    looks_right(page, "alerts")
    focus_is_visible(page, 12)
    row = page.get_by_role("row").filter(has_text=reference)
    row.get_by_role("button", name="Kvittér").click()
    expect(page.get_by_role("status")).to_have_text("Der er kvitteret.")
    expect(page.get_by_role("row").filter(has_text=reference)).to_contain_text(ACCOUNT)

    page.get_by_role("link", name="Videnshuller", exact=True).click()
    looks_right(page, "gaps")
    page.get_by_role("link", name=ASKED).click()
    expect(page.locator("h1")).to_have_text(ASKED)
    page.get_by_label("Tilstand").select_option("closed")
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Vælg den artikel, der lukker hullet.")
    looks_right(page, "gap")
    focus_is_visible(page, 12)
    page.get_by_label("Tilstand").select_option("in_work")
    page.get_by_label("Ansvarlig").select_option(ACCOUNT)
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Det er gemt.")
    page.get_by_role("link", name="Tilbage til videnshullerne").click()
    expect(page.get_by_role("row").filter(has_text=ASKED)).to_contain_text(ACCOUNT)
