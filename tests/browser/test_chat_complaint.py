"""A whole matter in the chat, in a real browser: from the first sentence to a receipt that can be followed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import ask, open_chat
from tests.browser.looking import looks_right

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

STORY = {
    "da": "Jeg vil klage over jobcentret. De har ikke svaret mig siden august, og jeg har rykket to gange.",
    "en": "I want to complain about the job centre. They have not answered me since August.",
}
# Longer than any matter needs; a conversation that asks more never ends.
MOST_QUESTIONS = 14


def press(page: Page, name: str) -> None:
    """Presses the newest button of that name and waits for the answer."""
    before = page.locator(".entry.from-bot").count()
    page.get_by_role("button", name=name, exact=True).last.click()
    expect(page.locator(".entry.from-bot").nth(before)).to_be_visible()


def up_to_the_complaint(page: Page, lang: str, unknown: str, make: str) -> None:
    """Tells the matter and answers that nothing else is known, until a complaint can be made."""
    open_chat(page, f"/?lang={lang}")
    ask(page, STORY[lang])
    for _ in range(MOST_QUESTIONS):
        page.wait_for_timeout(300)
        if page.get_by_role("button", name=make, exact=True).count():
            break
        press(page, unknown)
    press(page, make)
    expect(page.locator(".card-complaint")).to_be_visible()


def test_a_matter_becomes_a_complaint_that_can_be_followed(page: Page) -> None:
    up_to_the_complaint(page, "da", "Ved ikke", "Lav klagen nu")
    card = page.locator(".card-complaint").last
    expect(card).to_contain_text(STORY["da"])
    # Nothing can be sent before it is whole, and the way to that is shown.
    expect(card.get_by_role("button", name="Send klagen")).to_have_count(0)
    looks_right(page, "chat-complaint-missing")
    card.get_by_role("button", name="Udfyld det, der mangler").click()
    card.get_by_label("Navn på den, det handler om").fill("Anna Jensen")
    card.get_by_label("Telefon").fill("20 30 40 50")
    looks_right(page, "chat-complaint-form")
    card.get_by_role("button", name="Gem rettelserne").locator("visible=true").click()
    expect(card.get_by_role("button", name="Send klagen")).to_be_visible()
    expect(card).to_contain_text("Anna Jensen")
    # A reload in the middle loses nothing: the draft is on the server.
    page.reload()
    expect(page.locator(".card-complaint").last).to_contain_text("Anna Jensen")
    card = page.locator(".card-complaint").last
    # Only an explicit yes sends.
    card.get_by_role("button", name="Send klagen").click()
    expect(card.get_by_role("alert")).to_contain_text("Sæt først kryds")
    looks_right(page, "chat-complaint-ready")
    card.get_by_label("Jeg har læst klagen").check()
    card.get_by_role("button", name="Send klagen").click()
    receipt = page.locator(".card-receipt")
    expect(receipt).to_be_visible()
    looks_right(page, "chat-receipt")
    # What led to it cannot be pressed a second time.
    expect(page.get_by_role("button", name="Send klagen").locator("visible=true")).to_be_disabled()
    reference = re.search(r"KLG-\d{4}-[0-9A-Z]{8}", receipt.inner_text())
    assert reference is not None
    code = receipt.locator("code").inner_text()
    # The code is shown once and kept nowhere.
    page.reload()
    expect(page.locator(".card-receipt")).to_be_visible()
    assert code not in page.content()
    assert code not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    page.goto("/opfoelgning")
    page.get_by_label("Nummer").fill(reference[0])
    page.get_by_label("Kode").fill(code)
    page.get_by_role("button", name="Se klagen").click()
    expect(page.locator("h1")).to_contain_text(reference[0])


def test_the_complaint_in_english_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 720})
    up_to_the_complaint(page, "en", "I do not know", "Make the complaint now")
    card = page.locator(".card-complaint").last
    expect(card).to_contain_text(STORY["en"])
    looks_right(page, "chat-complaint-english")
