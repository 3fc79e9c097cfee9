"""Writing a complaint and following it, in a real browser: on every screen, by keyboard, and when the line breaks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.looking import Watched, focus_is_visible, looks_right

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SLOW_LINE = 1000  # ms
STORY = "Jeg søgte i august og har rykket to gange uden svar."


def begin(page: Page) -> None:
    """A draft, on its first page."""
    page.goto("/klage")
    page.get_by_role("button", name="Skriv klagen nu").click()
    expect(page.locator("h1")).to_have_text("Hvad er der sket?")


def write(page: Page) -> None:
    """Everything that is needed, up to the page that shows it all."""
    begin(page)
    page.get_by_label("Ventetid, manglende svar").check()
    page.get_by_label("Emnet").select_option("bif_kontanthjaelp")
    page.locator("#f-complaint-description").fill(STORY)
    page.get_by_role("button", name="Næste").click()
    page.locator("#f-complainant-name").fill("Anna Jensen")
    page.locator("#f-complainant-contact-phone").fill("20 30 40 50")
    page.get_by_role("button", name="Næste").click()
    page.get_by_role("button", name="Næste").click()
    expect(page.locator("h1")).to_have_text("Læs klagen igennem")


def test_a_complaint_from_the_first_page_to_the_follow_up(page: Page) -> None:
    page.goto("/klage")
    looks_right(page, "klage-start")
    write(page)
    looks_right(page, "klage-review")
    focus_is_visible(page, 8)
    page.get_by_label("Jeg har læst klagen").check()
    page.get_by_role("button", name="Send klagen").click()
    expect(page.locator("h1")).to_have_text("Det er modtaget")
    looks_right(page, "klage-receipt")
    reference = re.search(r"KLG-\d{4}-[0-9A-Z]{8}", page.inner_text("main"))
    assert reference is not None
    # Nothing of it stays in the browser once it is sent.
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('stafet-klage'))") == []  # fmt: skip
    page.get_by_role("link", name="Følg klagen").click()
    expect(page.locator("h1")).to_contain_text(reference[0])
    looks_right(page, "opfoelgning")
    page.get_by_role("button", name="Luk siden").click()
    looks_right(page, "opfoelgning-open")


def test_what_is_missing_is_shown_and_can_be_reached(page: Page, watched: Watched) -> None:
    watched.expect("422")
    begin(page)
    looks_right(page, "klage-step")
    page.get_by_role("button", name="Næste").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looks_right(page, "klage-missing")
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("#f-complaint"))


def test_nothing_can_be_typed_before_it_is_kept(page: Page) -> None:
    """On a slow line the page's own script comes late: who types at once and leaves must find the words again."""

    def late(route: Route) -> None:
        page.wait_for_timeout(SLOW_LINE)
        route.continue_()

    slow = "**/static/complaint.js"
    page.route(slow, late)
    begin(page)
    page.locator("#f-complaint-description").fill(STORY)
    page.unroute(slow)
    page.reload()
    expect(page.locator("#f-complaint-description")).to_have_value(STORY)


def test_a_text_survives_a_reload_and_a_broken_line(page: Page, tab: BrowserContext) -> None:
    begin(page)
    page.locator("#f-complaint-description").fill(STORY)
    page.reload()
    expect(page.locator("#f-complaint-description")).to_have_value(STORY)
    tab.set_offline(True)
    page.get_by_role("button", name="Næste").click()
    expect(page.get_by_role("alert")).to_contain_text("Der er ingen forbindelse")
    expect(page.locator("#f-complaint-description")).to_have_value(STORY)
    tab.set_offline(False)
    with page.expect_event("load"):
        page.get_by_role("button", name="Gem kladden").click()
    page.reload()
    expect(page.locator("#f-complaint-description")).to_have_value(STORY)
