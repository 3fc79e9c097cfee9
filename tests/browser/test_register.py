"""The case register in a real browser: on every screen, by keyboard, and as the citizen sees what was done."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Watched, focus_is_visible, looks_right, shot
from tests.browser.signing_in import file_one, sign_in
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ACCOUNT = "browser.sager"


def test_a_case_is_answered_and_the_citizen_reads_it(
    page: Page, system: RunningSystem, watched: Watched
) -> None:
    watched.expect("422")
    reference, code = file_one(page, target__area="bif_kontanthjaelp")
    elsewhere, _ = file_one(
        page, complaint__categories=["decision"], target__area="okf_boligstoette"
    )
    sign_in(page, system, ACCOUNT)
    page.get_by_role("link", name="Sager", exact=True).click()
    expect(page.locator("h1")).to_have_text("Sager")
    page.get_by_text("Vælg sager").click()
    looks_right(page, "sager-list")
    focus_is_visible(page, 12)
    page.get_by_label("Nummer", exact=True).fill(reference)
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("1 sag")
    page.get_by_role("link", name=reference).click()
    expect(page.locator("h1")).to_contain_text(reference)
    page.get_by_text("Det gode klagesvar").first.click()
    page.locator("#on").click()
    page.locator("#outcome").click()
    looks_right(page, "sager-case")
    shot(page, "sager-case-whole", full=True)
    focus_is_visible(page, 25)

    page.get_by_role("button", name="Jeg tager sagen").click()
    expect(page.get_by_role("status")).to_have_text("Du har sagen nu.")
    page.locator("#answer-text").fill("Vi beklager, at du har ventet.")
    page.get_by_role("button", name="Markér som sendt").click()
    expect(page.get_by_role("alert")).to_have_text("Vælg, hvordan svaret er sendt.")
    expect(page.locator("#answer-text")).to_have_value("Vi beklager, at du har ventet.")
    looks_right(page, "sager-fault")
    page.get_by_label("Kan læses på opfølgningssiden").check()
    page.get_by_role("button", name="Markér som sendt").click()
    expect(page.get_by_role("status")).to_have_text("Svaret er markeret som sendt.")

    page.goto("/staff/sager/ringeliste")
    expect(page.locator("main")).to_contain_text(reference)
    looks_right(page, "sager-calls")
    page.get_by_role("button", name=re.compile(reference)).click()
    expect(page.get_by_role("status")).to_have_text("Opkaldet er taget af listen.")
    assert reference not in page.inner_text("main")

    page.goto(f"/staff/sager/{elsewhere}")
    expect(page.locator(".urgent")).to_contain_text("forvaltningsloven § 7, stk. 2")
    looks_right(page, "sager-elsewhere")

    page.goto("/opfoelgning")
    page.get_by_label("Nummer").fill(reference)
    page.get_by_label("Kode").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Vi beklager, at du har ventet.")
