"""Contacts and figures in a real browser: a call is written down, a contact is corrected, and both are counted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Watched, focus_is_visible, looks_right
from tests.browser.signing_in import file_one, sign_in
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ACCOUNT = "browser.statistik"


def test_what_came_in_is_sorted_and_counted(
    page: Page, system: RunningSystem, watched: Watched
) -> None:
    watched.expect("422")
    for _ in range(6):
        file_one(page, target__area="bif_kontanthjaelp")
    registered = system.cli("oversight", "register")
    assert registered.returncode == 0, registered.stderr
    sign_in(page, system, ACCOUNT)

    page.get_by_role("link", name="Registrér en henvendelse", exact=True).click()
    looks_right(page, "contact-new")
    page.get_by_label("Modtaget").fill("2000-01-01")
    page.get_by_label("Besvaret").fill("1999-01-01")
    page.get_by_role("button", name="Gem henvendelsen").click()
    expect(page.get_by_role("alert")).to_contain_text("Datoerne passer ikke")
    page.get_by_label("Besvaret").fill("")
    page.get_by_label("Faktisk forvaltningsvirksomhed").first.check()
    page.get_by_role("button", name="Gem henvendelsen").click()
    expect(page.get_by_role("status")).to_have_text("Henvendelsen er gemt.")

    page.goto("/staff/henvendelser?inquiry=klage&state=proposed")
    looks_right(page, "contacts-list")
    page.get_by_role("link", name="Henvendelse", exact=False).and_(
        page.locator("th a")
    ).first.click()
    looks_right(page, "contact-one")
    focus_is_visible(page, 20)
    # Somebody else's contact may be the newest one by now, and have an outcome already.
    outcome = page.get_by_label("Udfald")
    before = (
        outcome.locator("option:checked").inner_text() if outcome.input_value() else "ingenting"
    )
    outcome.select_option("medhold")
    page.get_by_role("button", name="Bekræft").click()
    expect(page.get_by_role("status")).to_have_text("Henvendelsen er bekræftet.")
    expect(page.locator(".events")).to_contain_text(f"Udfald: fra {before} til Medhold")

    page.goto("/staff/statistik")
    expect(page.locator("main")).to_contain_text("Overblik pr. forvaltning")
    looks_right(page, "statistics")
    focus_is_visible(page, 12)
    for picture in page.locator(".chart img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("one => one.naturalWidth") > 0
    page.locator("#forvaltning").select_option("bif")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page).to_have_url(re.compile("forvaltning=bif"))
    page.goto("/staff/statistik/rapport")
    looks_right(page, "statistics-report")
