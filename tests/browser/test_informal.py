"""The quick try, mediation and the learning bank in a real browser: the citizen's side and the unit's."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.api.complaints.conftest import changed
from tests.browser.looking import Watched, focus_is_visible, looks_right
from tests.browser.signing_in import sign_in
from tests.journeys.system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ACCOUNT = "browser.laering"
STEPS = ("#happened", "#wished", "#why", "#again", "#prevent")


def test_a_quick_try_a_mediation_and_what_was_learnt(
    page: Page, system: RunningSystem, watched: Watched
) -> None:
    watched.expect("422")
    sign_in(page, system, ACCOUNT)
    page.goto("/staff/kontaktpersoner/ny")
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Noget skal rettes, før det kan gemmes.")
    looks_right(page, "kontaktpersoner-fault")
    page.locator("#forvaltning").select_option("bif")
    page.locator("#name").fill("Mads Holm")
    page.locator("#phone").fill("33 66 00 00")
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Kontaktpersonen er gemt.")
    looks_right(page, "kontaktpersoner")

    record = changed(complainant__contact={"phone": "20304050"}, target__area="bif_kontanthjaelp")
    told = page.request.post("/api/v1/complaints", data=record).json()
    reference = told["reference"]
    page.goto("/opfoelgning")
    page.get_by_label("Nummer").fill(reference)
    page.get_by_label("Kode").fill(told["follow_up_code"])
    page.keyboard.press("Enter")
    expect(page.locator("#forsoeg")).to_be_visible()
    looks_right(page, "forsoeg-offered")
    focus_is_visible(page, 8)
    page.get_by_label("Ja, kontaktpersonen må læse min klage").check()
    page.get_by_role("button", name="Bed om et hurtigt forsøg").click()
    expect(page.get_by_role("status")).to_contain_text("Klagen løber videre imens.")
    page.get_by_role("button", name="Foreslå mægling").click()
    expect(page.get_by_role("status")).to_have_text("Vi har sendt dit forslag om mægling.")
    looks_right(page, "forsoeg-asked")

    page.goto(f"/staff/sager/{reference}")
    page.get_by_role("button", name="Sig ja til mægling").click()
    expect(page.locator("#mediation_day")).to_be_visible()
    looks_right(page, "sager-informal")
    page.get_by_role("button", name="Notér, at det er løst").click()
    expect(page.get_by_role("status")).to_have_text("Det er noteret.")
    page.locator("#outcome").click()
    page.get_by_label("Løst uformelt").check()
    page.get_by_role("button", name="Afslut sagen").click()

    page.get_by_role("link", name="Skriv, hvad I har lært").click()
    looks_right(page, "laering-form")
    for step in STEPS:
        page.locator(step).fill("Vi ringede ikke tilbage.")
    page.locator("#minutes_caseworker").fill("45")
    page.locator("#price_caseworker").fill("400")
    page.locator("#times").fill("12")
    page.get_by_role("button", name="Gem læringen").click()
    expect(page.get_by_role("status")).to_contain_text("Læringen er gemt.")
    page.get_by_role("status").get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("3.600 kr.")
    looks_right(page, "laering-bank")
    focus_is_visible(page, 10)
